//! The one way to build an HTTP client.

use std::time::Duration;

use reqwest::redirect::Policy;

/// Longest wait for a connection. Short, because a connection that fails is proof that nothing was sent.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest silence in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Shorter than servers and load balancers wait, and than a function usually sleeps frozen: a
/// connection kept longer is often dead, and is found out only by a request lost on it.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// A client builder with our defaults: bounded waits, no redirects (a key must not follow one), no
/// hidden retries (some requests ring a phone).
pub fn client_builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        .tcp_nodelay(true)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
}
