//! Where a secret is kept.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::SecretsError;

/// Something that keeps a secret.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// The secret's text.
    ///
    /// # Errors
    /// When it cannot be read at present.
    async fn read(&self) -> Result<String, SecretsError>;

    /// Puts another text in its place.
    ///
    /// # Errors
    /// When it cannot be written at present: then nobody knows which text it has.
    async fn write(&self, text: &str) -> Result<(), SecretsError>;
}

/// One secret in AWS Secrets Manager.
pub struct SecretsManager {
    client: aws_sdk_secretsmanager::Client,
    arn: String,
}

impl SecretsManager {
    /// The secret of this ARN.
    pub fn new(sdk: &aws_config::SdkConfig, arn: String) -> Self {
        Self {
            client: aws_sdk_secretsmanager::Client::new(sdk),
            arn,
        }
    }
}

#[async_trait]
impl SecretStore for SecretsManager {
    async fn read(&self) -> Result<String, SecretsError> {
        let answer = self.client.get_secret_value().secret_id(&self.arn).send().await;
        let answer = answer.map_err(|error| SecretsError::Unavailable(Box::new(error)))?;
        answer.secret_string.ok_or(SecretsError::Malformed)
    }

    async fn write(&self, text: &str) -> Result<(), SecretsError> {
        let put = self
            .client
            .put_secret_value()
            .secret_id(&self.arn)
            .secret_string(text);
        put.send()
            .await
            .map(drop)
            .map_err(|error| SecretsError::Unavailable(Box::new(error)))
    }
}

/// A secret in memory, for tests. Clones share it.
#[derive(Clone, Default)]
pub struct MemorySecret(Arc<Mutex<String>>);

impl MemorySecret {
    /// One that holds this text.
    pub fn holding(text: &str) -> Self {
        Self(Arc::new(Mutex::new(text.to_owned())))
    }

    /// Its text.
    pub fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl SecretStore for MemorySecret {
    async fn read(&self) -> Result<String, SecretsError> {
        Ok(self.text())
    }

    async fn write(&self, text: &str) -> Result<(), SecretsError> {
        text.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }
}
