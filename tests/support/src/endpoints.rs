//! AWS clients that speak to the engines of one test.

use std::collections::HashMap;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::Credentials;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use switchboard_local_engines::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY};

/// Address by service, as the SDK calls it: `DynamoDB`, `S3`, `SQS`, `Lambda`.
#[derive(Debug)]
pub(crate) struct Endpoints(pub(crate) HashMap<&'static str, String>);

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let wanted = key.env() == "AWS_ENDPOINT_URL";
        wanted.then(|| self.0.get(key.service_id()).cloned()).flatten()
    }
}

/// The SDK's configuration for these addresses. A fault is tried again at once, not after a while.
pub(crate) async fn sdk_config(endpoints: Endpoints) -> SdkConfig {
    let retries = RetryConfig::standard()
        .with_initial_backoff(std::time::Duration::from_millis(1))
        .with_max_attempts(3);
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new(
            ACCESS_KEY_ID,
            SECRET_ACCESS_KEY,
            None,
            None,
            "test",
        ))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(retries)
        .load()
        .await
        .into_builder()
        .service_config(endpoints)
        .build()
}
