//! How often a person may be called.

use jiff::{SignedDuration, Timestamp};

/// At most so many calls to one person in so many hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimit {
    /// Calls that are allowed.
    pub calls: u32,
    /// Hours that are looked back on, counted from the moment of the call.
    pub hours: u32,
    /// What the calls must have in common to count, e.g. `the same subject`; None counts all.
    pub about: Option<&'static str>,
}

impl CallLimit {
    /// The first moment from `now` on at which one more call is within the limit.
    ///
    /// `earlier` are the calls that count, in any order; calls after `now` count as well.
    pub fn next_allowed(&self, earlier: &[Timestamp], now: Timestamp) -> Timestamp {
        let span = SignedDuration::from_hours(i64::from(self.hours));
        let mut ends: Vec<Timestamp> = earlier
            .iter()
            .map(|call| call.saturating_add(span).unwrap_or(Timestamp::MAX))
            .collect();
        ends.retain(|end| *end > now);
        ends.sort_unstable();
        let allowed = usize::try_from(self.calls).unwrap_or(usize::MAX);
        // Calls run out of the span from the oldest on; all but `calls - 1` of them must have.
        match (ends.len() + 1).checked_sub(allowed) {
            Some(too_many @ 1..) => ends.get(too_many - 1).copied().unwrap_or(Timestamp::MAX),
            _ => now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hour * 3600).unwrap()
    }

    #[test]
    fn the_fourth_call_waits_until_the_first_is_a_day_old() {
        let limit = CallLimit {
            calls: 3,
            hours: 24,
            about: None,
        };
        assert_eq!(limit.next_allowed(&[at(0), at(1)], at(2)), at(2));
        assert_eq!(limit.next_allowed(&[at(5), at(0), at(1)], at(6)), at(24));
        assert_eq!(limit.next_allowed(&[at(5), at(0), at(1)], at(24)), at(24));
        assert_eq!(limit.next_allowed(&[at(0), at(1), at(2), at(3)], at(4)), at(25));
    }

    #[test]
    fn no_calls_allowed_means_never() {
        let limit = CallLimit {
            calls: 0,
            hours: 24,
            about: None,
        };
        assert_eq!(limit.next_allowed(&[], at(0)), Timestamp::MAX);
    }
}
