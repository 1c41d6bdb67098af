//! `X-Ultravox-Webhook-Signature`: hex of HMAC-SHA256 over the raw body and right after it the text of
//! `X-Ultravox-Webhook-Timestamp`; one for each secret of the webhook, with commas between.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::signature::as_secs;
use crate::ultravox::wire::times::moment;
use crate::{Secret, SignatureError, Tolerance};

/// Name of the header with the signatures, to be looked up without regard to case.
pub const SIGNATURE_HEADER: &str = "x-ultravox-webhook-signature";
/// Name of the header with the time that was signed.
pub const TIMESTAMP_HEADER: &str = "x-ultravox-webhook-timestamp";

/// How far the signed time may be from ours.
///
/// The tenth and last retry comes 8 h 32 min after the first try (30 seconds, doubled each time). Whether
/// a retry is signed anew is not documented; if it is not, a shorter time would lose what was sent while
/// we were down. The price is small: whoever recorded a webhook can play it again for that long, and a
/// repeat changes nothing here.
pub const TOLERANCE: Tolerance = Tolerance {
    past: Duration::from_secs(9 * 60 * 60),
    future: Duration::from_secs(5 * 60),
};

const LONGEST_TIMESTAMP: usize = 64;
const LONGEST_HEADER: usize = 2_048;
const MOST_SIGNATURES: usize = 20;

/// Checks that `raw` was signed with one of `secrets` at `timestamp`, and that this is about `now`.
///
/// Several secrets are for the time of a rotation. Empty ones are no secrets.
///
/// # Errors
/// When it was not; nothing of the body may then be used.
pub fn verify(
    secrets: &[Secret],
    timestamp: &str,
    signatures: &str,
    raw: &[u8],
    now: Timestamp,
) -> Result<(), SignatureError> {
    let secrets: Vec<&Secret> = secrets.iter().filter(|secret| !secret.is_empty()).collect();
    if secrets.is_empty() {
        return Err(SignatureError::NoSecret);
    }
    if timestamp.len() > LONGEST_TIMESTAMP {
        return Err(SignatureError::Malformed);
    }
    let signed_at = moment(timestamp).ok_or(SignatureError::Malformed)?;
    let signatures = parts(signatures).ok_or(SignatureError::Malformed)?;
    let age = now.as_second().saturating_sub(signed_at.as_second());
    if age > as_secs(TOLERANCE.past) || age < -as_secs(TOLERANCE.future) {
        return Err(SignatureError::Stale);
    }
    let fits = |secret: &&Secret| {
        signatures
            .iter()
            .any(|signature| mac(secret, timestamp, raw).verify_slice(signature).is_ok())
    };
    if secrets.iter().any(fits) {
        Ok(())
    } else {
        Err(SignatureError::Mismatch)
    }
}

/// The value of the signature header for a body and the value of the timestamp header, as Ultravox makes
/// it. For tests and for a stand-in of theirs.
pub fn sign(secret: &Secret, raw: &[u8], timestamp: &str) -> String {
    hex::encode(mac(secret, timestamp, raw).finalize().into_bytes())
}

fn parts(header: &str) -> Option<Vec<Vec<u8>>> {
    if header.len() > LONGEST_HEADER {
        return None;
    }
    let signatures: Vec<Vec<u8>> = header
        .split(',')
        .take(MOST_SIGNATURES)
        .filter_map(|text| hex::decode(text.trim()).ok())
        .filter(|signature| !signature.is_empty())
        .collect();
    (!signatures.is_empty()).then_some(signatures)
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn mac(secret: &Secret, timestamp: &str, raw: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.open().as_bytes()).expect("a key of any length");
    mac.update(raw);
    mac.update(timestamp.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RAW: &[u8] = br#"{"event":"call.ended","call":{"callId":"11111111-2222-4333-8444-555555555555"}}"#;
    const TIMESTAMP: &str = "2026-11-20T20:00:00.000000+00:00";
    const SIGNATURE: &str = "cb8566a183c413879784f65291886b29560801e97bb2f1e02ae7ac44bf34bae0";
    const SECRET: &str = "uvx-local-secret";

    fn at(secs_later: i64) -> Timestamp {
        let signed: Timestamp = TIMESTAMP.parse().unwrap();
        Timestamp::from_second(signed.as_second() + secs_later).unwrap()
    }

    fn check(
        secrets: &[&str],
        timestamp: &str,
        signature: &str,
        raw: &[u8],
        later: i64,
    ) -> Result<(), SignatureError> {
        let secrets: Vec<Secret> = secrets.iter().map(|text| Secret::new(*text)).collect();
        verify(&secrets, timestamp, signature, raw, at(later))
    }

    #[test]
    fn the_vendors_signature_is_accepted_with_any_of_our_secrets_and_any_of_theirs() {
        assert_eq!(check(&[SECRET], TIMESTAMP, SIGNATURE, RAW, 0), Ok(()));
        assert_eq!(check(&["new", SECRET], TIMESTAMP, SIGNATURE, RAW, 60), Ok(()));
        let several = format!("{}, {SIGNATURE} ,zz", "00".repeat(32));
        assert_eq!(check(&[SECRET], TIMESTAMP, &several, RAW, 0), Ok(()));
    }

    #[test]
    fn we_sign_as_the_vendor_does() {
        assert_eq!(sign(&Secret::new(SECRET), RAW, TIMESTAMP), SIGNATURE);
    }

    #[test]
    fn the_time_may_come_with_an_offset_a_z_or_neither() {
        for timestamp in [
            "2026-11-20T20:00:00Z",
            "2026-11-20T20:00:00",
            "2026-11-20T22:00:00.5+02:00",
        ] {
            let signature = sign(&Secret::new(SECRET), RAW, timestamp);
            assert_eq!(
                check(&[SECRET], timestamp, &signature, RAW, 0),
                Ok(()),
                "{timestamp}"
            );
        }
    }

    #[test]
    fn the_last_retry_is_still_believed_if_it_carries_the_first_signature() {
        let last_retry: i64 = (0..10).map(|n| 30 << n).sum();
        assert_eq!(last_retry, 30_690);
        assert_eq!(
            check(&[SECRET], TIMESTAMP, SIGNATURE, RAW, last_retry + 60),
            Ok(())
        );
        assert_eq!(check(&[SECRET], TIMESTAMP, SIGNATURE, RAW, -5 * 60), Ok(()));
        for late in [9 * 60 * 60 + 1, -5 * 60 - 1] {
            assert_eq!(
                check(&[SECRET], TIMESTAMP, SIGNATURE, RAW, late),
                Err(SignatureError::Stale)
            );
        }
    }

    #[test]
    fn forged_and_malformed_signatures_are_refused() {
        use SignatureError::{Malformed, Mismatch, NoSecret};
        assert_eq!(check(&["other"], TIMESTAMP, SIGNATURE, RAW, 0), Err(Mismatch));
        assert_eq!(
            check(&[SECRET], TIMESTAMP, SIGNATURE, &RAW[1..], 0),
            Err(Mismatch)
        );
        // The same moment in other letters is another signature.
        assert_eq!(
            check(&[SECRET], "2026-11-20T20:00:00Z", SIGNATURE, RAW, 0),
            Err(Mismatch)
        );
        assert_eq!(
            check(&[SECRET], TIMESTAMP, &SIGNATURE[..32], RAW, 0),
            Err(Mismatch)
        );
        for (timestamp, signature) in [
            ("", SIGNATURE),
            ("1790000000", SIGNATURE),
            (TIMESTAMP, ""),
            (TIMESTAMP, " , ,"),
            (TIMESTAMP, "zz"),
            (TIMESTAMP, &"00".repeat(2_000)),
        ] {
            assert_eq!(
                check(&[SECRET], timestamp, signature, RAW, 0),
                Err(Malformed),
                "{timestamp} {signature}"
            );
        }
        for none in [&[][..], &["", " "]] {
            assert_eq!(check(none, TIMESTAMP, SIGNATURE, RAW, 0), Err(NoSecret));
        }
        let forged = sign(&Secret::new(""), RAW, TIMESTAMP);
        assert_eq!(check(&["", SECRET], TIMESTAMP, &forged, RAW, 0), Err(Mismatch));
    }

    proptest! {
        #[test]
        fn no_header_passes_or_panics(timestamp in "\\PC{0,80}", signature in "\\PC{0,80}") {
            prop_assert!(check(&[SECRET], &timestamp, &signature, RAW, 0).is_err());
            prop_assert!(check(&[SECRET], TIMESTAMP, &signature, RAW, 0).is_err());
        }

        #[test]
        fn a_changed_byte_is_noticed(at in 0..RAW.len(), bit in 0u8..8) {
            let mut raw = RAW.to_vec();
            raw[at] ^= 1 << bit;
            prop_assert_eq!(check(&[SECRET], TIMESTAMP, SIGNATURE, &raw, 0), Err(SignatureError::Mismatch));
        }
    }
}
