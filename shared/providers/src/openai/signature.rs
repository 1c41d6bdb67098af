//! Standard Webhooks: base64 of HMAC-SHA256 over `id.timestamp.body`.
//!
//! `webhook-id` names the event and stays the same in every repeat; `webhook-timestamp` is that of the attempt, so
//! that a repeat is signed anew.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use sha2::Sha256;

use crate::signature::as_secs;
use crate::{Secret, SignatureError, Tolerance};

/// Name of the header with the event's id.
pub const ID_HEADER: &str = "webhook-id";
/// Name of the header with the seconds since 1970 at which this attempt was signed.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// Name of the header with the signatures: `v1,` and base64 each, with spaces between.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// How far the signed time may be from ours: 300 seconds both ways, as the vendor's own check has it.
pub const TOLERANCE: Tolerance = Tolerance {
    past: Duration::from_secs(300),
    future: Duration::from_secs(300),
};

const PREFIX: &str = "whsec_";
const LONGEST_ID: usize = 256;
const LONGEST_TIMESTAMP: usize = 20;
const LONGEST_HEADER: usize = 4_096;
const MOST_SIGNATURES: usize = 20;

/// Checks that `raw` was signed with one of `secrets`, and that this was about `now`.
///
/// Several secrets are for the time of a rotation. Empty ones are no secrets.
///
/// # Errors
/// When it was not; nothing of the body may then be used.
pub fn verify(
    secrets: &[Secret],
    headers: &HeaderMap,
    raw: &[u8],
    now: Timestamp,
) -> Result<(), SignatureError> {
    let keys: Vec<Vec<u8>> = secrets
        .iter()
        .filter(|secret| !secret.is_empty())
        .filter_map(key)
        .collect();
    if keys.is_empty() {
        return Err(SignatureError::NoSecret);
    }
    let id = header(headers, ID_HEADER, LONGEST_ID)?;
    let timestamp = header(headers, TIMESTAMP_HEADER, LONGEST_TIMESTAMP)?;
    let signatures = header(headers, SIGNATURE_HEADER, LONGEST_HEADER)?;
    let is_number = !timestamp.is_empty() && timestamp.bytes().all(|b| b.is_ascii_digit());
    let signed_at: i64 = timestamp
        .parse()
        .ok()
        .filter(|_| is_number)
        .ok_or(SignatureError::Malformed)?;
    let signatures = parts(signatures).ok_or(SignatureError::Malformed)?;
    let age = now.as_second().saturating_sub(signed_at);
    if age > as_secs(TOLERANCE.past) || age < -as_secs(TOLERANCE.future) {
        return Err(SignatureError::Stale);
    }
    let fits = |key: &Vec<u8>| {
        signatures
            .iter()
            .any(|signature| mac(key, id, timestamp, raw).verify_slice(signature).is_ok())
    };
    match keys.iter().any(fits) {
        true => Ok(()),
        false => Err(SignatureError::Mismatch),
    }
}

/// The value of the signature header, as OpenAI makes it. For tests and for a stand-in of theirs.
///
/// # Errors
/// When the secret is not one: `whsec_` and something that is no base64.
pub fn sign(secret: &Secret, id: &str, timestamp: i64, raw: &[u8]) -> Result<String, SignatureError> {
    let key = key(secret).ok_or(SignatureError::NoSecret)?;
    let mac = mac(&key, id, &timestamp.to_string(), raw);
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

fn header<'a>(headers: &'a HeaderMap, name: &'static str, longest: usize) -> Result<&'a str, SignatureError> {
    let value = headers.get(name).ok_or(SignatureError::Missing)?;
    let value = value.to_str().map_err(|_| SignatureError::Malformed)?;
    match (1..=longest).contains(&value.len()) {
        true => Ok(value),
        false => Err(SignatureError::Malformed),
    }
}

/// What is signed with: what the base64 after `whsec_` says; a secret without that is taken as it is.
fn key(secret: &Secret) -> Option<Vec<u8>> {
    let text = secret.open().trim();
    match text.strip_prefix(PREFIX) {
        Some(encoded) => STANDARD.decode(encoded).ok().filter(|key| !key.is_empty()),
        None => Some(text.as_bytes().to_vec()),
    }
}

/// Signatures of the version that we know.
fn parts(header: &str) -> Option<Vec<Vec<u8>>> {
    let signatures: Vec<Vec<u8>> = header
        .split(' ')
        .take(MOST_SIGNATURES)
        .filter_map(|part| part.strip_prefix("v1,"))
        .filter_map(|text| STANDARD.decode(text).ok())
        .filter(|signature| !signature.is_empty())
        .collect();
    (!signatures.is_empty()).then_some(signatures)
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn mac(key: &[u8], id: &str, timestamp: &str, raw: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", raw] {
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &str = "whsec_bG9jYWwtc2ltdWxhdG9yLWtleS0wMTIzNDU2Nzg5YWI=";
    const ID: &str = "wh_sim_0001";
    const SIGNED_AT: i64 = 1_795_000_000;
    const RAW: &[u8] = br#"{"object":"event","id":"evt_sim_1","type":"realtime.call.incoming","created_at":1795000000,"data":{"call_id":"rtc_sim_1","sip_headers":[]}}"#;
    const SIGNATURE: &str = "v1,CH01/tDHdQWUG7qUtwoshHhVymFYeE9lwZic9A5MzHE=";

    fn headers(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (ID_HEADER, id),
            (TIMESTAMP_HEADER, timestamp),
            (SIGNATURE_HEADER, signature),
        ] {
            if let Ok(value) = value.parse() {
                headers.insert(name, value);
            }
        }
        headers
    }

    fn check(secrets: &[&str], headers: &HeaderMap, raw: &[u8], later: i64) -> Result<(), SignatureError> {
        let secrets: Vec<Secret> = secrets.iter().map(|text| Secret::new(*text)).collect();
        let now = Timestamp::from_second(SIGNED_AT + later).unwrap();
        verify(&secrets, headers, raw, now)
    }

    fn good() -> HeaderMap {
        headers(ID, &SIGNED_AT.to_string(), SIGNATURE)
    }

    #[test]
    fn the_vendors_signature_is_accepted_with_any_of_our_secrets_and_any_of_theirs() {
        assert_eq!(check(&[SECRET], &good(), RAW, 0), Ok(()));
        assert_eq!(check(&["whsec_AAAA", SECRET], &good(), RAW, 300), Ok(()));
        let several = format!("v2,xyz v1,AAAA {SIGNATURE}");
        let several = headers(ID, &SIGNED_AT.to_string(), &several);
        assert_eq!(check(&[SECRET], &several, RAW, -300), Ok(()));
    }

    #[test]
    fn we_sign_as_the_vendor_does_also_with_a_secret_without_the_prefix() {
        assert_eq!(sign(&Secret::new(SECRET), ID, SIGNED_AT, RAW).unwrap(), SIGNATURE);
        let plain = sign(&Secret::new("plain secret"), ID, SIGNED_AT, RAW).unwrap();
        let plain = headers(ID, &SIGNED_AT.to_string(), &plain);
        assert_eq!(check(&["plain secret"], &plain, RAW, 0), Ok(()));
    }

    #[test]
    fn forged_old_and_malformed_signatures_are_refused() {
        use SignatureError::{Malformed, Mismatch, Missing, NoSecret, Stale};
        let timestamp = SIGNED_AT.to_string();
        for (later, result) in [(301, Stale), (-301, Stale)] {
            assert_eq!(check(&[SECRET], &good(), RAW, later), Err(result));
        }
        assert_eq!(check(&["whsec_b3RoZXI="], &good(), RAW, 0), Err(Mismatch));
        assert_eq!(check(&[SECRET], &good(), &RAW[1..], 0), Err(Mismatch));
        let other_id = headers("wh_sim_0002", &timestamp, SIGNATURE);
        assert_eq!(check(&[SECRET], &other_id, RAW, 0), Err(Mismatch));
        let other_time = headers(ID, &(SIGNED_AT + 1).to_string(), SIGNATURE);
        assert_eq!(check(&[SECRET], &other_time, RAW, 0), Err(Mismatch));
        for (timestamp, signature) in [
            ("soon", SIGNATURE),
            ("+1795000000", SIGNATURE),
            ("1795000000.0", SIGNATURE),
            (&*timestamp, "v1"),
            (&*timestamp, "v2,CH01"),
            (&*timestamp, "v1,!!"),
        ] {
            let headers = headers(ID, timestamp, signature);
            assert_eq!(
                check(&[SECRET], &headers, RAW, 0),
                Err(Malformed),
                "{timestamp} {signature}"
            );
        }
        assert_eq!(check(&[SECRET], &HeaderMap::new(), RAW, 0), Err(Missing));
        for none in [&[][..], &["", " "], &["whsec_"], &["whsec_!"]] {
            assert_eq!(check(none, &good(), RAW, 0), Err(NoSecret));
        }
    }

    proptest! {
        #[test]
        fn no_header_passes_or_panics(id in "[ -~]{0,40}", timestamp in "[ -~]{0,24}", signature in "[ -~]{0,80}") {
            prop_assert!(check(&[SECRET], &headers(&id, &timestamp, &signature), RAW, 0).is_err());
        }

        #[test]
        fn a_changed_byte_is_noticed(at in 0..RAW.len(), bit in 0u8..8) {
            let mut raw = RAW.to_vec();
            raw[at] ^= 1 << bit;
            prop_assert_eq!(check(&[SECRET], &good(), &raw, 0), Err(SignatureError::Mismatch));
        }
    }
}
