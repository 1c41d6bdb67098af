//! The one place that reads this machine's clock.

/// Milliseconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "the simulator stands in for a provider, whose clock is the real one"
)]
pub(crate) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
