//! Where a secret is kept.

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
}
