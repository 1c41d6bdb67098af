//! Webhooks: signed, sent, and sent again as the vendor does.

use std::time::Duration;

use base64::Engine;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::render;
use crate::clock::now_ms;
use crate::faults::FaultKind;
use crate::server::Shared;
use crate::{Behaviour, Conversation, Platform, recording};

/// Seconds before each delivery of a transcription, first included.
const SCHEDULE: [f64; 5] = [0.0, 30.0, 120.0, 480.0, 1_800.0];
/// Failures in a row that switch a webhook off.
const MAX_FAILURES: u32 = 10;

/// Value of the `ElevenLabs-Signature` header: HMAC-SHA256 over `<t>.<body>`.
pub fn signature(secret: &str, at_secs: i64, body: &[u8]) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(format!("{at_secs}.").as_bytes());
    mac.update(body);
    format!("t={at_secs},v0={}", hex::encode(mac.finalize().into_bytes()))
}

/// Sends the webhook of a call when it is due, or at once.
pub(crate) fn schedule(shared: &Shared, conversation: Conversation, at_once: bool) {
    let shared = shared.clone();
    tokio::spawn(async move {
        let failed_early = !conversation.is_answered() && conversation.failure.is_none();
        // What never got through is told when the line is free, the rest when the analysis is done.
        let due = if failed_early {
            conversation.ended_ms
        } else {
            conversation.done_ms
        };
        let wait = if at_once { 0 } else { due - now_ms() };
        tokio::time::sleep(Duration::from_millis(u64::try_from(wait).unwrap_or(0))).await;
        let now = shared
            .lock()
            .find(Platform::ElevenLabs, &conversation.id)
            .map(|now| now.done_ms);
        if now.is_some_and(|done_ms| done_ms != conversation.done_ms) {
            // It was ended from outside meanwhile, and its webhook is due at another moment.
            return;
        }
        send(&shared, &conversation).await;
        shared.lock().settle_webhook(&conversation.id);
    });
}

async fn send(shared: &Shared, conversation: &Conversation) {
    let kinds = [
        FaultKind::WebhookLost,
        FaultKind::WebhookTwice,
        FaultKind::WebhookLate,
        FaultKind::WebhookForged,
        FaultKind::WebhookStale,
        FaultKind::WebhookMalformed,
    ];
    let fault = shared
        .lock()
        .faults
        .strike(Platform::ElevenLabs, &conversation.to, &kinds);
    let kind = fault.as_ref().map(|fault| fault.kind);
    match kind {
        Some(FaultKind::WebhookLost) => return,
        Some(FaultKind::WebhookLate) => {
            let secs = fault.map_or(0.0, |fault| fault.secs);
            tokio::time::sleep(Duration::from_secs_f64(secs.clamp(0.0, 3_600.0))).await;
        }
        _ => {}
    }
    let through = conversation.is_answered() || conversation.failure.is_some();
    let at = now_ms().max(conversation.done_ms);
    let (event, wanted) = match through {
        true => ("post_call_transcription", "transcript"),
        false => ("call_initiation_failure", "call_initiation_failure"),
    };
    let data = if through {
        render::detail(conversation, at)
    } else {
        render::initiation_failure(conversation)
    };
    deliver(shared, event, wanted, data, kind).await;
    if kind == Some(FaultKind::WebhookTwice) {
        let again = if through {
            render::detail(conversation, at)
        } else {
            render::initiation_failure(conversation)
        };
        deliver(shared, event, wanted, again, None).await;
    }
    if conversation.has_audio(at) && conversation.behaviour != Behaviour::AnswersLong {
        let audio: Vec<u8> = recording::chunks(conversation).flatten().collect();
        let data = json!({
            "agent_id": conversation.agent_id,
            "conversation_id": conversation.id,
            "full_audio": base64::engine::general_purpose::STANDARD.encode(audio),
        });
        deliver(shared, "post_call_audio", "audio", data, None).await;
    }
}

async fn deliver(shared: &Shared, event: &str, wanted: &str, data: Value, fault: Option<FaultKind>) {
    let (url, secret, factor) = {
        let state = shared.lock();
        let enabled = state.webhook_events.iter().any(|name| name == wanted) && !state.webhooks.auto_disabled;
        match (&state.webhook_url, enabled) {
            (Some(url), true) => (url.clone(), state.webhook_secret.clone(), state.clock_factor),
            _ => return,
        }
    };
    let mut body = json!({ "type": event, "event_timestamp": now_ms() / 1_000, "data": data })
        .to_string()
        .into_bytes();
    if fault == Some(FaultKind::WebhookMalformed) {
        body.truncate(body.len() / 2);
    }
    let tries = if event == "post_call_transcription" {
        SCHEDULE.len()
    } else {
        1
    };
    for delay in &SCHEDULE[..tries] {
        tokio::time::sleep(Duration::from_secs_f64(delay / factor)).await;
        let at_secs = now_ms() / 1_000
            - if fault == Some(FaultKind::WebhookStale) {
                7_200
            } else {
                0
            };
        let secret = if fault == Some(FaultKind::WebhookForged) {
            "another secret"
        } else {
            &secret
        };
        let status = shared
            .http
            .post(&url)
            .header("content-type", "application/json")
            .header("ElevenLabs-Signature", signature(secret, at_secs, &body))
            .body(body.clone())
            .send()
            .await
            .map(|answer| answer.status().as_u16());
        let status = status.ok();
        count(shared, event, status == Some(200));
        let again = status.is_none_or(|status| status >= 500 || status == 429 || status == 408);
        if !again {
            return;
        }
    }
}

fn count(shared: &Shared, event: &str, delivered: bool) {
    let mut state = shared.lock();
    state.webhooks.sent += 1;
    *state.webhooks.by_type.entry(event.to_owned()).or_default() += 1;
    if delivered {
        state.webhooks.delivered += 1;
        state.failures_in_a_row = 0;
        state.has_delivered = true;
    } else {
        state.webhooks.failed += 1;
        state.failures_in_a_row += 1;
        // The vendor also asks for a week without success; a fresh account has had none.
        state.webhooks.auto_disabled |= state.failures_in_a_row >= MAX_FAILURES && !state.has_delivered;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_vendors() {
        let body = br#"{"type":"post_call_transcription","event_timestamp":1790000100,"data":{}}"#;
        assert_eq!(
            signature("wsec_test_secret", 1_790_000_100, body),
            "t=1790000100,v0=8b3cba26676a740ba4eb04bd7aa440ee9d5c483066c102ed70535e93d8d06773"
        );
    }
}
