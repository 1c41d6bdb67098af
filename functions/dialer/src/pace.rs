//! How often a dialer looks.

use std::time::Duration;

/// How often a dialer looks, and how long it waits.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// First wait between looks into our table; grows with the age of the call.
    pub first_look: Duration,
    /// Longest wait between looks into our table.
    pub slowest_look: Duration,
    /// Between questions to the provider, in case a webhook never comes.
    pub ask_provider: Duration,
    /// Between questions for the outcome of a call whose line is free again.
    pub ask_outcome: Duration,
    /// Between signs of life; a call without one for three of them is looked after by the scheduler.
    pub heartbeat: Duration,
    /// Longest wait for a slot; then the call goes back.
    pub wait_for_slot: Duration,
    /// Between tries to get a slot.
    pub retry_slot: Duration,
    /// How long before the deadline a running call is handed over.
    pub hand_over: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first_look: Duration::from_millis(250),
            slowest_look: Duration::from_secs(2),
            ask_provider: Duration::from_secs(15),
            ask_outcome: Duration::from_secs(3),
            heartbeat: Duration::from_secs(15),
            wait_for_slot: Duration::from_secs(20),
            retry_slot: Duration::from_millis(500),
            hand_over: Duration::from_secs(45),
        }
    }
}

impl Pace {
    /// The wait before the next look at a call of this age.
    pub(crate) fn look(&self, age: Duration) -> Duration {
        (age / 10).clamp(self.first_look, self.slowest_look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn young_calls_are_looked_at_more_often() {
        let pace = Pace::default();
        assert_eq!(pace.look(Duration::ZERO), pace.first_look);
        assert_eq!(pace.look(Duration::from_secs(10)), Duration::from_secs(1));
        assert_eq!(pace.look(Duration::from_secs(900)), pace.slowest_look);
    }
}
