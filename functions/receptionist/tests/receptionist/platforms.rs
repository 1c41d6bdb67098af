//! The requests that OpenAI and Twilio are sent, written down and answered as the test says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

/// One request that came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

#[derive(Default)]
struct Inner {
    requests: Vec<Request>,
    /// Answers of the Responses API, the next one first; the last one stays.
    responses: Vec<(u16, Value)>,
    /// What Twilio answers to a change of a call.
    call_status: u16,
    /// How often a recording is not there yet.
    missing: u32,
    /// What a customer's tool answers.
    tool: (u16, String),
}

/// OpenAI, Twilio and a customer's system on one port.
#[derive(Clone)]
pub(crate) struct Platforms {
    pub(crate) url: Url,
    inner: Arc<Mutex<Inner>>,
}

impl Platforms {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let inner = Inner {
            call_status: 200,
            tool: (200, "{}".to_owned()),
            ..Inner::default()
        };
        let platforms = Self {
            url,
            inner: Arc::new(Mutex::new(inner)),
        };
        let router = Router::new().fallback(answer).with_state(platforms.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        platforms
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Requests whose path ends so.
    pub(crate) fn requests(&self, end: &str) -> Vec<Request> {
        let inner = self.inner();
        inner
            .requests
            .iter()
            .filter(|request| request.path.ends_with(end))
            .cloned()
            .collect()
    }

    /// What the Responses API answers, one after the other.
    pub(crate) fn respond(&self, responses: Vec<(u16, Value)>) {
        self.inner().responses = responses;
    }

    pub(crate) fn set_call_status(&self, status: u16) {
        self.inner().call_status = status;
    }

    pub(crate) fn miss_recordings(&self, times: u32) {
        self.inner().missing = times;
    }

    pub(crate) fn set_tool(&self, status: u16, body: &str) {
        self.inner().tool = (status, body.to_owned());
    }
}

/// An answer of the Responses API with these words.
pub(crate) fn said(words: &Value) -> Value {
    json!({ "id": "resp_1", "object": "response", "status": "completed", "output": [
        { "type": "reasoning", "summary": [] },
        { "type": "message", "role": "assistant", "status": "completed",
            "content": [{ "type": "output_text", "annotations": [], "text": words.to_string() }] },
    ] })
}

async fn answer(
    State(platforms): State<Platforms>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    let mut inner = platforms.inner();
    inner.requests.push(Request {
        method,
        path: path.clone(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let status = |status: u16| StatusCode::from_u16(status).unwrap();
    if path == "/v1/responses" {
        let next = match inner.responses.len() {
            0 => (500, json!({ "error": { "message": "none was set" } })),
            1 => inner.responses[0].clone(),
            _ => inner.responses.remove(0),
        };
        return (status(next.0), axum::Json(next.1)).into_response();
    }
    if path == "/tool" {
        return (status(inner.tool.0), inner.tool.1.clone()).into_response();
    }
    if path.contains("/Calls/") {
        return (status(inner.call_status), axum::Json(json!({ "code": 21220 }))).into_response();
    }
    if path.ends_with(".mp3") {
        if inner.missing > 0 {
            inner.missing -= 1;
            return StatusCode::NOT_FOUND.into_response();
        }
        // Ten frames of silence, a quarter of a second; ten times as many in the recording that ends in 2.
        let mut frame = vec![0xff, 0xfb, 0x90, 0x64];
        frame.resize(417, 0);
        let frames = if path.ends_with("2.mp3") { 100 } else { 10 };
        return ([("content-type", "audio/mpeg")], frame.repeat(frames)).into_response();
    }
    StatusCode::OK.into_response()
}
