//! Where secrets are kept by name.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

use super::TargetSecretsError;

/// Something that keeps secrets by name.
#[async_trait]
pub trait NamedSecrets: Send + Sync {
    /// The text of a secret; none when there is no such secret.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn read(&self, name: &str) -> Result<Option<String>, TargetSecretsError>;

    /// Writes a secret, new or not.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn write(&self, name: &str, text: &str) -> Result<(), TargetSecretsError>;

    /// Deletes a secret, whether it is there or not.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn delete(&self, name: &str) -> Result<(), TargetSecretsError>;
}

/// AWS Secrets Manager.
pub struct SecretsManagerNames {
    client: Client,
}

impl SecretsManagerNames {
    /// With its own client.
    pub fn new(sdk: &aws_config::SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }
}

fn is_missing<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code() == Some("ResourceNotFoundException")
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> TargetSecretsError {
    TargetSecretsError::Unavailable(Box::new(error))
}

#[async_trait]
impl NamedSecrets for SecretsManagerNames {
    async fn read(&self, name: &str) -> Result<Option<String>, TargetSecretsError> {
        match self.client.get_secret_value().secret_id(name).send().await {
            Ok(answer) => Ok(answer.secret_string),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn write(&self, name: &str, text: &str) -> Result<(), TargetSecretsError> {
        let put = self.client.put_secret_value().secret_id(name).secret_string(text);
        match put.send().await {
            Ok(_) => return Ok(()),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(unavailable(error)),
        }
        let create = self.client.create_secret().name(name).secret_string(text);
        let create = create.description("Signs the events that are sent to one target.");
        create.send().await.map(drop).map_err(unavailable)
    }

    async fn delete(&self, name: &str) -> Result<(), TargetSecretsError> {
        let delete = self.client.delete_secret().secret_id(name);
        // Nothing signs with it any more, and what waits to be deleted is paid for.
        match delete.force_delete_without_recovery(true).send().await {
            Ok(_) => Ok(()),
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }
}

/// Secrets in memory, for tests.
#[derive(Default)]
pub struct MemorySecrets(Mutex<HashMap<String, String>>);

impl MemorySecrets {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all().len()
    }
}

#[async_trait]
impl NamedSecrets for MemorySecrets {
    async fn read(&self, name: &str) -> Result<Option<String>, TargetSecretsError> {
        Ok(self.all().get(name).cloned())
    }

    async fn write(&self, name: &str, text: &str) -> Result<(), TargetSecretsError> {
        self.all().insert(name.to_owned(), text.to_owned());
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), TargetSecretsError> {
        self.all().remove(name);
        Ok(())
    }
}
