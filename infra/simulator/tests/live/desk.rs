//! A simulator, and a Switchboard of a few lines: it notes what it is asked, and answers as a test says.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use futures::{SinkExt, StreamExt};
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use switchboard_simulator::{
    OPENAI_API_KEY, Simulator, SimulatorConfig, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, twilio_signature,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Our own number, and a caller.
pub const OURS: &str = "+15005550199";
pub const CALLER: &str = "+14155550111";

/// One request as it came.
#[derive(Clone)]
pub struct Heard {
    pub path: String,
    pub url: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Its form, blanks included.
    pub fn form(&self) -> Vec<(String, String)> {
        let text = std::str::from_utf8(&self.body).unwrap();
        let url = reqwest::Url::parse(&format!("http://localhost/?{text}")).unwrap();
        url.query_pairs().into_owned().collect()
    }

    pub fn field(&self, name: &str) -> String {
        let form = self.form();
        let found = form.into_iter().find(|(key, _)| key == name);
        found.map_or(String::new(), |(_, value)| value)
    }

    /// Its signature is the account's.
    pub fn is_signed(&self) -> bool {
        let wanted = twilio_signature(TWILIO_AUTH_TOKEN, &self.url, &self.form());
        self.header("x-twilio-signature") == wanted
    }
}

#[derive(Clone)]
struct Answer {
    status: u16,
    kind: &'static str,
    body: String,
    after: Duration,
}

#[derive(Clone, Default)]
struct Board {
    public: Arc<Mutex<String>>,
    heard: Arc<Mutex<Vec<Heard>>>,
    /// By path; the last one stays.
    answers: Arc<Mutex<HashMap<String, VecDeque<Answer>>>>,
}

async fn answer(
    State(board): State<Board>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl axum::response::IntoResponse {
    let path = uri.path().to_owned();
    let url = format!("{}{uri}", board.public.lock().unwrap());
    board.heard.lock().unwrap().push(Heard {
        path: path.clone(),
        url,
        headers,
        body: body.to_vec(),
    });
    let given = {
        let mut answers = board.answers.lock().unwrap();
        answers.get_mut(&path).and_then(|all| match all.len() {
            0 | 1 => all.front().cloned(),
            _ => all.pop_front(),
        })
    };
    let given = given.unwrap_or(Answer {
        status: 204,
        kind: "text/plain",
        body: String::new(),
        after: Duration::ZERO,
    });
    tokio::time::sleep(given.after).await;
    (
        StatusCode::from_u16(given.status).unwrap(),
        [("content-type", given.kind)],
        given.body,
    )
}

pub struct Desk {
    pub simulator: Simulator,
    pub http: reqwest::Client,
    board: Board,
}

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Desk {
    /// A desk with a clock that is a hundred times faster.
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut SimulatorConfig)) -> Self {
        let here = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let public = format!("http://{}", here.local_addr().unwrap());
        let board = Board::default();
        board.public.lock().unwrap().clone_from(&public);
        let routes = axum::Router::new().fallback(answer).with_state(board.clone());
        tokio::spawn(axum::serve(here, routes).into_future());
        let mut config = SimulatorConfig {
            clock_factor: 100.0,
            public_url: Some(public),
            patience_secs: 5.0,
            ..SimulatorConfig::default()
        };
        change(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            simulator: Simulator::start(listener, config).await.unwrap(),
            http: switchboard_http::bare_builder().build().unwrap(),
            board,
        }
    }

    /// Where the Switchboard of this test is.
    pub fn board_url(&self) -> String {
        self.board.public.lock().unwrap().clone()
    }

    pub fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.simulator.address())
    }

    /// From now on a path is answered with this document.
    pub fn document(&self, path: &str, verbs: &str) {
        let document = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{verbs}</Response>");
        self.raw(path, 200, "text/xml", &document, 0);
    }

    pub fn raw(&self, path: &str, status: u16, kind: &'static str, body: &str, after_ms: u64) {
        let answer = Answer {
            status,
            kind,
            body: body.to_owned(),
            after: Duration::from_millis(after_ms),
        };
        let mut answers = self.board.answers.lock().unwrap();
        answers.entry(path.to_owned()).or_default().push_back(answer);
    }

    /// The document that leads a caller to OpenAI.
    pub fn leads_to_openai(&self) {
        self.document(
            "/webhooks/twilio/voice",
            "<Dial answerOnBridge=\"true\" timeout=\"20\" action=\"/webhooks/twilio/dial?call=c1\" \
             record=\"record-from-answer-dual\" recordingStatusCallback=\"/webhooks/twilio/recording\">\
             <Sip>sip:proj_simulator@sip.api.openai.com;transport=tls?X-Call-Ref=ref_1</Sip></Dial>",
        );
        self.document("/webhooks/twilio/dial", "<Hangup/>");
    }

    pub fn heard(&self, path: &str) -> Vec<Heard> {
        let all = self.board.heard.lock().unwrap();
        all.iter().filter(|heard| heard.path == path).cloned().collect()
    }

    /// The `count`-th request of a path, once it came.
    pub async fn hears(&self, path: &str, count: usize) -> Heard {
        for _ in 0..1_000 {
            if let Some(heard) = self.heard(path).get(count - 1) {
                return heard.clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{path} was not asked {count} times");
    }

    pub async fn send(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = self.http.request(method.parse().unwrap(), self.address(path));
        let request = request.bearer_auth(OPENAI_API_KEY);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// A request to the carrier's API.
    pub async fn twilio(&self, method: &str, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let path = format!("/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}{path}");
        let request = self.http.request(method.parse().unwrap(), self.address(&path));
        let request = request.basic_auth(TWILIO_ACCOUNT_SID, Some(TWILIO_AUTH_TOKEN));
        let request = if form.is_empty() {
            request
        } else {
            request.form(form)
        };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Somebody calls.
    pub async fn rings(&self, scenario: Value) -> String {
        let body = json!({ "from": CALLER, "to": OURS, "scenario": scenario });
        let (status, answer) = self.send("POST", "/_sim/calls/inbound", Some(body)).await;
        assert_eq!(status, 201, "{answer}");
        answer["call_sid"].as_str().unwrap().to_owned()
    }

    /// A call as our own routes show it.
    pub async fn shown(&self, sid: &str) -> Value {
        self.send("GET", &format!("/_sim/calls/{sid}"), None).await.1
    }

    /// Waits until a call has this status.
    pub async fn until(&self, sid: &str, status: &str) {
        for _ in 0..1_000 {
            if self.shown(sid).await["status"] == status {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the call is never {status}");
    }

    /// The call once it is over.
    pub async fn over(&self, sid: &str) -> Value {
        for _ in 0..1_500 {
            let shown = self.shown(sid).await;
            if shown["live"] == false {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the call is still open: {}", self.shown(sid).await);
    }

    /// The call of OpenAI that was announced last.
    pub async fn announced(&self) -> String {
        let heard = self.hears("/webhooks/openai", 1).await;
        heard.json()["data"]["call_id"].as_str().unwrap().to_owned()
    }

    pub async fn accept(&self, call_id: &str) -> (u16, Value) {
        let tool = |name: &str| {
            json!({ "type": "function", "name": name, "description": "It does what it says.",
                "parameters": { "type": "object", "properties": { "reason": { "type": "string" } },
                    "required": ["reason"], "additionalProperties": false } })
        };
        let config = json!({
            "type": "realtime", "model": "gpt-realtime-2.1", "instructions": "You answer the phone.",
            "audio": { "input": { "transcription": { "model": "gpt-transcribe" } },
                "output": { "voice": "marin" } },
            "tools": [tool("mark_urgent"), tool("transfer_to_person"), tool("take_message")],
        });
        let path = format!("/v1/realtime/calls/{call_id}/accept");
        self.send("POST", &path, Some(config)).await
    }

    /// One try to attach; the status where it is refused.
    pub async fn try_attach(&self, call_id: &str) -> Result<Socket, u16> {
        let url = format!("ws://{}/v1/realtime?call_id={call_id}", self.simulator.address());
        let mut request = url.into_client_request().unwrap();
        let bearer = format!("Bearer {OPENAI_API_KEY}").parse().unwrap();
        request.headers_mut().insert("authorization", bearer);
        match connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(SocketError::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn attach(&self, call_id: &str) -> Socket {
        for _ in 0..300 {
            if let Ok(socket) = self.try_attach(call_id).await {
                return socket;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the socket was never found");
    }
}

pub async fn say(socket: &mut Socket, event: Value) {
    // A socket that broke says so when it is read.
    let _ = socket.send(Message::text(event.to_string())).await;
}

/// The next event; none: the socket is closed, or broke.
pub async fn next(socket: &mut Socket) -> Option<Value> {
    loop {
        let waited = tokio::time::timeout(Duration::from_secs(20), socket.next());
        match waited.await.unwrap() {
            Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            Some(Ok(_)) => {}
        }
    }
}

/// Holds a socket to its end: greets, answers tools; answers every event.
pub async fn hold(socket: &mut Socket, greets: bool) -> Vec<Value> {
    if greets {
        say(socket, json!({ "type": "response.create" })).await;
    }
    let mut all = Vec::new();
    let mut goes_on = false;
    while let Some(event) = next(socket).await {
        match event["type"].as_str().unwrap() {
            "response.function_call_arguments.done" => {
                let item = json!({ "type": "function_call_output", "call_id": event["call_id"],
                    "output": "{\"ok\":true}" });
                say(
                    socket,
                    json!({ "type": "conversation.item.create", "item": item }),
                )
                .await;
                goes_on = true;
            }
            "response.done" if goes_on => {
                goes_on = false;
                say(socket, json!({ "type": "response.create" })).await;
            }
            _ => {}
        }
        all.push(event);
    }
    all
}

/// What was said by these events, in the order of the items: who, and the whole text where it came.
pub fn transcript(events: &[Value]) -> Vec<(String, String, Option<String>)> {
    let mut all: Vec<(String, String, Option<String>)> = Vec::new();
    for event in events {
        let item_id = event["item_id"].as_str().unwrap_or_default();
        match event["type"].as_str().unwrap() {
            "conversation.item.added" if event["item"]["type"] == "message" => {
                let item = &event["item"];
                let text = |name: &str| item[name].as_str().unwrap().to_owned();
                all.push((text("id"), text("role"), None));
            }
            "response.output_audio_transcript.done"
            | "conversation.item.input_audio_transcription.completed" => {
                let turn = all.iter_mut().find(|(id, _, _)| id == item_id).unwrap();
                turn.2 = event["transcript"].as_str().map(str::to_owned);
            }
            _ => {}
        }
    }
    all
}
