//! References: how a call that reaches OpenAI is known again. Whoever dials OpenAI's address can write any header, so
//! it has to be one that we gave out, and it is good once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use switchboard_domain::CallId;
use switchboard_providers::Secret;

/// How long a reference is good: a phone rings for less.
pub(super) const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);
/// Three quarters of the 32 characters that it has.
const BYTES: usize = 24;

/// The reference of a call at one of its targets: 32 characters that nobody can guess who does not have the key. The
/// same question has the same answer, so that Twilio may ask twice.
pub(super) fn reference(key: &Secret, call: &CallId, at_target: usize) -> String {
    let tag = Hmac::<Sha256>::new_from_slice(key.open().as_bytes()).map(|mut mac| {
        mac.update(format!("reference of {call} at {at_target}").as_bytes());
        mac.finalize().into_bytes()
    });
    // A key of any length is one.
    tag.map_or_else(|_| String::new(), |tag| URL_SAFE_NO_PAD.encode(&tag[..BYTES]))
}

/// What is kept of a reference, so that whoever reads the table has none.
pub(super) fn digest(reference: &str) -> String {
    hex::encode(Sha256::digest(reference.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_of_every_call_has_a_reference_of_its_own() {
        let (one, other) = (CallId::derived(&["1"]), CallId::derived(&["2"]));
        let key = Secret::new("token");
        let first = reference(&key, &one, 0);
        assert_eq!(first.len(), 32);
        assert!(
            first
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
        assert_eq!(first, reference(&key, &one, 0));
        for different in [
            reference(&key, &one, 1),
            reference(&key, &other, 0),
            reference(&Secret::new("another"), &one, 0),
        ] {
            assert_ne!(first, different);
        }
    }
}
