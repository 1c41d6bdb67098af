//! The one way to build an HTTP client, and whom it trusts.
//!
//! ```
//! let client = switchboard_http::client_builder().build()?;
//! let asked = client.get("http://127.0.0.1:8080/health").build()?;
//! assert_eq!(asked.url().path(), "/health");
//! # Ok::<(), reqwest::Error>(())
//! ```

mod trust;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;

pub use trust::{TRUSTED_CERTIFICATES, trusts_the_machine};

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

/// A client builder with the library's defaults and the TLS of this process, which all clients share: whom it trusts is read
/// once ([`TRUSTED_CERTIFICATES`]).
#[expect(clippy::disallowed_methods, reason = "this is where all others come from")]
pub fn bare_builder() -> ClientBuilder {
    static SHARED: OnceLock<ClientConfig> = OnceLock::new();
    let tls = match SHARED.get() {
        Some(shared) => Ok(shared.clone()),
        None => tls().map(|made| SHARED.get_or_init(|| made).clone()),
    };
    let builder = reqwest::Client::builder();
    match tls {
        Ok(tls) => builder.tls_backend_preconfigured(tls),
        Err(_) => {
            // The client makes its own then, and says what is wrong. That somebody installed a provider before is no error.
            let _ = default_provider().install_default();
            builder
        }
    }
}

fn tls() -> Result<ClientConfig, rustls::Error> {
    let trusted = if trusts_the_machine() {
        trust::of_the_machine()
    } else {
        trust::built_in()
    };
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(trusted);
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
