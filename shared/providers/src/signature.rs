//! What a webhook's signature can be, whichever provider signed.

use std::time::Duration;

/// How far the time in a signature may be from ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// How old it may be. The last retry comes after 40 minutes, and may carry the first signature.
    pub past: Duration,
    /// How far ahead their clock may be.
    pub future: Duration,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self {
            past: Duration::from_secs(45 * 60),
            future: Duration::from_secs(5 * 60),
        }
    }
}

/// A webhook that is not to be believed. Answer 401 and keep nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// We have no secret to check with.
    #[error("no webhook secret is set: put one into the provider's secret")]
    NoSecret,
    /// There is no signature.
    #[error("there is no signature")]
    Missing,
    /// The signature is not of the provider's form.
    #[error("the signature is not of the form that the provider describes")]
    Malformed,
    /// Signed too long ago, or in the future.
    #[error("the signature's time is too far from now: check both clocks")]
    Stale,
    /// None of our secrets made this signature.
    #[error("the signature does not fit the body: check that the webhook's secret is the one set here")]
    Mismatch,
}

pub(crate) fn as_secs(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
