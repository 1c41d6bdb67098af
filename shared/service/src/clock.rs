//! The machine's clock and chance, to be handed on as arguments.

use jiff::Timestamp;
use rand::rngs::StdRng;
use switchboard_domain::Clock;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that owns the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A source of chance, seeded by the operating system; may be kept across awaits.
pub fn rng() -> StdRng {
    rand::make_rng()
}
