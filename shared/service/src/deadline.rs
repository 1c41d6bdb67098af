//! Until when an invocation may work.

use jiff::{SignedDuration, Timestamp};

/// The moment at which Lambda ends an invocation, from what its context says in milliseconds since 1970.
#[must_use]
pub fn deadline(millis: u64) -> Timestamp {
    let millis = i64::try_from(millis).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}

/// The same, so long before.
#[must_use]
pub fn deadline_less(millis: u64, margin: SignedDuration) -> Timestamp {
    deadline(millis).saturating_sub(margin).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_a_moment_whatever_lambda_says() {
        let at = "2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap();
        let millis = u64::try_from(at.as_millisecond()).unwrap();
        assert_eq!(deadline(millis), at);
        assert_eq!(
            deadline_less(millis, SignedDuration::from_secs(30)),
            at - SignedDuration::from_secs(30)
        );
        assert_eq!(deadline(u64::MAX), Timestamp::MAX);
        assert_eq!(deadline_less(0, SignedDuration::MAX), Timestamp::MIN);
    }
}
