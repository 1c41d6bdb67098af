//! Who may call a tool: whoever sends the tool secret in a header, or signs the body with it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use jiff::Timestamp;
use sha2::Sha256;
use switchboard_providers::Secret;

/// The header of the secret itself, for providers whose tools send fixed headers.
pub(super) const SECRET_HEADER: &str = "x-switchboard-tool-secret";
/// How far the clock of a signature may be from ours, as the Standard Webhooks specification advises.
const TOLERANCE_SECS: u64 = 300;
/// Most signatures that are looked at.
const MOST_SIGNATURES: usize = 8;
/// Shorter secrets could be guessed: they let nobody in.
const MIN_SECRET_CHARS: usize = 16;
/// What a secret of the Standard Webhooks specification begins with; base64 follows.
const PREFIX: &str = "whsec_";

/// Whether a request comes from somebody who has one of the secrets.
pub(super) fn is_admitted(secrets: &[Secret], headers: &HeaderMap, raw: &[u8], now: Timestamp) -> bool {
    let mut secrets = secrets
        .iter()
        .filter(|secret| secret.open().len() >= MIN_SECRET_CHARS);
    match text(headers, SECRET_HEADER) {
        Some(given) => {
            let given = Secret::new(given);
            secrets.any(|secret| *secret == given)
        }
        None => secrets.any(|secret| is_signed(secret, headers, raw, now).unwrap_or(false)),
    }
}

/// Whether the body is signed as the Standard Webhooks specification writes it; none when it is not signed
/// at all (<https://www.standardwebhooks.com>).
fn is_signed(secret: &Secret, headers: &HeaderMap, raw: &[u8], now: Timestamp) -> Option<bool> {
    let id = text(headers, "webhook-id")?;
    let time = text(headers, "webhook-timestamp")?;
    let signed_at: i64 = time.parse().ok()?;
    if now.as_second().abs_diff(signed_at) > TOLERANCE_SECS {
        return Some(false);
    }
    let key = secret
        .open()
        .strip_prefix(PREFIX)
        .and_then(|key| STANDARD.decode(key).ok())
        .unwrap_or_else(|| secret.open().as_bytes().to_vec());
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{time}.").as_bytes());
    mac.update(raw);
    let fits = text(headers, "webhook-signature")?
        .split(' ')
        .take(MOST_SIGNATURES)
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
        .any(|signature| mac.clone().verify_slice(&signature).is_ok());
    Some(fits)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const TIME: i64 = 1_614_265_330;

    /// The specification's own example.
    fn signed() -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            (
                "webhook-signature",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        headers
    }

    fn admitted(secret: &str, headers: &HeaderMap, raw: &[u8], at: i64) -> bool {
        let at = Timestamp::from_second(at).unwrap();
        is_admitted(&[Secret::new(secret)], headers, raw, at)
    }

    #[test]
    fn the_specifications_own_example_is_let_in_within_five_minutes() {
        assert!(admitted(SECRET, &signed(), BODY, TIME));
        assert!(admitted(SECRET, &signed(), BODY, TIME + 300));
        assert!(!admitted(SECRET, &signed(), BODY, TIME + 301));
        assert!(!admitted(SECRET, &signed(), BODY, TIME - 301));
        assert!(!admitted(SECRET, &signed(), b"{}", TIME));
        assert!(!admitted(
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            &signed(),
            BODY,
            TIME
        ));
    }

    #[test]
    fn without_header_or_with_half_of_one_nobody_is_let_in() {
        assert!(!admitted(SECRET, &HeaderMap::new(), BODY, TIME));
        for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            let mut headers = signed();
            headers.remove(missing);
            assert!(!admitted(SECRET, &headers, BODY, TIME), "{missing}");
        }
        assert!(!is_admitted(
            &[],
            &signed(),
            BODY,
            Timestamp::from_second(TIME).unwrap()
        ));
    }

    #[test]
    fn the_secret_itself_lets_in_and_a_short_or_wrong_one_does_not() {
        let with = |secret: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(SECRET_HEADER, secret.parse().unwrap());
            headers
        };
        assert!(admitted(
            "a-long-enough-secret",
            &with("a-long-enough-secret"),
            BODY,
            0
        ));
        assert!(!admitted(
            "a-long-enough-secret",
            &with("another-long-secret!"),
            BODY,
            0
        ));
        assert!(!admitted("short", &with("short"), BODY, 0));
    }

    #[test]
    fn a_wrong_secret_is_not_made_up_for_by_a_signature() {
        let mut headers = signed();
        headers.insert(SECRET_HEADER, "another-long-secret!".parse().unwrap());
        assert!(!admitted(SECRET, &headers, BODY, TIME));
    }
}
