//! What all AWS clients share.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const READ_TIMEOUT: Duration = Duration::from_secs(20);
const MAX_ATTEMPTS: u32 = 4;

/// The SDK's configuration for `region`: one HTTP client for all services, credentials from the
/// environment. Lambda sets them there; looking anywhere else (profiles, instance metadata) would
/// only cost time.
pub async fn sdk_config(region: &str) -> SdkConfig {
    let http_client = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .http_client(http_client)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
        .load()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_region_is_the_one_given() {
        let config = sdk_config("eu-west-1").await;
        assert_eq!(config.region().unwrap().as_ref(), "eu-west-1");
        assert!(config.http_client().is_some());
    }
}
