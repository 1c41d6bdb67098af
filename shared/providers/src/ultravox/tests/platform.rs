//! What is known of the platform before there is a client for it.

use reqwest::header::{HeaderMap, HeaderValue};

use crate::ultravox::UltravoxPlatform;
use crate::{Platform, Secret, SignatureError};

const RAW: &[u8] = br#"{"event":"call.ended","call":{"callId":"11111111-2222-4333-8444-555555555555"}}"#;
const SIGNATURE: &str = "cb8566a183c413879784f65291886b29560801e97bb2f1e02ae7ac44bf34bae0";

fn headers(of: &[(&'static str, &'static str)]) -> HeaderMap {
    of.iter()
        .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
        .collect()
}

#[test]
fn a_webhook_is_verified_by_its_two_headers() {
    let now = "2026-11-20T20:00:30Z".parse().unwrap();
    let check = |headers: &HeaderMap| {
        UltravoxPlatform.verify_webhook(&[Secret::new("uvx-local-secret")], headers, RAW, now)
    };
    let timestamp = ("x-ultravox-webhook-timestamp", "2026-11-20T20:00:00.000000+00:00");
    let signature = ("x-ultravox-webhook-signature", SIGNATURE);
    assert_eq!(check(&headers(&[timestamp, signature])), Ok(()));
    for missing in [&[][..], &[timestamp], &[signature]] {
        assert_eq!(check(&headers(missing)), Err(SignatureError::Missing));
    }
    assert!(UltravoxPlatform.parse_webhook(RAW).is_ok());
}

#[test]
fn its_calls_can_be_ended_and_its_lines_are_entered_here() {
    assert!(UltravoxPlatform.ends_calls());
    assert!(!UltravoxPlatform.lists_phone_lines());
    assert_eq!(
        crate::usual_address(switchboard_domain::ProviderKind::Ultravox),
        "https://api.ultravox.ai"
    );
}
