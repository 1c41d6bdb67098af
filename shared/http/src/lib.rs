//! The one way to build an HTTP client.
//!
//! ```
//! let client = switchboard_http::client_builder().build()?;
//! let asked = client.get("http://127.0.0.1:8080/health").build()?;
//! assert_eq!(asked.url().path(), "/health");
//! # Ok::<(), reqwest::Error>(())
//! ```

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use rustls_platform_verifier::BuilderVerifierExt;

/// Longest wait for a connection. Short, because a connection that fails is proof that nothing was sent.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest silence in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Shorter than servers and load balancers wait, and than a function usually sleeps frozen: a
/// connection kept longer is often dead, and is found out only by a request lost on it.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// A client builder with our defaults: bounded waits, no redirects (a key must not follow one), no
/// hidden retries (some requests ring a phone).
pub fn client_builder() -> ClientBuilder {
    bare_builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        .tcp_nodelay(true)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
}

/// A client builder with the library's defaults and the TLS of this process. Reading the certificates that the machine
/// trusts takes longer than everything else when a function starts, so all clients share one reading.
#[expect(clippy::disallowed_methods, reason = "this is where all others come from")]
pub fn bare_builder() -> ClientBuilder {
    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    let tls = match SHARED.get() {
        Some(shared) => Ok(shared.clone()),
        None => platform_tls().map(|read| SHARED.get_or_init(|| read).clone()),
    };
    let builder = reqwest::Client::builder();
    match tls {
        Ok(tls) => builder.tls_backend_preconfigured(tls),
        Err(_) => {
            // The client reads them by itself then, and says what is wrong with them. That somebody installed a provider
            // before is no error.
            let _ = default_provider().install_default();
            builder
        }
    }
}

fn platform_tls() -> Result<ClientConfig, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?;
    Ok(config.with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_takes_the_tls_that_is_shared() {
        // It must be of the version of rustls that the client is built with: another one is refused here.
        for _ in 0..2 {
            assert!(client_builder().build().is_ok());
        }
    }
}
