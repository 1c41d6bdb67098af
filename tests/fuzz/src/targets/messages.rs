//! What providers and AWS send us.

use aws_lambda_events::event::sqs::SqsEvent;
use jiff::Timestamp;
use switchboard_domain::ProviderKind;
use switchboard_providers::elevenlabs::webhook::{sign, verify};
use switchboard_providers::{Secret, SignatureError, Tolerance, WebhookEvent, platform};
use switchboard_store::DialMessage;

use super::from_folder;

pub(super) fn webhook_samples() -> Vec<Vec<u8>> {
    from_folder("events/provider-webhooks")
}

/// What cannot be read says so in words that hold no number, and nor does what a call failed of.
pub(super) fn webhook(input: &[u8]) {
    for kind in ProviderKind::ALL {
        let told = match platform(kind).parse_webhook(input) {
            Err(error) => error.to_string(),
            Ok(webhook) => {
                assert!(webhook.kind.len() <= 64);
                match webhook.event {
                    WebhookEvent::FailedStart { reason, .. } => reason,
                    WebhookEvent::Conversation(conversation) | WebhookEvent::Progress(conversation) => {
                        conversation.failure.unwrap_or_default()
                    }
                    WebhookEvent::Audio { .. } | WebhookEvent::Other { .. } => String::new(),
                }
            }
        };
        assert!(!has_number(&told), "{told}");
    }
}

/// Whether seven digits or more stand together, and are no part of a word as in an id.
pub(super) fn has_number(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c| !is_word(c))
        .any(|word| word.len() >= 7 && word.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn signature_samples() -> Vec<Vec<u8>> {
    let body = b"{\"type\":\"post_call_transcription\"}";
    let now = Timestamp::from_second(1_790_000_100).unwrap_or_default();
    let header = sign(&Secret::new("wsec_test_secret"), body, now);
    vec![
        header.into_bytes(),
        b"t=1790000100,v0=00".to_vec(),
        b"v0=,t=".to_vec(),
    ]
}

/// No header but the right one opens the door, and it opens it only to the body it was made for.
pub(super) fn signature(input: &[u8]) {
    forged_header(input);
    changed_body(input);
}

fn changed_body(body: &[u8]) {
    let now = Timestamp::from_second(1_790_000_100).unwrap_or_default();
    let secrets = [Secret::new("wsec_test_secret")];
    let header = sign(&secrets[0], body, now);
    let check = |body: &[u8], header: &str| verify(&secrets, header, body, now, Tolerance::default());
    assert_eq!(check(body, &header), Ok(()));
    // Which bit is changed follows from the input, so that the same input does the same.
    let sum = body
        .iter()
        .fold(0usize, |sum, byte| sum.wrapping_mul(31) + usize::from(*byte));
    let mut changed = body.to_vec();
    match changed.len() {
        0 => changed.push(0),
        length => changed[sum % length] ^= 1 << (sum % 8),
    }
    assert_eq!(check(&changed, &header), Err(SignatureError::Mismatch));
    let mac_begins = header.len() - 64;
    let mut forged = header.into_bytes();
    let digit = &mut forged[mac_begins + sum % 64];
    *digit = if *digit == b'0' { b'1' } else { b'0' };
    let forged = String::from_utf8(forged).unwrap();
    assert_eq!(check(body, &forged), Err(SignatureError::Mismatch));
}

fn forged_header(input: &[u8]) {
    let body = b"{\"type\":\"post_call_transcription\"}";
    let now = Timestamp::from_second(1_790_000_100).unwrap_or_default();
    let secrets = [Secret::new("wsec_test_secret")];
    let right = sign(&secrets[0], body, now);
    let Ok(header) = std::str::from_utf8(input) else {
        return;
    };
    if verify(&secrets, header, body, now, Tolerance::default()).is_ok() {
        // A header may carry several, in either case of letters; the right one is among them.
        let (time, mac) = right.split_once(',').unwrap_or_default();
        let has_mac = header.split(',').any(|part| part.eq_ignore_ascii_case(mac));
        assert!(has_mac && header.contains(time), "{header:?}");
    }
}

pub(super) fn event_samples() -> Vec<Vec<u8>> {
    let mut samples = from_folder("events/conversation-sync");
    for folder in ["upload-parser", "call-exporter", "dialer"] {
        samples.extend(from_folder(&format!("events/{folder}")));
    }
    samples.push(b"{\"call_id\":\"call_01kexample000000000000000a\",\"campaign_id\":\"camp_00000000000000000000000000\"}".to_vec());
    samples
}

/// Events of our functions are read or refused.
pub(super) fn function_events(input: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<serde_json::Value>(input) {
        let _ = conversation_sync::SyncRequest::read(value.clone());
        let _ = upload_parser::requests_of(value);
    }
    if let Ok(event) = serde_json::from_slice::<SqsEvent>(input) {
        for body in event.records.into_iter().filter_map(|record| record.body) {
            let _ = serde_json::from_str::<DialMessage>(&body);
        }
    }
    if let Ok(message) = serde_json::from_slice::<DialMessage>(input) {
        let written = serde_json::to_vec(&message).unwrap();
        assert_eq!(serde_json::from_slice::<DialMessage>(&written).unwrap(), message);
    }
    let _ = serde_json::from_slice::<call_exporter::ExportRequest>(input);
}
