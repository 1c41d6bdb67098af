//! One HTTP request to an address that a customer gave us.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use switchboard_domain::{AddressRules, InvalidAddress};

use super::resolver::{NotPublic, PublicOnly};

/// How long is waited for an answer, and how much of it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// For everything: name, connection, request, answer.
    pub timeout: Duration,
    /// What is kept of the body of an answer, in bytes. The rest is not read.
    pub body_bytes: usize,
}

impl Bounds {
    /// Of an event: its answer says hardly more than that it arrived.
    pub const OF_EVENTS: Self = Self {
        timeout: Duration::from_secs(10),
        body_bytes: 4_096,
    };
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, as it came.
    pub retry_after: Option<String>,
    /// How the body begins.
    pub body: String,
}

/// Posts events.
#[derive(Clone)]
pub struct Poster {
    http: reqwest::Client,
    rules: AddressRules,
}

impl Poster {
    /// A client that follows no redirects, uses no proxy, keeps no connection and reaches public
    /// addresses only.
    ///
    /// # Errors
    /// When the machine's TLS cannot be set up.
    pub fn new(rules: AddressRules) -> Result<Self, reqwest::Error> {
        let http = switchboard_http::bare_builder()
            .user_agent(concat!("Switchboard/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            // Every attempt resolves and checks anew.
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(PublicOnly))
            .build()?;
        Ok(Self { http, rules })
    }

    /// Posts a body with these headers.
    ///
    /// # Errors
    /// With what went wrong, in one sentence that holds nothing of the address.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
        bounds: Bounds,
    ) -> Result<Answer, String> {
        let told = |error: reqwest::Error| told(&error, bounds.timeout);
        // Again at every attempt: rules change, and an address written by hand connects without a name.
        let url = self
            .rules
            .check(url)
            .map_err(|error: InvalidAddress| error.to_string())?;
        let request = self.http.post(url).timeout(bounds.timeout);
        let mut request = request.header(CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.body(body.to_owned()).send().await.map_err(told)?;
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        // A status has come: a body that stays away changes nothing of it.
        while let Ok(Some(chunk)) = response.chunk().await {
            let room = bounds.body_bytes.saturating_sub(bytes.len());
            bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if bytes.len() >= bounds.body_bytes {
                break;
            }
        }
        Ok(Answer {
            status,
            retry_after,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }
}

/// One sentence for the log of a delivery.
fn told(error: &reqwest::Error, timeout: Duration) -> String {
    let mut deepest: &dyn Error = error;
    while let Some(source) = deepest.source() {
        if source.is::<NotPublic>() {
            return source.to_string();
        }
        deepest = source;
    }
    if error.is_timeout() {
        return format!("no answer within {} seconds", timeout.as_secs());
    }
    if error.is_connect() {
        return format!("no connection: {deepest}");
    }
    format!("the request failed: {deepest}")
}
