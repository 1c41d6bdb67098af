//! A server on an ephemeral port that answers as it is told and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use switchboard_domain::{CallId, Carrier, PhoneNumber, ProviderId};

use crate::ultravox::{Ultravox, UltravoxConfig};
use crate::{ApiKeySource, PlaceCall, Secret};

pub(super) const KEY: &str = "abcdefgh.0123456789abcdef0123456789abcdef";
pub(super) const AGENT: &str = "7b1e6f0a-1111-4aaa-9c00-000000000001";

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Asked {
    pub(super) fn route(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

type Answer = Box<dyn Fn(&Asked) -> Response + Send + Sync>;

pub(super) struct Server {
    pub provider: Ultravox,
    pub address: std::net::SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

struct Shared {
    asked: Arc<Mutex<Vec<Asked>>>,
    answer: Answer,
}

impl Server {
    pub(super) async fn answering(answer: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::new(Shared {
            asked: asked.clone(),
            answer: Box::new(answer),
        });
        let router = Router::new().fallback(handle).with_state(shared);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let provider = provider_at(address, Arc::new(Secret::new(KEY)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            provider,
            address,
            asked,
        }
    }

    /// Gives these answers in this order, and the last one from then on.
    pub(super) async fn in_order(answers: Vec<(u16, &'static str)>) -> Self {
        let given = Mutex::new(0);
        Self::answering(move |_| {
            let mut given = given.lock().unwrap();
            let (status, body) = answers[(*given).min(answers.len() - 1)];
            *given += 1;
            json(status, body)
        })
        .await
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

pub(super) fn config_at(address: std::net::SocketAddr) -> UltravoxConfig {
    UltravoxConfig {
        retry_wait: Duration::ZERO,
        ..UltravoxConfig::new(format!("http://{address}/").parse().unwrap())
    }
}

pub(super) fn provider_at(address: std::net::SocketAddr, keys: Arc<dyn ApiKeySource>) -> Ultravox {
    Ultravox::new(config_at(address), keys).unwrap()
}

pub(super) fn json(status: u16, body: impl Into<Body>) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [("content-type", "application/json")], body.into()).into_response()
}

pub(super) fn status(status: u16) -> Response {
    StatusCode::from_u16(status).unwrap().into_response()
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    shared.asked.lock().unwrap().push(asked.clone());
    (shared.answer)(&asked)
}

pub(super) fn id(text: &str) -> ProviderId {
    ProviderId::parse(text).unwrap()
}

pub(super) fn attempt() -> CallId {
    CallId::parse("call_01kexample000000000000000a").unwrap()
}

pub(super) fn call(carrier: Carrier) -> PlaceCall {
    let line = match carrier {
        Carrier::Twilio => "line_15550100199",
        Carrier::SipTrunk => "line_15550100199_pbx_example_test__5061",
    };
    PlaceCall {
        attempt: attempt(),
        provider_agent_id: id(AGENT),
        phone_line_id: id(line),
        carrier,
        to: PhoneNumber::parse("+15550100111").unwrap(),
        variables: [
            ("customerName", "Ana Ruiz"),
            ("order.id", "7"),
            ("attempt_id", "forged"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        first_message: None,
        ringing_timeout_secs: 45,
    }
}
