//! Requests to OpenAI: what becomes of a call that waits there, and what a call was about.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;
use switchboard_domain::ProviderId;
use url::Url;

use super::session::SessionConfig;
use super::summary::{self, Summary, SummaryError, SummaryRequest};
use crate::failure::network;
use crate::transport::{Query, Transport, TransportConfig, read_bounded};
use crate::{ApiKeySource, EndedCall, InvalidConfig, ProviderError, Secret};

/// Whoever accepts a call has two seconds for everything; OpenAI mostly answers within half of one.
const ACCEPT_PATIENCE: Duration = Duration::from_millis(1_500);
/// A summary of a long call takes a while.
const SUMMARY_PATIENCE: Duration = Duration::from_secs(60);
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

const NO_BODY: Option<&()> = None;

/// OpenAI's API. Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct OpenAi {
    transport: Arc<Transport>,
    keys: Arc<dyn ApiKeySource>,
    base_url: Url,
}

/// Where the sideband of a call is, and what opens it.
#[derive(Debug, Clone)]
pub struct Sideband {
    /// Address of the WebSocket.
    pub url: Url,
    /// What goes after `Bearer ` in the header `authorization`.
    pub key: Secret,
}

impl OpenAi {
    /// A client that takes its key from `keys` with every request.
    ///
    /// # Errors
    /// When the address is not one of an HTTP server.
    pub fn new(base_url: Url, keys: Arc<dyn ApiKeySource>) -> Result<Self, InvalidConfig> {
        Ok(Self {
            transport: Arc::new(Transport::new(
                TransportConfig {
                    base_url: base_url.clone(),
                    key_header: AUTHORIZATION,
                    key_prefix: "Bearer ",
                    retry_wait: Duration::from_millis(250),
                },
                keys.clone(),
            )?),
            keys,
            base_url,
        })
    }

    /// Takes a call that waits. Asks once, and waits at most a second and a half.
    ///
    /// [`EndedCall::NotLive`]: the call is over, or was taken already.
    ///
    /// # Errors
    /// When OpenAI could not be asked, or does not take the configuration.
    pub async fn accept(
        &self,
        call: &ProviderId,
        session: &SessionConfig,
    ) -> Result<EndedCall, ProviderError> {
        let accepted =
            tokio::time::timeout(ACCEPT_PATIENCE, self.control(call, "accept", Some(session))).await;
        accepted.unwrap_or_else(|_| {
            Err(ProviderError::Unavailable {
                reason: "no answer in time".to_owned(),
                request_id: None,
                source: None,
            })
        })
    }

    /// Sends a call that waits away, with a SIP status such as 486 (busy) or 603 (declined).
    ///
    /// # Errors
    /// When OpenAI could not be asked.
    pub async fn reject(&self, call: &ProviderId, sip_status: u16) -> Result<EndedCall, ProviderError> {
        let body = json!({ "status_code": sip_status });
        self.control(call, "reject", Some(&body)).await
    }

    /// Ends a call in progress.
    ///
    /// # Errors
    /// When OpenAI could not be asked.
    pub async fn hangup(&self, call: &ProviderId) -> Result<EndedCall, ProviderError> {
        self.control(call, "hangup", NO_BODY).await
    }

    /// Sends a call elsewhere, by SIP REFER. Twilio may answer it with success and do nothing: there the caller's
    /// leg is redirected instead.
    ///
    /// # Errors
    /// When OpenAI could not be asked.
    pub async fn refer(&self, call: &ProviderId, target_uri: &str) -> Result<EndedCall, ProviderError> {
        let body = json!({ "target_uri": target_uri });
        self.control(call, "refer", Some(&body)).await
    }

    /// What a call was about. Asks once.
    ///
    /// # Errors
    /// When OpenAI could not be asked, or the model gave no answer that can be used.
    pub async fn respond(&self, request: &SummaryRequest<'_>) -> Result<Summary, SummaryError> {
        let body = request.body();
        let asked = self.transport.change_within(
            SUMMARY_PATIENCE,
            Method::POST,
            "/v1/responses",
            Some(&body),
            |status| status.is_success(),
        );
        let answer = read_bounded(asked.await?, MAX_ANSWER_BYTES)
            .await
            .map_err(network)?;
        summary::read(&answer.unwrap_or_default())
    }

    /// Asks for something harmless, so that it is known whether the key is accepted.
    ///
    /// # Errors
    /// When OpenAI does not take the key, or could not be asked.
    pub async fn check(&self) -> Result<(), ProviderError> {
        let asked = self.transport.get("/v1/models", &Query::new(), None).await;
        match asked {
            Ok(_) => Ok(()),
            // A key that may hold calls and not list models is as good.
            Err(ProviderError::Unauthorized { code, .. }) if code == "insufficient_permissions" => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Address of the WebSocket beside a call that was accepted.
    pub fn sideband_url(&self, call: &ProviderId) -> Url {
        let mut url = self.base_url.clone();
        let scheme = if url.scheme() == "http" { "ws" } else { "wss" };
        // Both are special schemes, between which a URL may change.
        if url.set_scheme(scheme).is_err() {
            tracing::error!("the address of OpenAI cannot be that of a WebSocket");
        }
        let path = format!("{}/v1/realtime", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url.query_pairs_mut()
            .clear()
            .append_pair("call_id", call.as_str());
        url
    }

    /// Where the sideband of a call is, and what opens it now.
    ///
    /// # Errors
    /// When there is no key.
    pub async fn sideband(&self, call: &ProviderId) -> Result<Sideband, ProviderError> {
        let key = self
            .keys
            .api_key()
            .await
            .map_err(|error| match error.is_passing {
                true => ProviderError::Unavailable {
                    reason: error.reason,
                    request_id: None,
                    source: None,
                },
                false => ProviderError::Unauthorized {
                    code: "no_api_key".to_owned(),
                    request_id: None,
                },
            })?;
        Ok(Sideband {
            url: self.sideband_url(call),
            key,
        })
    }

    /// Success has an empty body, which is not read.
    async fn control(
        &self,
        call: &ProviderId,
        verb: &str,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<EndedCall, ProviderError> {
        let path = format!("/v1/realtime/calls/{call}/{verb}");
        let is_answer = |status: StatusCode| status.is_success() || status == StatusCode::NOT_FOUND;
        let answer = self
            .transport
            .change_answered(Method::POST, &path, body, is_answer)
            .await?;
        Ok(match answer.status() {
            StatusCode::NOT_FOUND => EndedCall::NotLive,
            _ => EndedCall::Ended,
        })
    }
}
