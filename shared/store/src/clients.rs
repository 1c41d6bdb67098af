//! Clients that not every function needs.

use std::sync::OnceLock;

use aws_config::SdkConfig;

/// Each is built when it is needed first, and then kept. So a function that never asks for one is not linked with its
/// service either.
#[derive(Debug)]
pub(crate) struct Clients {
    sdk: SdkConfig,
    sqs: OnceLock<aws_sdk_sqs::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    lambda: OnceLock<aws_sdk_lambda::Client>,
}

impl Clients {
    pub(crate) fn new(sdk: &SdkConfig) -> Self {
        Self {
            sdk: sdk.clone(),
            sqs: OnceLock::new(),
            s3: OnceLock::new(),
            lambda: OnceLock::new(),
        }
    }

    pub(crate) fn sqs(&self) -> &aws_sdk_sqs::Client {
        self.sqs.get_or_init(|| aws_sdk_sqs::Client::new(&self.sdk))
    }

    pub(crate) fn s3(&self) -> &aws_sdk_s3::Client {
        self.s3.get_or_init(|| aws_sdk_s3::Client::new(&self.sdk))
    }

    pub(crate) fn lambda(&self) -> &aws_sdk_lambda::Client {
        self.lambda.get_or_init(|| aws_sdk_lambda::Client::new(&self.sdk))
    }
}
