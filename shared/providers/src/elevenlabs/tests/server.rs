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

use crate::elevenlabs::{ElevenLabs, ElevenLabsConfig};
use crate::{ApiKeySource, PlaceCall, Secret};

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Value,
}

type Answer = Box<dyn Fn(&Asked) -> Response + Send + Sync>;

pub(super) struct Server {
    pub provider: ElevenLabs,
    asked: Arc<Mutex<Vec<Asked>>>,
}

struct Shared {
    asked: Arc<Mutex<Vec<Asked>>>,
    answer: Answer,
}

impl Server {
    pub(super) async fn answering(answer: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Self {
        Self::with_keys(Arc::new(Secret::new("sk_test_key")), answer).await
    }

    pub(super) async fn with_keys(
        keys: Arc<dyn ApiKeySource>,
        answer: impl Fn(&Asked) -> Response + Send + Sync + 'static,
    ) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::new(Shared {
            asked: asked.clone(),
            answer: Box::new(answer),
        });
        let router = Router::new().fallback(handle).with_state(shared);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = provider_at(listener.local_addr().unwrap(), keys);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { provider, asked }
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

pub(super) fn provider_at(address: std::net::SocketAddr, keys: Arc<dyn ApiKeySource>) -> ElevenLabs {
    let base_url = format!("http://{address}/").parse().unwrap();
    ElevenLabs::new(
        ElevenLabsConfig {
            base_url,
            retry_wait: Duration::ZERO,
        },
        keys,
    )
    .unwrap()
}

pub(super) fn json(status: u16, body: impl Into<Body>) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [("content-type", "application/json")], body.into()).into_response()
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
    PlaceCall {
        attempt: attempt(),
        provider_agent_id: id("agent_01kexampleagent0000000001"),
        phone_line_id: id("phnum_01kexamplephone000000001"),
        carrier,
        to: PhoneNumber::parse("+15550100111").unwrap(),
        variables: [
            ("name", "Ana"),
            ("system__time_utc", "x"),
            ("attempt_id", "forged"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        first_message: None,
        ringing_timeout_secs: 45,
    }
}
