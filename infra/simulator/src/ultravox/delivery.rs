//! Webhooks on their way: signed, sent, and sent again as the vendor does.

use std::time::Duration;

use futures::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::call::EVENTS;
use super::{ULTRAVOX, render, webhooks};
use crate::Conversation;
use crate::clock::now_ms;
use crate::faults::{FaultKind, FaultRule};
use crate::ledger::time_of;
use crate::server::Shared;

/// Seconds until a delivery that failed is tried again; each time twice as long as before.
const FIRST_RETRY_SECS: f64 = 30.0;
/// Deliveries after the first.
const MOST_RETRIES: i32 = 10;
/// Milliseconds that a reordered `call.joined` comes after the call's end.
const REORDERED_MS: i64 = 300;
/// Milliseconds by which a stale signature is too old.
const STALE_MS: i64 = 7_200_000;

/// One signature of the `X-Ultravox-Webhook-Signature` header: HMAC-SHA256 over the body, then the timestamp.
pub fn ultravox_signature(secret: &str, timestamp: &str, body: &[u8]) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    mac.update(timestamp.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// Sends every event of a call that is still to be told, each when it is due. To be called again when a call goes
/// another way than it was to go: what is told already stays told.
pub(crate) fn schedule(shared: &Shared, id: &str) {
    for event in EVENTS {
        let (shared, id) = (shared.clone(), id.to_owned());
        tokio::spawn(async move {
            if let Some(conversation) = due(&shared, &id, event).await {
                send(&shared, &conversation, event).await;
                shared.lock().tell(&id, event);
            }
        });
    }
}

/// Waits until an event is to be told; none: it is not, or another is at it.
async fn due(shared: &Shared, id: &str, event: &str) -> Option<Conversation> {
    loop {
        let wait_ms = {
            let mut state = shared.lock();
            let conversation = state.find(ULTRAVOX, id)?.clone();
            if !state.is_unsettled(id) || state.ultravox.has_begun(id, event) {
                return None;
            }
            let wait_ms = conversation.due_ms(event)? - now_ms();
            if wait_ms <= 0 {
                state.ultravox.begin(id, event);
                return Some(conversation);
            }
            wait_ms
        };
        sleep_ms(wait_ms).await;
    }
}

async fn sleep_ms(ms: i64) {
    tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
}

/// Where an event goes.
struct Target {
    /// The account's webhook; none: a callback of the call.
    webhook: Option<String>,
    url: String,
    secrets: Vec<String>,
}

impl Target {
    fn of(webhook: Option<&str>, from: &Value) -> Option<Self> {
        let secrets = from["secrets"].as_array().into_iter().flatten();
        Some(Self {
            webhook: webhook.map(str::to_owned),
            url: from["url"].as_str()?.to_owned(),
            secrets: secrets.filter_map(Value::as_str).map(str::to_owned).collect(),
        })
    }
}

fn targets(shared: &Shared, conversation: &Conversation, event: &str) -> Vec<Target> {
    let state = shared.lock();
    let wanted = |webhook: &Value| {
        let events = webhook["events"].as_array();
        let agent = &webhook["agentId"];
        events.is_some_and(|events| events.iter().any(|name| name == event))
            && (agent.is_null() || *agent == conversation.agent_id.as_str())
    };
    let all = state
        .ultravox
        .webhooks
        .iter()
        .filter(|(_, webhook)| wanted(webhook));
    let mut found: Vec<Target> = all
        .filter_map(|(id, webhook)| Target::of(Some(id), webhook))
        .collect();
    let name = event.trim_start_matches("call.");
    let own = conversation
        .ultravox
        .as_ref()
        .and_then(|call| call.callbacks.get(name));
    found.extend(own.and_then(|callback| Target::of(None, callback)));
    found
}

async fn send(shared: &Shared, conversation: &Conversation, event: &str) {
    let targets = targets(shared, conversation, event);
    if targets.is_empty() {
        return;
    }
    let mut kinds = vec![
        FaultKind::WebhookLost,
        FaultKind::WebhookTwice,
        FaultKind::WebhookLate,
        FaultKind::WebhookForged,
        FaultKind::WebhookStale,
        FaultKind::WebhookMalformed,
    ];
    if event == "call.joined" {
        kinds.push(FaultKind::WebhookReordered);
    }
    let to = &conversation.to;
    let fault: Option<FaultRule> = shared.lock().faults.strike_event(ULTRAVOX, event, to, &kinds);
    let kind = fault.as_ref().map(|fault| fault.kind);
    match kind {
        Some(FaultKind::WebhookLost) => return,
        Some(FaultKind::WebhookLate) => {
            let secs = fault.map_or(0.0, |fault| fault.secs).clamp(0.0, 3_600.0);
            tokio::time::sleep(Duration::from_secs_f64(secs)).await;
        }
        Some(FaultKind::WebhookReordered) => after_end(shared, &conversation.id).await,
        _ => {}
    }
    let call = {
        let state = shared.lock();
        // It may have gone on, or be deleted, since this was due.
        let current = state.find(ULTRAVOX, &conversation.id).unwrap_or(conversation);
        render::call(current, now_ms())
    };
    let body = json!({ "event": event, "call": call }).to_string().into_bytes();
    let times = if kind == Some(FaultKind::WebhookTwice) {
        2
    } else {
        1
    };
    for _ in 0..times {
        let sent = targets
            .iter()
            .map(|target| deliver(shared, target, event, &body, kind));
        join_all(sent).await;
    }
}

/// Waits until the call is over and that was told.
async fn after_end(shared: &Shared, id: &str) {
    loop {
        let ended_ms = shared.lock().find(ULTRAVOX, id).map(|call| call.ended_ms);
        let wait_ms = ended_ms.map_or(0, |ended| ended + REORDERED_MS - now_ms());
        if wait_ms <= 0 {
            return;
        }
        sleep_ms(wait_ms).await;
    }
}

async fn deliver(shared: &Shared, target: &Target, event: &str, body: &[u8], fault: Option<FaultKind>) {
    let body = match fault {
        Some(FaultKind::WebhookMalformed) => body[..body.len() / 2].to_vec(),
        _ => body.to_vec(),
    };
    for retry in 0..=MOST_RETRIES {
        let age_ms = if fault == Some(FaultKind::WebhookStale) {
            STALE_MS
        } else {
            0
        };
        let timestamp = stamp(now_ms() - age_ms);
        let signatures: Vec<String> = target
            .secrets
            .iter()
            .map(|secret| match fault {
                Some(FaultKind::WebhookForged) => ultravox_signature("another secret", &timestamp, &body),
                _ => ultravox_signature(secret, &timestamp, &body),
            })
            .collect();
        let answer = shared
            .http
            .post(&target.url)
            .header("content-type", "application/json")
            .header("X-Ultravox-Webhook-Timestamp", &timestamp)
            .header("X-Ultravox-Webhook-Signature", signatures.join(","))
            .body(body.clone())
            .send()
            .await;
        let failure = match answer.map(|answer| answer.status()) {
            Ok(status) if status.is_success() => None,
            Ok(status) => Some(format!("The server answered {}.", status.as_u16())),
            Err(_) => Some("The server did not answer.".to_owned()),
        };
        let factor = count(shared, target, event, failure.as_deref(), retry == MOST_RETRIES);
        if failure.is_none() || retry == MOST_RETRIES {
            return;
        }
        let wait = FIRST_RETRY_SECS * 2_f64.powi(retry) / factor;
        tokio::time::sleep(Duration::from_secs_f64(wait)).await;
    }
}

/// A moment as the vendor's timestamp header has it.
fn stamp(ms: i64) -> String {
    format!("{}000+00:00", time_of(ms).trim_end_matches('Z'))
}

/// Counts a delivery; answers the clock factor.
fn count(shared: &Shared, target: &Target, event: &str, failure: Option<&str>, last: bool) -> f64 {
    let mut state = shared.lock();
    state.webhooks.sent += 1;
    *state.webhooks.by_type.entry(event.to_owned()).or_default() += 1;
    match failure {
        None => state.webhooks.delivered += 1,
        Some(_) => state.webhooks.failed += 1,
    }
    let webhook = target.webhook.as_ref();
    if let Some(webhook) = webhook.and_then(|id| state.ultravox.webhooks.get_mut(id)) {
        webhooks::note(webhook, failure, last, &time_of(now_ms()));
    }
    state.clock_factor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_vendors() {
        let body = br#"{"event":"call.ended","call":{"callId":"11111111-2222-4333-8444-555555555555"}}"#;
        assert_eq!(
            ultravox_signature("uvx-local-secret", "2026-11-20T20:00:00.000000+00:00", body),
            "cb8566a183c413879784f65291886b29560801e97bb2f1e02ae7ac44bf34bae0"
        );
    }

    #[test]
    fn a_timestamp_has_microseconds_and_an_offset() {
        assert_eq!(stamp(1_795_204_800_123), "2026-11-20T20:00:00.123000+00:00");
    }
}
