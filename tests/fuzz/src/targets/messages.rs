//! What providers and AWS send us.

use jiff::Timestamp;
use switchboard_providers::Secret;
use switchboard_providers::elevenlabs::webhook::{Tolerance, parse, sign, verify};

use super::from_folder;

pub(super) fn webhook_samples() -> Vec<Vec<u8>> {
    from_folder("events/provider-webhooks")
}

/// What cannot be read says so in words that hold no number and no key.
pub(super) fn webhook(input: &[u8]) {
    match parse(input) {
        Ok(webhook) => assert!(!webhook.kind().is_empty() || input.len() < 64 * 1024),
        Err(error) => {
            let told = error.to_string();
            assert!(!has_long_number(&told), "{told}");
        }
    }
}

fn has_long_number(text: &str) -> bool {
    let digits = |part: &str| part.len() >= 11 && part.bytes().all(|b| b.is_ascii_digit());
    text.contains('+') && text.split(|c: char| !c.is_ascii_digit()).any(digits)
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

/// No header but the right one opens the door.
pub(super) fn signature(input: &[u8]) {
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
    samples.push(b"{\"call_id\":\"call_01kexample000000000000000a\"}".to_vec());
    samples
}

/// Events of our functions are read or refused.
pub(super) fn function_events(input: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<serde_json::Value>(input) {
        let _ = conversation_sync::SyncRequest::read(value.clone());
        let _ = upload_parser::requests_of(value);
    }
    let _ = serde_json::from_slice::<switchboard_store::DialMessage>(input);
    let _ = serde_json::from_slice::<call_exporter::ExportRequest>(input);
}
