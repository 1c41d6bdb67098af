//! The tools that an agent uses during a call, as the vendor sends them: fixed headers, and a body filled with
//! dynamic variables.

use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::now_ms;
use crate::server::Shared;
use crate::{Behaviour, Conversation, Platform};

/// The variable with which Switchboard names its call.
const ATTEMPT: &str = "attempt_id";

/// Uses the do-not-call tool in the middle of the talk with whoever does not want to be called again.
pub(crate) fn schedule(shared: &Shared, conversation: &Conversation) {
    if conversation.behaviour != Behaviour::OptsOut || !conversation.is_answered() {
        return;
    }
    let (url, secret) = {
        let state = shared.lock();
        let Some(url) = state.do_not_call_tool_url.clone() else {
            return;
        };
        (url, state.tool_secret.clone())
    };
    let (shared, id, platform) = (shared.clone(), conversation.id.clone(), conversation.platform());
    let middle = i64::midpoint(conversation.answered_ms, conversation.ended_ms);
    let body = json!({
        "conversation_id": conversation.id,
        "attempt_id": match conversation.platform() {
            Platform::ElevenLabs => conversation.variables.get(ATTEMPT).cloned(),
            _ => conversation.user_id.clone().map(Value::String),
        },
    });
    tokio::spawn(async move {
        let wait = u64::try_from(middle - now_ms()).unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let goes_on = shared
            .lock()
            .find(platform, &id)
            .is_some_and(|call| call.ended_ms >= middle);
        if !goes_on {
            return;
        }
        let sent = shared
            .http
            .post(&url)
            .header("content-type", "application/json")
            .header("x-switchboard-tool-secret", secret)
            .body(body.to_string())
            .send()
            .await;
        match sent.map(|answer| answer.status()) {
            Ok(status) if status.is_success() => {}
            Ok(status) => tracing::warn!(%status, "the do-not-call tool refused"),
            Err(error) => tracing::warn!(%error, "the do-not-call tool did not answer"),
        }
    });
}
