//! Requests on the wire: key, waits, bounded bodies, and reads tried again.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue, LOCATION};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::{Host, Url};

use crate::failure::{Failure, network, unreadable};
use crate::{ApiKeySource, InvalidConfig, NoApiKey, ProviderError, Secret};
use switchboard_http::client_builder;

/// A whole conversation with its transcript; everything else is far smaller.
const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;
const MAX_ERROR_BYTES: usize = 1024 * 1024;
const ASK_TIMEOUT: Duration = Duration::from_secs(20);
const EXTRA_READS: u32 = 2;
/// A longer wait than this is the caller's to plan.
const LONGEST_RETRY_WAIT: Duration = Duration::from_secs(5);
/// Longer than any phone may ring.
const DIAL_READ_TIMEOUT: Duration = Duration::from_secs(1_200);

/// The query of a request.
pub(crate) type Query = Vec<(&'static str, String)>;

/// Which answers are for whoever asks, and no failure.
type Accepted = fn(StatusCode) -> bool;

/// Where a provider is, how it takes its key, and how patiently it is asked.
pub(crate) struct TransportConfig {
    pub(crate) base_url: Url,
    /// The header that carries the key.
    pub(crate) key_header: HeaderName,
    /// What stands before the key in it.
    pub(crate) key_prefix: &'static str,
    /// Wait before a read is tried again; doubles once.
    pub(crate) retry_wait: Duration,
}

pub(crate) struct Transport {
    asking: Client,
    dialling: Client,
    root: Url,
    base_url: String,
    key_header: HeaderName,
    key_prefix: &'static str,
    keys: Arc<dyn ApiKeySource>,
    retry_wait: Duration,
}

impl Transport {
    pub(crate) fn new(config: TransportConfig, keys: Arc<dyn ApiKeySource>) -> Result<Self, InvalidConfig> {
        if !matches!(config.base_url.scheme(), "http" | "https") || config.base_url.host().is_none() {
            return Err(InvalidConfig::BaseUrl);
        }
        let builder = || {
            if is_loopback(&config.base_url) {
                client_builder().no_proxy()
            } else {
                client_builder()
            }
        };
        Ok(Self {
            asking: builder().build()?,
            // A connection of its own for every dial: on a kept one that has died meanwhile the
            // answer would be lost, and the call unconfirmed for nothing.
            dialling: builder()
                .read_timeout(DIAL_READ_TIMEOUT)
                .pool_max_idle_per_host(0)
                .build()?,
            base_url: config.base_url.as_str().trim_end_matches('/').to_owned(),
            root: config.base_url,
            key_header: config.key_header,
            key_prefix: config.key_prefix,
            keys,
            retry_wait: config.retry_wait,
        })
    }

    /// Whether what is asked for travels encrypted; on one machine it need not.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.root.scheme() == "https"
    }

    /// The key to use now.
    pub(crate) async fn key(&self) -> Result<Secret, NoApiKey> {
        let key = self.keys.api_key().await?;
        if key.is_empty() {
            let reason = "no API key is set for the provider: put one in under Settings, or into its secret";
            return Err(NoApiKey {
                reason: reason.to_owned(),
                is_passing: false,
            });
        }
        Ok(key)
    }

    /// Something more that the provider's secret holds.
    pub(crate) async fn entry(&self, name: &str) -> Option<Secret> {
        self.keys.entry(name).await
    }

    /// Looks for a newer key, so that the next request has it.
    pub(crate) async fn renewed_key(&self, refused: &Secret) -> Option<Secret> {
        self.keys.renewed_api_key(refused).await
    }

    /// Sends a dial, once; every failure is the caller's to judge.
    pub(crate) async fn dial(
        &self,
        path: &str,
        body: &impl Serialize,
        key: &Secret,
        timeout: Duration,
    ) -> reqwest::Result<Response> {
        let request = self.dialling.post(self.url(path)).json(body).timeout(timeout);
        self.with_key(request, key).send().await
    }

    /// Reads JSON, trying again a little when the provider stumbles.
    pub(crate) async fn get_json<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Query,
    ) -> Result<T, ProviderError> {
        let response = self.get(path, query, Some(ASK_TIMEOUT)).await?;
        parse(&read_body(response).await?)
    }

    /// Reads something; a success, its body still to come.
    pub(crate) async fn get(
        &self,
        path: &str,
        query: &Query,
        timeout: Option<Duration>,
    ) -> Result<Response, ProviderError> {
        self.read(&self.url(path), query, timeout, |status| status.is_success())
            .await
    }

    /// Reads a file that may lie elsewhere: one redirect is followed, to another server without the key.
    pub(crate) async fn get_file(
        &self,
        path: &str,
        timeout: Option<Duration>,
    ) -> Result<Response, ProviderError> {
        let may_point = |status: StatusCode| {
            status.is_success() || status.is_redirection() || status == StatusCode::TOO_EARLY
        };
        let none = Query::new();
        let response = self.read(&self.url(path), &none, timeout, may_point).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        if response.status() == StatusCode::TOO_EARLY {
            return Err(no_file(response.status()));
        }
        let place = self.place(&response)?;
        if place.origin() == self.root.origin() {
            return self
                .read(place.as_str(), &none, timeout, |status| status.is_success())
                .await;
        }
        let request = self.asking.get(place);
        let request = timeout.into_iter().fold(request, RequestBuilder::timeout);
        let response = request.send().await.map_err(network)?;
        match response.status() {
            status if status.is_success() => Ok(response),
            status @ (StatusCode::NOT_FOUND | StatusCode::GONE) => Err(no_file(status)),
            status if status.is_server_error() => Err(ProviderError::Unavailable {
                reason: format!("HTTP {} where the file lies", status.as_u16()),
                request_id: None,
                source: None,
            }),
            // An address that has run out answers 403: that says nothing against the key.
            status => Err(unreadable(format!(
                "HTTP {} where the file lies",
                status.as_u16()
            ))),
        }
    }

    /// Where a redirect points to.
    fn place(&self, response: &Response) -> Result<Url, ProviderError> {
        let given = response.headers().get(LOCATION);
        let place = given
            .and_then(|value| value.to_str().ok())
            .and_then(|place| response.url().join(place).ok());
        // What came encrypted is not fetched in the clear.
        let is_safe = |place: &Url| {
            place.scheme() == "https" || (place.scheme() == "http" && self.root.scheme() == "http")
        };
        place
            .filter(is_safe)
            .ok_or_else(|| unreadable("a redirect that does not say where to"))
    }

    async fn read(
        &self,
        url: &str,
        query: &Query,
        timeout: Option<Duration>,
        accepts: Accepted,
    ) -> Result<Response, ProviderError> {
        let mut tries = 0;
        loop {
            let request = || {
                let request = self.asking.get(url).query(query);
                timeout.into_iter().fold(request, RequestBuilder::timeout)
            };
            let error = match self.ask(request, accepts).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            match self.wait_before_another(&error, tries) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error),
            }
            tries += 1;
        }
    }

    /// Reads a file that the provider keeps where everybody may read it: without the key.
    pub(crate) async fn get_open(&self, url: &str) -> Result<Response, ProviderError> {
        let answer = self.asking.get(url).timeout(ASK_TIMEOUT).send().await;
        let response = answer.map_err(network)?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(unreadable(format!("HTTP {}", response.status().as_u16())))
    }

    /// Changes something, once.
    pub(crate) async fn change(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<Vec<u8>, ProviderError> {
        let response = self
            .change_answered(method, path, body, |status| status.is_success())
            .await?;
        read_body(response).await
    }

    /// Changes something, once, where more than a success says how it went.
    pub(crate) async fn change_answered(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
        accepts: Accepted,
    ) -> Result<Response, ProviderError> {
        self.change_within(ASK_TIMEOUT, method, path, body, accepts).await
    }

    /// The same, of what takes its own time.
    pub(crate) async fn change_within(
        &self,
        timeout: Duration,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
        accepts: Accepted,
    ) -> Result<Response, ProviderError> {
        let request = || {
            let request = self
                .asking
                .request(method.clone(), self.url(path))
                .timeout(timeout);
            body.into_iter().fold(request, RequestBuilder::json)
        };
        self.ask(request, accepts).await
    }

    /// Sends a request; one that is refused for its key is sent once more if there is a newer key,
    /// because a refused request changed nothing.
    async fn ask(
        &self,
        request: impl Fn() -> RequestBuilder,
        accepts: Accepted,
    ) -> Result<Response, ProviderError> {
        let key = self.key().await.map_err(no_key)?;
        let refused = match self.ask_once(request(), &key, accepts).await {
            Err(error @ ProviderError::Unauthorized { .. }) => error,
            answer => return answer,
        };
        match self.renewed_key(&key).await {
            Some(newer) if newer != key => self.ask_once(request(), &newer, accepts).await,
            _ => Err(refused),
        }
    }

    async fn ask_once(
        &self,
        request: RequestBuilder,
        key: &Secret,
        accepts: Accepted,
    ) -> Result<Response, ProviderError> {
        let response = self.with_key(request, key).send().await.map_err(network)?;
        if accepts(response.status()) {
            return Ok(response);
        }
        Err(Failure::read(response, key).await.into())
    }

    fn with_key(&self, request: RequestBuilder, key: &Secret) -> RequestBuilder {
        match HeaderValue::from_str(&format!("{}{}", self.key_prefix, key.open().trim())) {
            Ok(mut value) => {
                value.set_sensitive(true);
                request.header(self.key_header.clone(), value)
            }
            // A key that no header can carry is as good as none: the provider answers 401.
            Err(_) => request,
        }
    }

    fn wait_before_another(&self, error: &ProviderError, tries: u32) -> Option<Duration> {
        let wait = match error {
            // Another full time-out would outlast the caller's patience.
            ProviderError::Unavailable {
                source: Some(source), ..
            } if source.is_timeout() => return None,
            ProviderError::RateLimited {
                retry_after: Some(wait),
                ..
            } => *wait,
            ProviderError::Unavailable { .. } | ProviderError::RateLimited { .. } => {
                self.retry_wait * (tries + 1)
            }
            _ => return None,
        };
        (tries < EXTRA_READS && wait <= LONGEST_RETRY_WAIT).then_some(wait)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

fn no_key(error: NoApiKey) -> ProviderError {
    if error.is_passing {
        ProviderError::Unavailable {
            reason: error.reason,
            request_id: None,
            source: None,
        }
    } else {
        ProviderError::Unauthorized {
            code: "no_api_key".to_owned(),
            request_id: None,
        }
    }
}

fn no_file(status: StatusCode) -> ProviderError {
    ProviderError::NotFound {
        code: status.as_u16().to_string(),
        request_id: None,
    }
}

/// A proxy cannot reach a server on this very machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

async fn read_body(response: Response) -> Result<Vec<u8>, ProviderError> {
    let status = response.status();
    match read_bounded(response, MAX_BODY_BYTES).await {
        Ok(Some(body)) => Ok(body),
        Ok(None) => Err(unreadable(format!(
            "HTTP {} with more than {MAX_BODY_BYTES} bytes",
            status.as_u16()
        ))),
        Err(error) => Err(network(error)),
    }
}

/// The body of a success or a failure, or none if it is larger than `limit`.
pub(crate) async fn read_bounded(mut response: Response, limit: usize) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// The body of a failure as far as it can be had; the status alone says enough.
pub(crate) async fn read_error_body(response: Response) -> Vec<u8> {
    read_bounded(response, MAX_ERROR_BYTES)
        .await
        .ok()
        .flatten()
        .unwrap_or_default()
}

/// Reads JSON. The reason of a failure names the place, not the content.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ProviderError> {
    serde_json::from_slice(body).map_err(|error| {
        let kind = format!("{:?}", error.classify()).to_lowercase();
        unreadable(format!(
            "{kind} error in JSON at line {} column {}",
            error.line(),
            error.column()
        ))
    })
}
