//! The secrets with which events are signed: one for each target, kept apart from the tables.

mod kept;
mod named;

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use switchboard_domain::{AgentId, AgentTool, EventTarget, EventTargetId};
use switchboard_providers::Secret;
use tokio::sync::Mutex;

use self::kept::Kept;
pub use self::named::{MemorySecrets, NamedSecrets, SecretsManagerNames};
use crate::settings::Settings;

/// Random bytes of a secret. The Standard Webhooks specification asks for 24 to 64.
const SECRET_BYTES: usize = 32;
/// How long what was read is good. A rotation is seen at once, by the target's count of secrets.
const KEPT_FOR: SignedDuration = SignedDuration::from_secs(60);

/// A secret of a target that cannot be had, or cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum TargetSecretsError {
    /// The store of secrets did not answer.
    #[error("Secrets Manager did not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What is kept is not what we wrote. Rotating the secret repairs it.
    #[error("the secret of this target cannot be read: rotate it")]
    Malformed,
    /// There is none. Rotating the secret makes one.
    #[error("this target has no secret: rotate it")]
    Missing,
}

/// A new secret, as the Standard Webhooks specification writes it: `whsec_` and base64.
pub fn new_target_secret<R: Rng + ?Sized>(rng: &mut R) -> Secret {
    let mut bytes = [0u8; SECRET_BYTES];
    rng.fill_bytes(&mut bytes);
    Secret::new(format!("whsec_{}", STANDARD.encode(bytes)))
}

struct Cached {
    secret_version: u64,
    read_at: Timestamp,
    kept: Kept,
}

/// The secrets with which events are signed, by target.
pub struct TargetSecrets {
    store: Arc<dyn NamedSecrets>,
    prefix: String,
    cached: Mutex<HashMap<EventTargetId, Cached>>,
}

impl TargetSecrets {
    /// Secrets in `store`, whose names are `prefix` and the id of the target.
    pub fn new(store: Arc<dyn NamedSecrets>, prefix: String) -> Self {
        Self {
            store,
            prefix,
            cached: Mutex::default(),
        }
    }

    /// Secrets in AWS Secrets Manager.
    pub fn in_secrets_manager(sdk: &aws_config::SdkConfig, prefix: String) -> Self {
        Self::new(Arc::new(SecretsManagerNames::new(sdk)), prefix)
    }

    /// What the names of secrets begin with, from `EVENT_SECRETS_PREFIX`.
    pub fn prefix(settings: &mut Settings) -> String {
        settings.required("EVENT_SECRETS_PREFIX", "switchboard/event-targets/")
    }

    fn name(&self, target: &EventTargetId) -> String {
        format!("{}{target}", self.prefix)
    }

    /// Every secret that is to sign for a target at `now`, the newest first.
    ///
    /// # Errors
    /// When they cannot be read, or there are none.
    pub async fn of(&self, target: &EventTarget, now: Timestamp) -> Result<Vec<Secret>, TargetSecretsError> {
        self.of_id(&target.target_id, target.secret_version, now).await
    }

    /// Every secret that is to sign the requests to a tool of an agent at `now`, the newest first.
    ///
    /// # Errors
    /// When they cannot be read, or there are none.
    pub async fn of_tool(
        &self,
        agent: &AgentId,
        tool: &AgentTool,
        now: Timestamp,
    ) -> Result<Vec<Secret>, TargetSecretsError> {
        let signer = AgentTool::signer(agent, &tool.name);
        self.of_id(&signer, tool.secret_version, now).await
    }

    async fn of_id(
        &self,
        id: &EventTargetId,
        secret_version: u64,
        now: Timestamp,
    ) -> Result<Vec<Secret>, TargetSecretsError> {
        let mut cached = self.cached.lock().await;
        if let Some(known) = cached.get(id)
            && known.secret_version == secret_version
            && now.duration_since(known.read_at) < KEPT_FOR
        {
            return known.kept.at(now);
        }
        let text = self.store.read(&self.name(id)).await?;
        let kept = Kept::read(&text.ok_or(TargetSecretsError::Missing)?)?;
        let secrets = kept.at(now);
        let known = Cached {
            secret_version,
            read_at: now,
            kept,
        };
        cached.insert(id.clone(), known);
        secrets
    }

    /// Keeps the first secret of a target.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn create(&self, target: &EventTargetId, secret: &Secret) -> Result<(), TargetSecretsError> {
        self.write(target, &Kept::first(secret)).await
    }

    /// Keeps a new secret of a target. The one before it also signs until `old_until`; what came before
    /// that is gone.
    ///
    /// # Errors
    /// When the store does not answer. Then the old secret goes on.
    pub async fn rotate(
        &self,
        target: &EventTargetId,
        secret: &Secret,
        old_until: Timestamp,
        now: Timestamp,
    ) -> Result<(), TargetSecretsError> {
        let text = self.store.read(&self.name(target)).await?;
        // One that cannot be read cannot sign either: there is nothing to overlap with.
        let kept = text.and_then(|text| Kept::read(&text).ok());
        let next = match kept {
            Some(kept) => kept.rotated(secret, old_until, now),
            None => Kept::first(secret),
        };
        self.write(target, &next).await
    }

    /// Deletes the secrets of a target.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn forget(&self, target: &EventTargetId) -> Result<(), TargetSecretsError> {
        self.cached.lock().await.remove(target);
        self.store.delete(&self.name(target)).await
    }

    async fn write(&self, target: &EventTargetId, kept: &Kept) -> Result<(), TargetSecretsError> {
        self.cached.lock().await.remove(target);
        self.store.write(&self.name(target), &kept.text()).await
    }
}

#[cfg(test)]
mod tests;
