//! Webhooks: Standard Webhooks, sent again until they are taken.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::new_id;
use crate::clock::now_ms;
use crate::server::Shared;

/// Seconds of the simulator's clock before each delivery, the first included.
const SCHEDULE: [f64; 4] = [0.0, 5.0, 30.0, 120.0];
/// Seconds by which a stale timestamp is too old.
const STALE_SECS: i64 = 600;

/// Value of `webhook-signature`: `v1,` and HMAC-SHA256 over `<id>.<timestamp>.<body>`.
pub fn openai_signature(secret: &str, id: &str, at_secs: i64, body: &[u8]) -> String {
    let key = match secret.strip_prefix("whsec_") {
        Some(coded) => STANDARD.decode(coded).unwrap_or_default(),
        None => secret.as_bytes().to_vec(),
    };
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else {
        return String::new();
    };
    mac.update(format!("{id}.{at_secs}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// Tells that a call rings.
pub(super) fn announce(shared: &Shared, call_id: &str) {
    let state = shared.lock();
    let (Some(session), Some(url)) = (
        state.openai.find(call_id),
        state.twilio.usual_url("/webhooks/openai"),
    ) else {
        tracing::warn!("a call reached the simulated OpenAI, and nobody is told: there is no public URL");
        return;
    };
    if session.scenario.lost_webhook {
        return;
    }
    let headers: Vec<Value> = session
        .sip_headers
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let event = |kind: &str, data: Value| {
        json!({ "object": "event", "id": new_id("evt"), "type": kind, "created_at": now_ms() / 1_000,
            "data": data })
        .to_string()
        .into_bytes()
    };
    let incoming = json!({ "call_id": call_id, "sip_media_security": "srtp", "sip_headers": headers });
    let delivery = Delivery {
        call_id: call_id.to_owned(),
        kind: "realtime.call.incoming",
        url: state.twilio.reached(&url),
        webhook_id: new_id("wh"),
        body: event("realtime.call.incoming", incoming),
        secret: match session.scenario.bad_signature {
            true => "whsec_YW5vdGhlciBzZWNyZXQ=".to_owned(),
            false => state.openai.webhook_secret.clone(),
        },
        is_stale: session.scenario.stale_timestamp,
    };
    let mut all = Vec::new();
    if session.scenario.both_events {
        let id = call_id.replacen("rtc_", "live_", 1);
        let other = json!({ "type": "sip", "session_id": id, "sip_headers": headers });
        all.push(Delivery {
            kind: "live.transport.incoming",
            webhook_id: new_id("wh"),
            body: event("live.transport.incoming", other),
            ..delivery.clone()
        });
    }
    if session.scenario.duplicate_webhook {
        all.push(delivery.clone());
    }
    all.push(delivery);
    for delivery in all {
        tokio::spawn(deliver(shared.clone(), delivery));
    }
}

#[derive(Clone)]
struct Delivery {
    call_id: String,
    kind: &'static str,
    url: String,
    webhook_id: String,
    body: Vec<u8>,
    secret: String,
    is_stale: bool,
}

async fn deliver(shared: Shared, delivery: Delivery) {
    for secs in SCHEDULE {
        let ms = shared.lock().scaled_ms(secs);
        tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
        let late = if delivery.is_stale { STALE_SECS } else { 0 };
        let at_secs = now_ms() / 1_000 - late;
        let signature = openai_signature(&delivery.secret, &delivery.webhook_id, at_secs, &delivery.body);
        let answer = shared
            .http
            .post(&delivery.url)
            .header("content-type", "application/json")
            .header(
                "user-agent",
                "OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)",
            )
            .header("webhook-id", &delivery.webhook_id)
            .header("webhook-timestamp", at_secs.to_string())
            .header("webhook-signature", signature)
            .body(delivery.body.clone())
            .send()
            .await;
        let status = answer.map_or(0, |answer| answer.status().as_u16());
        let is_taken = (200..300).contains(&status);
        let mut state = shared.lock();
        state.webhooks.sent += 1;
        let kind = format!("openai.{}", delivery.kind);
        *state.webhooks.by_type.entry(kind).or_default() += 1;
        match is_taken {
            true => state.webhooks.delivered += 1,
            false => state.webhooks.failed += 1,
        }
        if let Some(session) = state.openai.find_mut(&delivery.call_id) {
            session.webhooks.push(status);
        }
        if is_taken {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_vendors() {
        let body = br#"{"object":"event","id":"evt_sim_1","type":"realtime.call.incoming","created_at":1795000000,"data":{"call_id":"rtc_sim_1","sip_headers":[]}}"#;
        assert_eq!(
            openai_signature(
                super::super::OPENAI_WEBHOOK_SECRET,
                "wh_sim_0001",
                1_795_000_000,
                body
            ),
            "v1,CH01/tDHdQWUG7qUtwoshHhVymFYeE9lwZic9A5MzHE="
        );
    }

    #[test]
    fn a_secret_without_its_prefix_is_used_as_it_is() {
        let signed = openai_signature("plain", "wh_1", 1, b"{}");
        assert_ne!(signed, openai_signature("whsec_cGxhaW4x", "wh_1", 1, b"{}"));
        assert_eq!(signed, openai_signature("whsec_cGxhaW4=", "wh_1", 1, b"{}"));
    }
}
