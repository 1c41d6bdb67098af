//! A server on an ephemeral port that is OpenAI and Twilio at once, and records that say what they are told to.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use switchboard_domain::{Agent, CallId, Carrier, PhoneNumber, ProviderId};
use url::Url;

use crate::openai::{OpenAi, OpenAiProvider, OwnAgents, OwnCall, OwnRecords, Surroundings};
use crate::twilio::{Twilio, TwilioAccount};
use crate::{PlaceCall, ProviderError, Secret};

pub(super) const KEY: &str = "sk-test-openai";
pub(super) const SID: &str = "AC00000000000000000000000000000001";
pub(super) const CALL: &str = "CA000000000000000000000000000000aa";

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub route: String,
    pub headers: HeaderMap,
    pub body: String,
}

type Answer = Box<dyn Fn(&Asked) -> (u16, String) + Send + Sync>;

struct Shared {
    asked: Mutex<Vec<Asked>>,
    answer: Answer,
}

pub(super) struct Server {
    pub url: Url,
    shared: Arc<Shared>,
}

impl Server {
    pub(super) async fn answering(answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared {
            asked: Mutex::default(),
            answer: Box::new(answer),
        });
        let router = Router::new().fallback(handle).with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    pub(super) fn openai(&self) -> OpenAi {
        OpenAi::new(self.url.clone(), Arc::new(Secret::new(KEY))).unwrap()
    }

    pub(super) fn provider(&self, records: Records) -> OpenAiProvider {
        let account = TwilioAccount::new(SID, Secret::new("token"));
        let around = Surroundings {
            carrier: Twilio::new(&self.url, Arc::new(account)).unwrap(),
            records: Arc::new(records),
        };
        let provider = OpenAiProvider::new(self.url.clone(), Arc::new(Secret::new(KEY)));
        provider.unwrap().within(around)
    }
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let asked = Asked {
        route: format!("{} {}", parts.method, parts.uri),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    shared.asked.lock().unwrap().push(asked.clone());
    let (status, body) = (shared.answer)(&asked);
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

/// What the records say.
pub(super) struct Records {
    pub calls: Vec<OwnCall>,
    pub public_url: Option<&'static str>,
}

impl Records {
    pub(super) fn of(calls: Vec<OwnCall>) -> Self {
        Self {
            calls,
            public_url: Some("https://api.example.com/"),
        }
    }
}

#[async_trait]
impl OwnRecords for Records {
    fn new_agent_id(&self) -> ProviderId {
        agent()
    }

    async fn agent(&self, _: &ProviderId) -> Result<Option<Agent>, ProviderError> {
        Ok(None)
    }

    async fn agents(&self, _: Option<&str>, _: u32) -> Result<OwnAgents, ProviderError> {
        Ok(OwnAgents::default())
    }

    async fn call(&self, attempt: &CallId) -> Result<Option<OwnCall>, ProviderError> {
        Ok(self.calls.iter().find(|call| call.attempt == *attempt).cloned())
    }

    async fn call_of(&self, conversation: &ProviderId) -> Result<Option<OwnCall>, ProviderError> {
        let is = |call: &&OwnCall| call.call_sid.as_deref() == Some(conversation.as_str());
        Ok(self.calls.iter().find(is).cloned())
    }

    async fn open_calls(&self) -> Result<u64, ProviderError> {
        Ok(self.calls.len() as u64)
    }

    async fn public_url(&self) -> Result<Option<Url>, ProviderError> {
        Ok(self.public_url.map(|url| Url::parse(url).unwrap()))
    }

    async fn longest_call_secs(&self) -> Result<u32, ProviderError> {
        Ok(3_000)
    }
}

pub(super) fn agent() -> ProviderId {
    ProviderId::parse("agent_1").unwrap()
}

pub(super) fn attempt(name: &str) -> CallId {
    CallId::derived(&[name])
}

pub(super) fn line() -> ProviderId {
    ProviderId::parse("oline_15005550199").unwrap()
}

pub(super) fn number() -> PhoneNumber {
    PhoneNumber::parse("+15005550100").unwrap()
}

/// A call of ours, with a leg that is known or not.
pub(super) fn own(name: &str, call_sid: Option<&str>) -> OwnCall {
    OwnCall {
        attempt: attempt(name),
        provider_agent_id: agent(),
        other_side: Some(number()),
        phone_line_id: Some(line()),
        call_sid: call_sid.map(str::to_owned),
        agent_was_there: true,
    }
}

pub(super) fn request() -> PlaceCall {
    PlaceCall {
        attempt: attempt("one"),
        provider_agent_id: agent(),
        phone_line_id: line(),
        carrier: Carrier::Twilio,
        to: number(),
        variables: [].into(),
        first_message: None,
        ringing_timeout_secs: 30,
    }
}
