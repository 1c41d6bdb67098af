//! `ElevenLabs-Signature: t=<unix seconds>,v0=<hex of HMAC-SHA256 over "<t>.<raw body>">`.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::signature::as_secs;
use crate::{Secret, SignatureError, Tolerance};

/// Name of the header, to be looked up without regard to case.
pub const SIGNATURE_HEADER: &str = "elevenlabs-signature";

const LONGEST_HEADER: usize = 1_024;
const MOST_SIGNATURES: usize = 5;

/// Checks that `raw` was signed with one of `secrets` at about `now`.
///
/// Several secrets are for the time of a rotation. Empty ones are no secrets.
///
/// # Errors
/// When it was not; nothing of the body may then be used.
pub fn verify(
    secrets: &[Secret],
    header: &str,
    raw: &[u8],
    now: Timestamp,
    tolerance: Tolerance,
) -> Result<(), SignatureError> {
    let secrets: Vec<&Secret> = secrets.iter().filter(|secret| !secret.is_empty()).collect();
    if secrets.is_empty() {
        return Err(SignatureError::NoSecret);
    }
    let (time, signatures) = parts(header).ok_or(SignatureError::Malformed)?;
    let signed_at: i64 = time.parse().map_err(|_| SignatureError::Malformed)?;
    let age = now.as_second().saturating_sub(signed_at);
    if age > as_secs(tolerance.past) || age < -as_secs(tolerance.future) {
        return Err(SignatureError::Stale);
    }
    let fits = |secret: &&Secret| {
        signatures
            .iter()
            .any(|signature| mac(secret, time, raw).verify_slice(signature).is_ok())
    };
    if secrets.iter().any(fits) {
        Ok(())
    } else {
        Err(SignatureError::Mismatch)
    }
}

/// The header's value for a body, as ElevenLabs makes it. For tests and for a stand-in of theirs.
pub fn sign(secret: &Secret, raw: &[u8], at: Timestamp) -> String {
    let time = at.as_second().to_string();
    let signature = hex::encode(mac(secret, &time, raw).finalize().into_bytes());
    format!("t={time},v0={signature}")
}

fn parts(header: &str) -> Option<(&str, Vec<Vec<u8>>)> {
    if header.len() > LONGEST_HEADER {
        return None;
    }
    let time = header.split(',').find_map(|part| part.strip_prefix("t="))?;
    let digits_only = (1..=15).contains(&time.len()) && time.bytes().all(|b| b.is_ascii_digit());
    let signatures: Vec<Vec<u8>> = header
        .split(',')
        .filter_map(|part| part.strip_prefix("v0="))
        .take(MOST_SIGNATURES)
        .filter_map(|text| hex::decode(text).ok())
        .collect();
    (digits_only && !signatures.is_empty()).then_some((time, signatures))
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn mac(secret: &Secret, time: &str, raw: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.open().as_bytes()).expect("a key of any length");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(raw);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RAW: &[u8] = br#"{"type":"post_call_transcription","event_timestamp":1790000100,"data":{}}"#;
    const HEADER: &str = "t=1790000100,v0=8b3cba26676a740ba4eb04bd7aa440ee9d5c483066c102ed70535e93d8d06773";

    fn check(secrets: &[&str], header: &str, raw: &[u8], secs_later: i64) -> Result<(), SignatureError> {
        let secrets: Vec<Secret> = secrets.iter().map(|text| Secret::new(*text)).collect();
        let now = Timestamp::from_second(1_790_000_100 + secs_later).unwrap();
        verify(&secrets, header, raw, now, Tolerance::default())
    }

    #[test]
    fn the_vendors_signature_is_accepted_with_any_of_our_secrets() {
        assert_eq!(check(&["wsec_test_secret"], HEADER, RAW, 0), Ok(()));
        assert_eq!(
            check(&["wsec_new", "wsec_test_secret"], HEADER, RAW, 45 * 60),
            Ok(())
        );
        assert_eq!(check(&["wsec_test_secret"], HEADER, RAW, -5 * 60), Ok(()));
    }

    #[test]
    fn we_sign_as_the_vendor_does() {
        let at = Timestamp::from_second(1_790_000_100).unwrap();
        assert_eq!(sign(&Secret::new("wsec_test_secret"), RAW, at), HEADER);
    }

    #[test]
    fn forged_stale_and_malformed_signatures_are_refused() {
        use SignatureError::{Malformed, Mismatch, NoSecret, Stale};
        let ours = &["wsec_test_secret"][..];
        assert_eq!(check(&["wsec_other"], HEADER, RAW, 0), Err(Mismatch));
        assert_eq!(check(ours, HEADER, &RAW[1..], 0), Err(Mismatch));
        assert_eq!(
            check(ours, &HEADER.replace("1790000100", "1790000101"), RAW, 0),
            Err(Mismatch)
        );
        assert_eq!(check(ours, "t=1790000100,v0=8b3c", RAW, 0), Err(Mismatch));
        assert_eq!(check(ours, HEADER, RAW, 45 * 60 + 1), Err(Stale));
        assert_eq!(check(ours, HEADER, RAW, -5 * 60 - 1), Err(Stale));
        for odd in [
            "",
            "t=,v0=00",
            "t=x,v0=00",
            "v0=00",
            "t=1790000100",
            "t=-1,v0=00",
            "t=1790000100,v0=zz",
            "t=1790000100,v1=00",
        ] {
            assert_eq!(check(ours, odd, RAW, 0), Err(Malformed), "{odd}");
        }
        assert_eq!(
            check(ours, &format!("{HEADER},{}", "x".repeat(2_000)), RAW, 0),
            Err(Malformed)
        );
        assert_eq!(check(&[], HEADER, RAW, 0), Err(NoSecret));
    }

    #[test]
    fn an_empty_secret_opens_no_door() {
        let at = Timestamp::from_second(1_790_000_100).unwrap();
        let forged = sign(&Secret::new(""), RAW, at);
        assert_eq!(check(&["", " "], &forged, RAW, 0), Err(SignatureError::NoSecret));
        assert_eq!(
            check(&["", "wsec_test_secret"], &forged, RAW, 0),
            Err(SignatureError::Mismatch)
        );
    }

    proptest! {
        #[test]
        fn no_header_passes_or_panics(header in "\\PC{0,80}", raw in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(check(&["wsec_test_secret"], &header, &raw, 0).is_err());
        }

        #[test]
        fn a_changed_byte_is_noticed(at in 0..RAW.len(), bit in 0u8..8) {
            let mut raw = RAW.to_vec();
            raw[at] ^= 1 << bit;
            prop_assert_eq!(check(&["wsec_test_secret"], HEADER, &raw, 0), Err(SignatureError::Mismatch));
        }
    }
}
