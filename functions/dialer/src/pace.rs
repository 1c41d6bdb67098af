//! How often a dialer looks.

use std::time::Duration;

/// Between two looks at the least, however fast calls are.
const SOONEST_LOOK: Duration = Duration::from_millis(250);

/// How often a dialer looks, and how long it waits.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// First wait for the end of a call, before a look into our table; later ones are as long as the call is old.
    pub first_look: Duration,
    /// Longest wait between looks into our table.
    pub slowest_look: Duration,
    /// Between questions to the provider, in case a webhook never comes.
    pub ask_provider: Duration,
    /// Between questions for the outcome of a call whose line is free again.
    pub ask_outcome: Duration,
    /// Between signs of life; a call without one for three of them is looked after by the scheduler.
    pub heartbeat: Duration,
    /// Longest wait for a slot; then the call goes back, and whoever is due by then comes first.
    pub wait_for_slot: Duration,
    /// While it waits, between looks at what people may have changed: a campaign that was paused, other limits.
    pub look_up: Duration,
    /// Between tries to get a slot.
    pub retry_slot: Duration,
    /// How long before the deadline a running call is handed over.
    pub hand_over: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            // A look costs half a read unit: less than one for ten seconds of a call, questions included. Nobody waits
            // for a look: whoever ends a call gives its slot back.
            first_look: Duration::from_millis(3_750),
            slowest_look: Duration::from_millis(7_500),
            ask_provider: Duration::from_secs(15),
            ask_outcome: Duration::from_secs(3),
            heartbeat: Duration::from_secs(20),
            wait_for_slot: Duration::from_secs(300),
            look_up: Duration::from_secs(3),
            retry_slot: Duration::from_millis(500),
            hand_over: Duration::from_secs(45),
        }
    }
}

impl Pace {
    /// The same where calls are so many times as fast: it is looked for their end so much sooner.
    #[must_use]
    pub fn of_faster_calls(self, factor: f64) -> Self {
        let sooner = |wait: Duration| match factor.is_finite() && factor > 1.0 {
            true => wait.div_f64(factor).max(SOONEST_LOOK),
            false => wait,
        };
        Self {
            first_look: sooner(self.first_look),
            slowest_look: sooner(self.slowest_look),
            ..self
        }
    }

    /// The wait before the next look at a call of this age.
    pub(crate) fn look(&self, age: Duration) -> Duration {
        age.clamp(self.first_look, self.slowest_look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn young_calls_are_looked_at_more_often() {
        let pace = Pace::default();
        assert_eq!(pace.look(Duration::ZERO), pace.first_look);
        assert_eq!(pace.look(Duration::from_secs(5)), Duration::from_secs(5));
        assert_eq!(pace.look(Duration::from_secs(900)), pace.slowest_look);
    }

    /// Looks into the table and questions to the provider until the end of a call of `length`, as the watch makes them.
    fn looks_and_questions(pace: &Pace, length: Duration) -> (u32, u32) {
        let (mut age, mut question) = (Duration::ZERO, pace.ask_provider);
        let (mut looks, mut questions) = (0, 0);
        loop {
            age += pace.look(age).min(question - age);
            if age > length {
                return (looks, questions);
            }
            if age >= question {
                questions += 1;
                question = age + pace.ask_provider;
            } else {
                looks += 1;
            }
        }
    }

    #[test]
    fn waiting_for_the_end_costs_less_than_a_read_unit_for_ten_seconds_of_a_call() {
        let pace = Pace::default();
        for secs in 16..=900 {
            let (looks, questions) = looks_and_questions(&pace, Duration::from_secs(secs));
            // A look is half a unit, and so is what a question reads of a call in progress.
            let units = f64::from(looks + questions) / 2.0;
            assert!(units < secs as f64 / 10.0, "{units} units for {secs} s");
        }
        // What a short call costs at the most.
        assert_eq!(looks_and_questions(&pace, Duration::from_secs(15)), (2, 1));
    }

    #[test]
    fn faster_calls_are_looked_at_sooner_but_not_all_the_time() {
        let pace = Pace::default();
        assert_eq!(pace.of_faster_calls(10.0).first_look, Duration::from_millis(375));
        assert_eq!(pace.of_faster_calls(1_000.0).slowest_look, SOONEST_LOOK);
        for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY, 1.0] {
            assert_eq!(pace.of_faster_calls(nonsense).first_look, pace.first_look);
        }
    }
}
