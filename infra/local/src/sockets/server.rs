//! The way of a socket: asked for, opened, talked on, closed.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{DefaultBodyLimit, FromRef, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use futures::{SinkExt, StreamExt};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::connection::{Connections, Order};
use super::event::Context;
use super::{IDLE, INTEGRATION, LONGEST, MAX_FRAME_BYTES, MAX_MESSAGE_BYTES, manage};
use crate::clock;
use crate::lambda::{InvokeOutcome, Lambda};
use crate::metering;
use crate::template::SocketApiSpec;

/// Messages of one socket that wait for the function.
const UNANSWERED: usize = 100;

/// Why a socket is closed, as its browser and the function are told.
type Reason = (u16, &'static str);
const GOING_AWAY: Reason = (1001, "Going away");
const TOO_LARGE: Reason = (1009, "Message Too Long");
const CLOSED: Reason = (1000, "");
const LOST: Reason = (1006, "");

/// The WebSocket API.
#[derive(Clone)]
pub(crate) struct Sockets {
    api: Arc<SocketApiSpec>,
    connections: Connections,
    lambda: Lambda,
    stop: CancellationToken,
}

impl Sockets {
    pub(crate) fn new(api: SocketApiSpec, lambda: Lambda, stop: CancellationToken) -> Self {
        Self {
            api: Arc::new(api),
            connections: Connections::metered(lambda.meter().clone()),
            lambda,
            stop,
        }
    }
}

impl FromRef<Sockets> for Connections {
    fn from_ref(sockets: &Sockets) -> Self {
        sockets.connections.clone()
    }
}

/// The stage's own address, which browsers connect to, and below it the connections, which functions talk to.
pub(crate) fn socket_routes(sockets: Sockets) -> Router {
    let stage = sockets.api.stage.clone();
    let one = post(manage::post).get(manage::get).delete(manage::delete);
    Router::new()
        .route(&format!("/{stage}"), any(connect))
        .route("/{stage}/@connections/{id}", one)
        // A little more than is taken, so that the refusal can say why.
        .layer(DefaultBodyLimit::max(MAX_MESSAGE_BYTES + 1024))
        .with_state(sockets)
}

async fn connect(
    State(sockets): State<Sockets>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let text = |name| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    };
    let context = Context {
        id: Connections::new_id(),
        stage: sockets.api.stage.clone(),
        domain: text(header::HOST).to_owned(),
        user_agent: text(header::USER_AGENT).to_owned(),
        connected_at: clock::now(),
    };
    let event = context.connect(&headers, &query.unwrap_or_default());
    match sockets.invoke("$connect", event).await {
        // A route without a function lets everybody in.
        None => {}
        Some(Ok(answer)) => match status_of(&answer) {
            Some(status) if status.is_success() => {}
            Some(status) => return status.into_response(),
            None => return StatusCode::BAD_GATEWAY.into_response(),
        },
        Some(Err(())) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
    upgrade
        .max_frame_size(MAX_FRAME_BYTES)
        .max_message_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |socket| async move { sockets.hold(socket, context).await })
}

fn status_of(answer: &Value) -> Option<StatusCode> {
    let status = answer.get("statusCode")?.as_u64()?;
    StatusCode::from_u16(u16::try_from(status).ok()?).ok()
}

impl Sockets {
    /// What the function of a route answers; none where the route has none.
    async fn invoke(&self, route: &str, event: Value) -> Option<Result<Value, ()>> {
        let function = self.api.functions.get(route)?.clone();
        let (lambda, event) = (self.lambda.clone(), bytes(&event));
        // A task of its own: the function goes on when the browser leaves or the time is over.
        let running = tokio::spawn(async move { lambda.invoke(&function, event).await });
        Some(match tokio::time::timeout(INTEGRATION, running).await {
            Ok(Ok(Ok(InvokeOutcome::Answer(answer)))) => serde_json::from_slice(&answer).map_err(|_| ()),
            _ => Err(()),
        })
    }

    async fn hold(self, socket: WebSocket, context: Context) {
        let mut orders = self.connections.add(&context.id, &context.user_agent);
        let (messages, waiting) = mpsc::channel(UNANSWERED);
        let answering = tokio::spawn(self.clone().answer(waiting, context.clone()));
        let (mut sink, mut stream) = socket.split();
        let end = Instant::now() + LONGEST;
        let mut idle = Instant::now() + IDLE;
        let (code, reason) = loop {
            tokio::select! {
                () = self.stop.cancelled() => break GOING_AWAY,
                () = tokio::time::sleep_until(end.min(idle)) => break GOING_AWAY,
                order = orders.recv() => match order {
                    Some(Order::Say(text)) => {
                        idle = Instant::now() + IDLE;
                        if sink.send(Message::Text(text.into())).await.is_err() {
                            break LOST;
                        }
                    }
                    Some(Order::Close) | None => break CLOSED,
                },
                said = stream.next() => match said {
                    Some(Ok(Message::Text(text))) => {
                        idle = Instant::now() + IDLE;
                        self.connections.active(&context.id);
                        if messages.try_send(text.to_string()).is_err() {
                            break (1008, "Too many messages");
                        }
                    }
                    Some(Ok(Message::Close(frame))) => {
                        break (frame.map_or(1005, |frame| frame.code), "");
                    }
                    // The library answers pings by itself; API Gateway has no binary messages.
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => idle = Instant::now() + IDLE,
                    Some(Ok(Message::Binary(_))) => break (1003, "Binary messages are not taken"),
                    Some(Err(error)) => {
                        let large = error.to_string().contains("too long");
                        break if large { TOO_LARGE } else { LOST };
                    }
                    None => break LOST,
                },
            }
        };
        self.connections.remove(&context.id);
        let frame = CloseFrame {
            code: if code == LOST.0 || code == 1005 {
                1000
            } else {
                code
            },
            reason: reason.into(),
        };
        // Whoever has gone does not hear it.
        let _unheard = sink.send(Message::Close(Some(frame))).await;
        drop(messages);
        let _ended = answering.await;
        self.invoke("$disconnect", context.disconnect(code, reason)).await;
    }

    /// Gives what one browser says to the functions, in order, and their answers to it.
    async fn answer(self, mut waiting: mpsc::Receiver<String>, context: Context) {
        while let Some(body) = waiting.recv().await {
            let selected = serde_json::from_str::<Value>(&body).ok();
            let selected = selected
                .as_ref()
                .and_then(|body| body.get(&self.api.selector)?.as_str());
            let route = selected
                .filter(|route| self.api.functions.contains_key(*route))
                .unwrap_or("$default");
            metering::message(self.lambda.meter(), "received", body.len());
            let event = context.message(route, &body);
            let text = match self.invoke(route, event).await {
                Some(Ok(answer)) if self.api.answered.contains(route) => {
                    answer.get("body").and_then(Value::as_str).map(str::to_owned)
                }
                Some(Ok(_)) => None,
                Some(Err(())) => Some(failed("Internal server error", &context.id)),
                None => Some(failed("Forbidden", &context.id)),
            };
            if let Some(text) = text {
                self.connections.order(&context.id, Order::Say(text));
            }
        }
    }
}

/// What API Gateway itself says to a browser whose message no function answered.
fn failed(message: &str, connection: &str) -> String {
    let request = format!("{:016x}", rand::random::<u64>());
    json!({ "message": message, "connectionId": connection, "requestId": request }).to_string()
}

fn bytes(event: &Value) -> Bytes {
    Bytes::from(event.to_string())
}
