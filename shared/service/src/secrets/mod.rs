//! Keys and secrets of the providers: from the environment, else from Secrets Manager.

mod carrier;
mod change;
mod provider;
mod store;

use std::sync::Arc;

use switchboard_domain::ProviderKind;
use switchboard_providers::Secret;

pub(crate) use carrier::ARN as CARRIER_ARN;
pub use carrier::{CarrierSecrets, CarrierState};
pub use change::{SecretChange, SecretField, SecretSource, SecretState};
pub(crate) use provider::Names;
pub use provider::{ProviderSecrets, SecretsError};
pub use store::{MemorySecret, SecretStore, SecretsManager};

/// The secrets of every provider. Cheap to clone.
#[derive(Clone)]
pub struct Secrets {
    each: [Arc<ProviderSecrets>; ProviderKind::ALL.len()],
}

impl Secrets {
    /// Those that `of` gives for each provider.
    pub fn new(of: impl Fn(ProviderKind) -> ProviderSecrets) -> Self {
        Self {
            each: ProviderKind::ALL.map(|kind| Arc::new(of(kind))),
        }
    }

    /// Those of one provider.
    pub fn get(&self, kind: ProviderKind) -> &Arc<ProviderSecrets> {
        &self.each[kind as usize]
    }

    /// Whether `check` holds with the secrets of some provider's tools.
    ///
    /// # Errors
    /// When the secrets cannot be read.
    pub async fn check_tool(&self, check: impl Fn(&[Secret]) -> bool) -> Result<bool, SecretsError> {
        for secrets in &self.each {
            if secrets.check_tool(&check).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
