//! Secrets, and where an API key comes from.

use std::fmt;

use async_trait::async_trait;
use subtle::ConstantTimeEq;

/// A key or shared secret. It shows nothing of itself and is compared in constant time.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The secret itself, to be used and not kept.
    pub fn open(&self) -> &str {
        &self.0
    }

    /// There is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

/// The API key cannot be had. The text says what to do and nothing of the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NoApiKey {
    /// What is missing or in the way, and what to do.
    pub reason: String,
    /// Asking again later can help.
    pub is_passing: bool,
}

/// Where a client gets its API key from, so that a rotated key is taken up without a restart.
#[async_trait]
pub trait ApiKeySource: Send + Sync {
    /// The key to use now.
    ///
    /// # Errors
    /// When there is none, or it cannot be read at present.
    async fn api_key(&self) -> Result<Secret, NoApiKey>;

    /// A newer key than `refused`, which the provider no longer accepts; none when there is none.
    async fn renewed_api_key(&self, refused: &Secret) -> Option<Secret>;

    /// Something more that the provider's secret holds by this name, such as `sip_username`; none when it does not.
    async fn entry(&self, _name: &str) -> Option<Secret> {
        None
    }
}

/// A key that never changes.
#[async_trait]
impl ApiKeySource for Secret {
    async fn api_key(&self) -> Result<Secret, NoApiKey> {
        Ok(self.clone())
    }

    async fn renewed_api_key(&self, _refused: &Secret) -> Option<Secret> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nothing() {
        let secret = Secret::new("sk_very_private");
        assert_eq!(format!("{secret:?}"), "[secret]");
        assert_eq!(secret, Secret::new("sk_very_private"));
        assert_ne!(secret, Secret::new("sk_very_privatf"));
    }
}
