//! How a provider is set up by a person: keys are tried before they are kept.

use std::sync::Arc;

use async_trait::async_trait;
use switchboard_domain::ProviderKind;
use switchboard_providers::{InvalidConfig, ProviderError, Secret, platform};

use crate::config::ServiceConfig;
use crate::secrets::{SecretChange, SecretField, SecretState, Secrets, SecretsError};

/// Tries a key.
#[async_trait]
pub trait KeyCheck: Send + Sync {
    /// Asks the provider for something harmless with this key.
    ///
    /// # Errors
    /// When the provider does not take it, or could not be asked.
    async fn check(&self, provider: ProviderKind, key: Secret) -> Result<(), ProviderError>;
}

/// Asks the real provider, at the address of this deployment.
struct AtTheProvider(ServiceConfig);

#[async_trait]
impl KeyCheck for AtTheProvider {
    async fn check(&self, provider: ProviderKind, key: Secret) -> Result<(), ProviderError> {
        let address = self.0.provider(provider).base_url.clone();
        let client = platform(provider).connect(address, Arc::new(key));
        let unbuilt = |error: InvalidConfig| ProviderError::Unavailable {
            reason: error.to_string(),
            request_id: None,
            source: None,
        };
        client.map_err(unbuilt)?.get_subscription().await.map(drop)
    }
}

struct Unchecked;

#[async_trait]
impl KeyCheck for Unchecked {
    async fn check(&self, _: ProviderKind, _: Secret) -> Result<(), ProviderError> {
        Ok(())
    }
}

/// A change of a provider's secrets that was not made. Nothing is stored then, unless the store of secrets broke off.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// It cannot be changed here, or the store of secrets does not answer.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The provider does not take the key, or could not be asked.
    #[error(transparent)]
    Key(ProviderError),
}

/// The secrets of the providers, as people set them. Cheap to clone.
#[derive(Clone)]
pub struct ProviderSetup {
    secrets: Secrets,
    check: Arc<dyn KeyCheck>,
}

impl ProviderSetup {
    /// Over the secrets of this process; `check` tries keys.
    pub fn new(secrets: Secrets, check: Arc<dyn KeyCheck>) -> Self {
        Self { secrets, check }
    }

    /// Keys are kept as they come; where nothing can be kept, none ever is.
    pub fn without_checks(secrets: Secrets) -> Self {
        Self::new(secrets, Arc::new(Unchecked))
    }

    /// Keys are tried at the providers of this deployment.
    pub fn checked_at_the_provider(secrets: Secrets, config: ServiceConfig) -> Self {
        Self::new(secrets, Arc::new(AtTheProvider(config)))
    }

    /// What may be told of a provider's secrets.
    ///
    /// # Errors
    /// When the store of secrets does not answer.
    pub async fn states(&self, provider: ProviderKind) -> Result<Vec<SecretState>, SecretsError> {
        self.secrets.get(provider).states().await
    }

    /// Changes secrets of a provider; answers whether that changed anything. A key is tried first, and kept only when
    /// the provider takes it; one that may place calls and not read the account is taken.
    ///
    /// # Errors
    /// When one of them cannot be changed, or the provider does not take the key.
    pub async fn change(&self, provider: ProviderKind, changes: &[SecretChange]) -> Result<bool, SetupError> {
        let secrets = self.secrets.get(provider);
        for one in changes {
            secrets.can_change(one.field)?;
            if one.field == SecretField::ApiKey && !one.value.is_empty() {
                let key = Secret::new(one.value.open().trim());
                match self.check.check(provider, key).await {
                    Err(ProviderError::Unauthorized { code, .. }) if code == "missing_permissions" => {}
                    checked => checked.map_err(SetupError::Key)?,
                }
            }
        }
        Ok(secrets.change(changes).await?)
    }
}
