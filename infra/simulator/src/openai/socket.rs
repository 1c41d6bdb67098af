//! The socket beside a call: what happens is told to whoever is attached, from then on.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::{IntoResponse, Response};
use http::Uri;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::new_id;
use super::session::{Frame, Inbox, Stage};
use super::{bad, no_such_call};
use crate::clock::now_ms;
use crate::query::Query;
use crate::server::Shared;

/// Longest message that is read.
const LONGEST_MESSAGE: usize = 1024 * 1024;
/// Between two pings.
const PING: Duration = Duration::from_secs(10);

/// Attaches to a call that was accepted.
pub(super) async fn attach(
    State(shared): State<Shared>,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let query = Query::of(&uri);
    let Some(call_id) = query.get("call_id").map(str::to_owned) else {
        return bad("missing_required_parameter", "call_id is required.");
    };
    if query.get("model").is_some() {
        return bad("invalid_value", "A call has its model already.");
    }
    {
        let mut state = shared.lock();
        let found = state.openai.find_mut(&call_id);
        let is_found = found
            .is_some_and(|session| session.stage == Stage::Accepted && now_ms() >= session.found_from_ms);
        if !is_found {
            return no_such_call();
        }
    }
    match upgrade {
        Ok(upgrade) => upgrade
            .max_message_size(LONGEST_MESSAGE)
            .on_upgrade(move |socket| serve(shared, call_id, socket)),
        Err(refusal) => refusal.into_response(),
    }
}

/// Writes the socket down as attached; none: the call ended meanwhile.
fn join(shared: &Shared, call_id: &str) -> Option<(u64, UnboundedReceiver<Frame>)> {
    let (sender, frames) = unbounded_channel();
    let mut state = shared.lock();
    let session = state.openai.find_mut(call_id)?;
    if session.is_over() {
        return None;
    }
    session.attached += 1;
    let id = session.attached;
    let created = json!({
        "type": "session.created", "event_id": new_id("event"), "session": session.resource(),
    });
    // It is the first that this socket hears.
    sender.send(Frame::Event(created.to_string())).ok()?;
    session.sockets.push((id, sender));
    Some((id, frames))
}

async fn serve(shared: Shared, call_id: String, mut socket: WebSocket) {
    let Some((id, mut frames)) = join(&shared, &call_id) else {
        // Whoever is not there any more hears nothing.
        let _ = socket.send(Message::Close(None)).await;
        return;
    };
    let mut ping = tokio::time::interval(PING);
    ping.tick().await;
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(Frame::Event(text)) => {
                    if socket.send(Message::Text(text.into())).await.is_err() {
                        break;
                    }
                }
                Some(Frame::Close) => {
                    let reason = CloseFrame { code: close_code::NORMAL, reason: "".into() };
                    // It may be gone.
                    let _ = socket.send(Message::Close(Some(reason))).await;
                    break;
                }
                Some(Frame::Break) | None => break,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => heard(&shared, &call_id, id, text.as_str()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
            _ = ping.tick() => {
                if socket.send(Message::Ping(bytes::Bytes::from_static(b"sim"))).await.is_err() {
                    break;
                }
            }
        }
    }
    if let Some(session) = shared.lock().openai.find_mut(&call_id) {
        session.sockets.retain(|(other, _)| *other != id);
    }
}

fn heard(shared: &Shared, call_id: &str, socket: u64, text: &str) {
    let mut state = shared.lock();
    let Some(session) = state.openai.find_mut(call_id) else {
        return;
    };
    let event: Value = match serde_json::from_str(text) {
        Ok(event @ Value::Object(_)) => event,
        _ => {
            session.faults.push("a message was no JSON object".to_owned());
            session.reply(
                socket,
                error("invalid_json", "The message is no JSON object.", &Value::Null),
            );
            return;
        }
    };
    let kind = event["type"].as_str().unwrap_or_default().to_owned();
    *session.asked.entry(kind).or_default() += 1;
    // Nobody listens any more only when the call is over.
    let _ = session.inbox.send(Inbox { socket, event });
}

/// An `error` event about what a socket said.
pub(super) fn error(code: &str, message: &str, of: &Value) -> Value {
    json!({ "type": "error", "error": {
        "type": "invalid_request_error", "code": code, "message": message, "param": null, "event_id": of,
    } })
}
