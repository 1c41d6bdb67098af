//! The carrier and OpenAI as far as the webhooks need them: signed requests, and a server that they ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};
use switchboard_domain::{Agent, CallId, InboundCall, ProviderKind, RouteTarget, RoutingRule};
use switchboard_providers::Secret;
use switchboard_providers::openai::signature;
use switchboard_providers::twilio::signature::sign;
use switchboard_providers::twilio::{Form, TwilioAccount};
use switchboard_testing::records;

use crate::world::World;

pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const BASE: &str = "https://voice.example.test";
pub(crate) const SID: &str = "CA000000000000000000000000000000a1";
pub(crate) const OPENAI_SECRET: &str = "whsec_bG9jYWwtc2ltdWxhdG9yLWtleS0wMTIzNDU2Nzg5YWI=";

const VOICE: &str = include_str!("../../../../events/twilio/voice.form");

/// What was asked of the carrier and of OpenAI, and how they answer.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) url: String,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    asked: Vec<(String, String)>,
    /// By the end of the path: status, body, wait.
    answers: HashMap<&'static str, (u16, String, Duration)>,
}

impl Line {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            shared: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(line.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        line
    }

    /// How requests are answered whose path ends like this.
    pub(crate) fn answers(&self, end: &'static str, status: u16, body: &str) {
        let answer = (status, body.to_owned(), Duration::ZERO);
        self.shared.lock().unwrap().answers.insert(end, answer);
    }

    /// Everything that was asked whose path ends like this: path and body.
    pub(crate) fn asked(&self, end: &str) -> Vec<(String, String)> {
        let shared = self.shared.lock().unwrap();
        shared
            .asked
            .iter()
            .filter(|(path, _)| path.ends_with(end))
            .cloned()
            .collect()
    }
}

async fn answer(State(line): State<Line>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let body = to_bytes(request.into_body(), 1_000_000).await.unwrap();
    let (status, body, wait) = {
        let mut shared = line.shared.lock().unwrap();
        shared
            .asked
            .push((path.clone(), String::from_utf8(body.to_vec()).unwrap()));
        let told = shared.answers.iter().find(|(end, _)| path.ends_with(**end));
        told.map_or((200, String::new(), Duration::ZERO), |(_, answer)| answer.clone())
    };
    tokio::time::sleep(wait).await;
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

pub(crate) fn account() -> TwilioAccount {
    TwilioAccount::new(ACCOUNT, Secret::new(TOKEN)).unwrap()
}

/// The call of every test.
pub(crate) fn call_id() -> CallId {
    CallId::derived(&["twilio", SID])
}

/// The sample of a request, with some of its values changed or added.
pub(crate) fn form(changes: &[(&str, &str)]) -> Form {
    let sample = Form::parse(VOICE.trim().as_bytes()).unwrap();
    let is_kept = |(name, _): &&(String, String)| !changes.iter().any(|(changed, _)| changed == name);
    let kept = sample.values().iter().filter(is_kept).cloned();
    let changes = changes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    kept.chain(changes).collect()
}

pub(crate) fn request(path: &str, form: &Form, signature: Option<&str>) -> http::Request<Body> {
    let mut request = http::Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .header("host", "somebody.else.test");
    if let Some(signature) = signature {
        request = request.header("X-Twilio-Signature", signature);
    }
    request.body(Body::from(form.encoded())).unwrap()
}

impl World {
    /// Posts a form as Twilio does; answers what it is told.
    pub(crate) async fn twilio(&self, path: &str, form: &Form) -> (StatusCode, String) {
        let signature = sign(&Secret::new(TOKEN), &format!("{BASE}{path}"), Some(form));
        self.send_text(request(path, form, Some(&signature))).await
    }

    /// Somebody calls; answers the document.
    pub(crate) async fn ring(&self) -> String {
        let (status, document) = self.twilio("/webhooks/twilio/voice", &form(&[])).await;
        assert_eq!(status, StatusCode::OK, "{document}");
        document
    }

    /// What was to be done is done; answers the document.
    pub(crate) async fn done(&self, at: usize, changes: &[(&str, &str)]) -> String {
        let path = format!("/webhooks/twilio/dial?call={}&at={at}", call_id());
        let (status, document) = self.twilio(&path, &form(changes)).await;
        assert_eq!(status, StatusCode::OK, "{document}");
        document
    }

    /// OpenAI tells of something, as it does.
    pub(crate) async fn openai(&self, id: &str, body: &Value) -> (StatusCode, Value) {
        let body = body.to_string();
        let now = self.now().as_second();
        let signature = signature::sign(&Secret::new(OPENAI_SECRET), id, now, body.as_bytes()).unwrap();
        self.openai_signed(id, now, &signature, body).await
    }

    pub(crate) async fn openai_signed(
        &self,
        id: &str,
        timestamp: i64,
        signature: &str,
        body: String,
    ) -> (StatusCode, Value) {
        let request = http::Request::post("/webhooks/openai")
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signature);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A call waits at OpenAI, with the reference in a document.
    pub(crate) async fn waits(&self, openai_call: &str, document: &str) -> (StatusCode, Value) {
        self.openai(
            &format!("wh_{openai_call}"),
            &waiting(openai_call, &reference(document)),
        )
        .await
    }

    /// An agent on a platform.
    pub(crate) async fn agent_on(&self, provider: ProviderKind) -> Agent {
        let mut agent = records::agent(provider.as_str(), self.now());
        agent.provider = provider;
        self.test.store.create_agent(&agent).await.unwrap();
        agent
    }

    /// Calls go to these, one after the other.
    pub(crate) async fn rule(&self, targets: Vec<RouteTarget>) -> RoutingRule {
        let mut rule = records::routing_rule("everything", 0, self.now());
        rule.targets = targets;
        self.test.store.put_routing_rule(&rule).await.unwrap()
    }

    /// Calls go to an agent at OpenAI.
    pub(crate) async fn openai_rule(&self) -> Agent {
        let agent = self.agent_on(ProviderKind::Openai).await;
        self.rule(vec![to_agent(&agent)]).await;
        agent
    }

    pub(crate) async fn inbound(&self) -> InboundCall {
        self.test.store.find_inbound(&call_id()).await.unwrap().unwrap()
    }
}

pub(crate) fn to_agent(agent: &Agent) -> RouteTarget {
    RouteTarget::Agent {
        agent_id: agent.agent_id.clone(),
    }
}

/// Somebody's phone.
pub(crate) fn to_person() -> RouteTarget {
    RouteTarget::Person {
        phone_number: records::number(7),
        ring_secs: 15,
    }
}

/// The reference in a document that dials OpenAI.
pub(crate) fn reference(document: &str) -> String {
    let (_, rest) = document
        .split_once("X-Call-Ref=")
        .unwrap_or_else(|| panic!("{document}"));
    rest.split('<').next().unwrap().to_owned()
}

pub(crate) fn waiting(openai_call: &str, reference: &str) -> Value {
    json!({ "object": "event", "id": "evt_1", "type": "realtime.call.incoming", "created_at": 1_790_000_130,
        "data": { "call_id": openai_call, "sip_headers": [
            { "name": "From", "value": "<sip:+14155550111@example.pstn.twilio.com>" },
            { "name": "X-Call-Ref", "value": reference },
        ] } })
}
