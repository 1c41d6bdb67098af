//! Messages to browsers that are connected to the WebSocket API.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_apigatewaymanagement::primitives::Blob;
use url::Url;

use crate::causes::Causes;
use crate::settings::Settings;

/// A message that takes longer is late: the browser reads again by itself.
const PATIENCE: Duration = Duration::from_secs(5);
const MAX_ATTEMPTS: u32 = 2;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// It is on its way.
    Yes,
    /// There is no such connection any more.
    Gone,
    /// It was not taken.
    Failed,
}

/// Where messages to connected browsers go.
#[async_trait]
pub trait LiveConnections: Send + Sync {
    /// Sends a text of up to 128 KB to a connection.
    async fn post(&self, connection_id: &str, text: &str) -> Posted;
    /// Ends a connection.
    async fn end(&self, connection_id: &str);
}

/// The connections of API Gateway's WebSocket API.
pub struct GatewayConnections {
    client: aws_sdk_apigatewaymanagement::Client,
}

impl GatewayConnections {
    /// Reads the address of the API's stage; a missing one stays with `settings`.
    pub fn endpoint(settings: &mut Settings) -> String {
        settings.required(
            "LIVE_ENDPOINT",
            "wss://a1b2c3.execute-api.us-east-1.amazonaws.com/live",
        )
    }

    /// The connections of the stage at `endpoint`. Browsers' `wss` and the SDK's `https` are the same address.
    pub fn new(sdk: &SdkConfig, endpoint: &str) -> Self {
        let config = Builder::from(sdk)
            .endpoint_url(as_http(endpoint))
            .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
            .timeout_config(TimeoutConfig::builder().operation_timeout(PATIENCE).build())
            .build();
        Self {
            client: aws_sdk_apigatewaymanagement::Client::from_conf(config),
        }
    }
}

fn as_http(endpoint: &str) -> String {
    match endpoint.split_once("://") {
        Some(("wss", rest)) => format!("https://{rest}"),
        Some(("ws", rest)) => format!("http://{rest}"),
        _ => endpoint.to_owned(),
    }
}

fn as_socket(address: &str) -> String {
    match address.split_once("://") {
        Some(("https", rest)) => format!("wss://{rest}"),
        Some(("http", rest)) => format!("ws://{rest}"),
        _ => address.to_owned(),
    }
}

/// The address that browsers connect to, where this deployment has one.
///
/// Reads `LIVE_URL`; one that is no `ws` or `wss` address stays as a problem with `settings`.
pub fn live_url(settings: &mut Settings) -> Option<Url> {
    let example = "wss://a1b2c3.execute-api.us-east-1.amazonaws.com/live";
    let text = settings.optional("LIVE_URL")?;
    let url = Url::parse(&as_socket(&text))
        .ok()
        .filter(|url| matches!(url.scheme(), "ws" | "wss"));
    if url.is_none() {
        settings.problem("LIVE_URL", "is not the address of a WebSocket", example);
    }
    url
}

#[async_trait]
impl LiveConnections for GatewayConnections {
    async fn post(&self, connection_id: &str, text: &str) -> Posted {
        let posted = self
            .client
            .post_to_connection()
            .connection_id(connection_id)
            .data(Blob::new(text.as_bytes()))
            .send()
            .await;
        match posted {
            Ok(_) => Posted::Yes,
            Err(error) if is_gone(&error) => Posted::Gone,
            Err(error) => {
                tracing::warn!(error = %Causes(&error), "a message to a browser was not taken");
                Posted::Failed
            }
        }
    }

    async fn end(&self, connection_id: &str) {
        let ended = self
            .client
            .delete_connection()
            .connection_id(connection_id)
            .send()
            .await;
        if let Err(error) = ended
            && !is_gone(&error)
        {
            tracing::warn!(error = %Causes(&error), "a connection could not be ended");
        }
    }
}

fn is_gone<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code() == Some("GoneException")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_the_sdk_use_one_address() {
        assert_eq!(as_http("wss://x.example.com/live"), "https://x.example.com/live");
        assert_eq!(as_http("ws://127.0.0.1:8080/live"), "http://127.0.0.1:8080/live");
        assert_eq!(
            as_http("https://x.example.com/live"),
            "https://x.example.com/live"
        );
    }

    #[test]
    fn an_address_that_is_no_sockets_is_a_problem() {
        let mut settings = Settings::from_pairs([("LIVE_URL", "ftp://x.example.com")]);
        assert_eq!(live_url(&mut settings), None);
        assert!(settings.finish().is_err());
        for address in ["wss://x.example.com/live", "https://x.example.com/live"] {
            let mut settings = Settings::from_pairs([("LIVE_URL", address)]);
            assert_eq!(
                live_url(&mut settings).unwrap().as_str(),
                "wss://x.example.com/live"
            );
        }
        assert_eq!(live_url(&mut Settings::from_pairs([])), None);
    }
}
