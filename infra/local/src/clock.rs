//! The one place that reads this machine's clock.

use jiff::Timestamp;

/// The present moment.
#[expect(
    clippy::disallowed_methods,
    reason = "the runner stands in for AWS, whose clock is the real one"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
