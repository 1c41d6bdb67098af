//! Authorization codes with PKCE.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::Role;

/// How long a code is good.
const VALID: SignedDuration = SignedDuration::from_secs(120);
/// Codes kept at most.
const MOST: usize = 1_000;

/// What a code was given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub role: Role,
    pub client_id: String,
    pub redirect_uri: String,
    pub challenge: String,
    pub nonce: Option<String>,
    pub expires: Timestamp,
}

/// Codes that were given and not used yet.
#[derive(Default)]
pub(crate) struct Codes(Mutex<HashMap<String, Grant>>);

impl Codes {
    pub(crate) fn give(&self, mut grant: Grant, now: Timestamp) -> String {
        grant.expires = now.saturating_add(VALID).unwrap_or(Timestamp::MAX);
        let code = format!("{:016x}{:016x}", rand::random::<u64>(), rand::random::<u64>());
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, grant| grant.expires > now);
        if codes.len() < MOST {
            codes.insert(code.clone(), grant);
        }
        code
    }

    /// Uses a code up; none when it is unknown, old, used, or the verifier does not fit.
    pub(crate) fn redeem(
        &self,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Option<Grant> {
        let grant = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(code)?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let fits = grant.expires > now && grant.challenge == challenge && grant.redirect_uri == redirect_uri;
        fits.then_some(grant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_and_with_its_verifier() {
        let now = Timestamp::UNIX_EPOCH;
        let codes = Codes::default();
        let grant = Grant {
            role: Role::Admin,
            client_id: "switchboard".into(),
            redirect_uri: "http://127.0.0.1/".into(),
            // RFC 7636, appendix B.
            challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into(),
            nonce: None,
            expires: now,
        };
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let code = codes.give(grant.clone(), now);
        assert!(codes.redeem(&code, verifier, "http://127.0.0.1/", now).is_some());
        assert!(
            codes.redeem(&code, verifier, "http://127.0.0.1/", now).is_none(),
            "used"
        );
        let code = codes.give(grant.clone(), now);
        assert!(
            codes.redeem(&code, "another", "http://127.0.0.1/", now).is_none(),
            "other verifier"
        );
        let code = codes.give(grant, now);
        assert!(
            codes.redeem(&code, verifier, "http://evil.test/", now).is_none(),
            "other place"
        );
    }
}
