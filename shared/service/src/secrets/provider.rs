//! The API key and webhook secrets of a provider.

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use switchboard_domain::{Clock, ProviderKind};
use switchboard_providers::{ApiKeySource, NoApiKey, Secret, SignatureError, platform};
use tokio::sync::Mutex;

use super::SecretStore;
use super::change::{Document, SecretChange, SecretField, SecretSource, SecretState};
use crate::causes::Causes;
use crate::settings::Settings;

/// How long what was read is good.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How often a refusal may lead to another look: forged webhooks must not become a load.
const LOOKED_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// Secrets that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The store of secrets did not answer.
    #[error("the secret could not be read from Secrets Manager")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The secret is not what it should be.
    #[error(
        "the provider's secret must be JSON such as {{\"api_key\":\"sk_...\",\"webhook_secret\":\"wsec_...\"}}: \
         correct it in Secrets Manager"
    )]
    Malformed,
    /// It comes from the environment, and can be changed only there.
    #[error(
        "it is set by the environment variable {direct}: change it there, or take it away from there first"
    )]
    InEnvironment {
        /// The variable.
        direct: String,
    },
    /// There is nowhere to read it from.
    #[error("neither {direct} nor {arn} is set")]
    NotConfigured {
        /// What could hold it directly.
        direct: String,
        /// What could name the secret.
        arn: String,
    },
}

/// Names in the environment of what concerns one provider.
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    pub(crate) fn of(kind: ProviderKind) -> Self {
        Self {
            prefix: kind.as_str().to_ascii_uppercase(),
        }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("{}_BASE_URL", self.prefix)
    }

    pub(crate) fn secret_arn(&self) -> String {
        format!("{}_SECRET_ARN", self.prefix)
    }

    pub(crate) fn api_key(&self) -> String {
        format!("{}_API_KEY", self.prefix)
    }

    pub(crate) fn webhook_secret(&self) -> String {
        format!("{}_WEBHOOK_SECRET", self.prefix)
    }

    fn tool_secret(&self) -> String {
        format!("{}_TOOL_SECRET", self.prefix)
    }

    pub(crate) fn project_id(&self) -> String {
        format!("{}_PROJECT_ID", self.prefix)
    }
}

/// The API key and webhook secrets of a provider: those in the environment first, the others from
/// the store of secrets, kept for 10 minutes and read again once when one is refused.
pub struct ProviderSecrets {
    kind: ProviderKind,
    api_key: Option<Secret>,
    webhook_secrets: Vec<Secret>,
    tool_secrets: Vec<Secret>,
    project_id: Option<Secret>,
    store: Option<Box<dyn SecretStore>>,
    clock: Arc<dyn Clock>,
    kept: Mutex<Option<Kept>>,
}

#[derive(Clone)]
struct Kept {
    read_at: Timestamp,
    secrets: Arc<Stored>,
}

#[derive(Deserialize)]
#[serde(from = "StoredBody")]
struct Stored {
    api_key: Secret,
    webhook_secrets: Vec<Secret>,
    tool_secrets: Vec<Secret>,
    sip_username: Secret,
    sip_password: Secret,
    project_id: Secret,
}

#[derive(Deserialize)]
struct StoredBody {
    #[serde(default)]
    api_key: String,
    #[serde(default)]
    webhook_secret: OneOrMany,
    #[serde(default)]
    tool_secret: OneOrMany,
    #[serde(default)]
    sip_username: String,
    #[serde(default)]
    sip_password: String,
    #[serde(default)]
    project_id: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl From<OneOrMany> for Vec<String> {
    fn from(secrets: OneOrMany) -> Self {
        match secrets {
            OneOrMany::One(secret) => vec![secret],
            OneOrMany::Many(secrets) => secrets,
        }
    }
}

impl From<StoredBody> for Stored {
    fn from(body: StoredBody) -> Self {
        Self {
            api_key: Secret::new(body.api_key),
            webhook_secrets: filled(Vec::from(body.webhook_secret)),
            tool_secrets: filled(Vec::from(body.tool_secret)),
            sip_username: Secret::new(body.sip_username),
            sip_password: Secret::new(body.sip_password),
            project_id: Secret::new(body.project_id),
        }
    }
}

fn filled(secrets: impl IntoIterator<Item = String>) -> Vec<Secret> {
    secrets
        .into_iter()
        .map(Secret::new)
        .filter(|secret| !secret.is_empty())
        .collect()
}

impl ProviderSecrets {
    /// The secrets in the environment (for example `ELEVENLABS_API_KEY`, and `ELEVENLABS_WEBHOOK_SECRET` and
    /// `ELEVENLABS_TOOL_SECRET`, of which several may be separated by commas), and the others from `store`.
    pub fn from_settings(
        kind: ProviderKind,
        settings: &Settings,
        store: Option<Box<dyn SecretStore>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let names = Names::of(kind);
        let several = |name: String| {
            let secrets = settings.optional(&name).unwrap_or_default();
            filled(secrets.split(',').map(|part| part.trim().to_owned()))
        };
        Self {
            kind,
            api_key: settings.optional(&names.api_key()).map(Secret::new),
            webhook_secrets: several(names.webhook_secret()),
            tool_secrets: several(names.tool_secret()),
            project_id: settings.optional(&names.project_id()).map(Secret::new),
            store,
            clock,
            kept: Mutex::new(None),
        }
    }

    /// Whether there is a key at all, so that the provider can be used. One that cannot be read at present counts.
    pub async fn has_key(&self) -> bool {
        if self.api_key.is_some() {
            return true;
        }
        match self.stored_key().await {
            Ok(stored) => !stored.api_key.is_empty(),
            Err(error) => matches!(error, SecretsError::Unavailable(_)),
        }
    }

    /// What may be told of each secret: read anew, so that whoever looks sees what they changed.
    ///
    /// # Errors
    /// When the store of secrets does not answer, or what it holds cannot be read.
    pub async fn states(&self) -> Result<Vec<SecretState>, SecretsError> {
        let stored = match &self.store {
            Some(store) => Some(Document::read(&store.read().await?)?),
            None => None,
        };
        let state = |field| match (self.in_environment(field), &stored) {
            (Some(count), _) => SecretState {
                field,
                source: SecretSource::Environment,
                changed_at: None,
                count,
            },
            (None, Some(stored)) => stored.state(field),
            (None, None) => SecretState {
                field,
                source: SecretSource::NotSet,
                changed_at: None,
                count: 0,
            },
        };
        Ok(SecretField::ALL.map(state).to_vec())
    }

    /// How many of a secret the environment has; none when it has none.
    fn in_environment(&self, field: SecretField) -> Option<usize> {
        let count = match field {
            SecretField::ApiKey => usize::from(self.api_key.is_some()),
            SecretField::WebhookSecret => self.webhook_secrets.len(),
            SecretField::ToolSecret => self.tool_secrets.len(),
            SecretField::ProjectId => usize::from(self.project_id.is_some()),
            SecretField::SipUsername | SecretField::SipPassword => 0,
        };
        (count > 0).then_some(count)
    }

    /// Whether a secret can be changed here.
    ///
    /// # Errors
    /// When the environment has it, or there is nowhere to write it to.
    pub fn can_change(&self, field: SecretField) -> Result<(), SecretsError> {
        let names = Names::of(self.kind);
        let direct = match field {
            SecretField::ApiKey => names.api_key(),
            SecretField::WebhookSecret => names.webhook_secret(),
            SecretField::ToolSecret => names.tool_secret(),
            SecretField::ProjectId => names.project_id(),
            // Those have no variable of their own.
            SecretField::SipUsername | SecretField::SipPassword => names.secret_arn(),
        };
        if self.in_environment(field).is_some() {
            return Err(SecretsError::InEnvironment { direct });
        }
        match self.store {
            Some(_) => Ok(()),
            None => Err(SecretsError::NotConfigured {
                direct,
                arn: names.secret_arn(),
            }),
        }
    }

    /// Puts secrets in place of others, in one write; everything else in the store stays. Answers whether that
    /// changed anything. Two who change at one moment: the later one may not see what the earlier one wrote.
    ///
    /// # Errors
    /// When one of them cannot be changed here, or the store does not answer: then nobody knows what it holds.
    pub async fn change(&self, changes: &[SecretChange]) -> Result<bool, SecretsError> {
        for change in changes {
            self.can_change(change.field)?;
        }
        let Some(store) = &self.store else {
            return Ok(false);
        };
        let mut kept = self.kept.lock().await;
        let mut document = Document::read(&store.read().await?)?;
        let now = self.clock.now();
        let changed = changes
            .iter()
            .filter(|change| document.change(change, now))
            .count();
        if changed > 0 {
            store.write(&document.written()).await?;
        }
        // Read anew by whoever needs it next.
        *kept = None;
        Ok(changed > 0)
    }

    /// Every secret that a webhook may be signed with at present.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn webhook_secrets(&self) -> Result<Vec<Secret>, SecretsError> {
        if !self.webhook_secrets.is_empty() {
            return Ok(self.webhook_secrets.clone());
        }
        Ok(self
            .stored(Names::webhook_secret, KEPT_FOR)
            .await?
            .webhook_secrets
            .clone())
    }

    /// Checks a webhook's signature, looking for a newer secret before it refuses.
    ///
    /// # Errors
    /// The outer one when the secrets cannot be read: answer 5xx, so that the webhook is sent
    /// again. The inner one when the signature is not to be believed: answer 401.
    pub async fn verify_webhook(
        &self,
        headers: &HeaderMap,
        raw: &[u8],
    ) -> Result<Result<(), SignatureError>, SecretsError> {
        let now = self.clock.now();
        let check = |secrets: &[Secret]| platform(self.kind).verify_webhook(secrets, headers, raw, now);
        let secrets = self.webhook_secrets().await?;
        match check(&secrets) {
            Err(SignatureError::Mismatch | SignatureError::NoSecret) if self.webhook_secrets.is_empty() => {
                let newer = self.stored(Names::webhook_secret, LOOKED_AGAIN_AFTER).await?;
                Ok(check(&newer.webhook_secrets))
            }
            verdict => Ok(verdict),
        }
    }

    /// Whether `check` holds with the secrets of tools, looking for newer ones before it refuses. Where none is
    /// set, it is asked with none.
    ///
    /// # Errors
    /// When the secrets cannot be read.
    pub async fn check_tool(&self, check: impl Fn(&[Secret]) -> bool) -> Result<bool, SecretsError> {
        if !self.tool_secrets.is_empty() || self.store.is_none() {
            return Ok(check(&self.tool_secrets));
        }
        if check(&self.stored(Names::tool_secret, KEPT_FOR).await?.tool_secrets) {
            return Ok(true);
        }
        Ok(check(
            &self
                .stored(Names::tool_secret, LOOKED_AGAIN_AFTER)
                .await?
                .tool_secrets,
        ))
    }

    /// What the store holds. While there is no key in it, somebody may be about to set one.
    async fn stored_key(&self) -> Result<Arc<Stored>, SecretsError> {
        let stored = self.stored(Names::api_key, KEPT_FOR).await?;
        match stored.api_key.is_empty() {
            true => self.stored(Names::api_key, LOOKED_AGAIN_AFTER).await,
            false => Ok(stored),
        }
    }

    /// What the store holds, read no longer ago than `at_most`.
    async fn stored(
        &self,
        direct: fn(&Names) -> String,
        at_most: SignedDuration,
    ) -> Result<Arc<Stored>, SecretsError> {
        let Some(store) = &self.store else {
            let names = Names::of(self.kind);
            return Err(SecretsError::NotConfigured {
                direct: direct(&names),
                arn: names.secret_arn(),
            });
        };
        let mut kept = self.kept.lock().await;
        let now = self.clock.now();
        if let Some(kept) = kept
            .as_ref()
            .filter(|kept| now.duration_since(kept.read_at) < at_most)
        {
            return Ok(kept.secrets.clone());
        }
        // serde's words would quote the secret.
        let secrets: Stored =
            serde_json::from_str(&store.read().await?).map_err(|_| SecretsError::Malformed)?;
        let secrets = Arc::new(secrets);
        *kept = Some(Kept {
            read_at: now,
            secrets: secrets.clone(),
        });
        Ok(secrets)
    }
}

#[async_trait]
impl ApiKeySource for ProviderSecrets {
    async fn api_key(&self) -> Result<Secret, NoApiKey> {
        if let Some(key) = &self.api_key {
            return Ok(key.clone());
        }
        let stored = self.stored_key().await;
        stored.map(|stored| stored.api_key.clone()).map_err(|error| {
            tracing::error!(
                provider = self.kind.as_str(),
                error = %Causes(&error),
                "the API key cannot be had"
            );
            NoApiKey {
                reason: error.to_string(),
                is_passing: matches!(error, SecretsError::Unavailable(_)),
            }
        })
    }

    async fn renewed_api_key(&self, refused: &Secret) -> Option<Secret> {
        if self.api_key.is_some() {
            return None;
        }
        let stored = self.stored(Names::api_key, LOOKED_AGAIN_AFTER).await.ok()?;
        (stored.api_key != *refused).then(|| stored.api_key.clone())
    }

    async fn entry(&self, name: &str) -> Option<Secret> {
        if name == SecretField::ProjectId.as_str() && self.project_id.is_some() {
            return self.project_id.clone();
        }
        // Without a store there is none: no variable of the environment holds the others.
        self.store.as_ref()?;
        let stored = self.stored(Names::secret_arn, KEPT_FOR).await.ok()?;
        let entry = match name {
            "sip_username" => &stored.sip_username,
            "sip_password" => &stored.sip_password,
            "project_id" => &stored.project_id,
            _ => return None,
        };
        (!entry.is_empty()).then(|| entry.clone())
    }
}

#[cfg(test)]
mod tests;
