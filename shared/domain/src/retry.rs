//! What follows when an attempt is over.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::CallOutcome;

/// Refused dials in a row after which a recipient is given up.
const MAX_REFUSALS: u32 = 8;
/// The same while it is the provider that is in trouble: more than nine hours of waiting.
const MAX_PATIENT_REFUSALS: u32 = 60;
/// Wait after the first refused dial; doubles with each.
const FIRST_REFUSAL_WAIT_SECS: i64 = 5;
/// Longest wait between refused dials.
const LONGEST_REFUSAL_WAIT_SECS: i64 = 600;

/// When and how often to try again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetryPolicy {
    /// Most placed calls to one person, the first included: 1 to 10.
    pub max_attempts: u32,
    /// Seconds from the end of one attempt to the next.
    pub delay_secs: u32,
    /// After which outcomes to try again.
    pub retry_on: Vec<CallOutcome>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 1,
            delay_secs: 3_600,
            retry_on: vec![CallOutcome::NoAnswer, CallOutcome::Busy, CallOutcome::Failed],
        }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It was placed and is over. Counts against the policy.
    Ended(CallOutcome),
    /// It was never placed. Does not count as an attempt; a person cannot be bothered by it.
    NotPlaced(TryAgain),
}

/// Whether a call that was never placed is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TryAgain {
    /// The same request will never be accepted.
    Never,
    /// A few times: it may lie in this call.
    AFewTimes,
    /// For hours: it lies in the provider or the account, and no person is to pay for that.
    Patiently,
}

impl TryAgain {
    fn most_refusals(self) -> u32 {
        match self {
            Self::Never => 0,
            Self::AFewTimes => MAX_REFUSALS,
            Self::Patiently => MAX_PATIENT_REFUSALS,
        }
    }
}

/// What follows for the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterAttempt {
    /// Final.
    Done(CallOutcome),
    /// Another attempt, not before this moment.
    RetryAt(Timestamp),
}

/// What follows after an attempt.
///
/// `attempts` counts the placed calls and `refusals` the refused dials in a row, this one included.
pub fn after_attempt(
    attempt: Attempt,
    attempts: u32,
    refusals: u32,
    policy: &RetryPolicy,
    now: Timestamp,
) -> AfterAttempt {
    let at = |secs: i64| {
        let later = now
            .saturating_add(SignedDuration::from_secs(secs))
            .unwrap_or(Timestamp::MAX);
        AfterAttempt::RetryAt(later)
    };
    match attempt {
        Attempt::Ended(outcome) if attempts < policy.max_attempts && policy.retry_on.contains(&outcome) => {
            at(i64::from(policy.delay_secs))
        }
        Attempt::Ended(outcome) => AfterAttempt::Done(outcome),
        Attempt::NotPlaced(again) if refusals < again.most_refusals() => {
            let doubled = FIRST_REFUSAL_WAIT_SECS << refusals.saturating_sub(1).min(10);
            at(doubled.min(LONGEST_REFUSAL_WAIT_SECS))
        }
        Attempt::NotPlaced(_) => AfterAttempt::Done(CallOutcome::Failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_reached_person_is_not_called_again() {
        let policy = RetryPolicy {
            max_attempts: 10,
            ..RetryPolicy::default()
        };
        let next = after_attempt(Attempt::Ended(CallOutcome::Completed), 1, 0, &policy, NOW);
        assert_eq!(next, AfterAttempt::Done(CallOutcome::Completed));
    }

    #[test]
    fn a_busy_line_is_tried_again_after_the_delay() {
        let policy = RetryPolicy {
            max_attempts: 2,
            delay_secs: 60,
            ..RetryPolicy::default()
        };
        let busy = Attempt::Ended(CallOutcome::Busy);
        assert_eq!(
            after_attempt(busy, 1, 0, &policy, NOW),
            AfterAttempt::RetryAt(Timestamp::from_second(60).unwrap())
        );
        assert_eq!(
            after_attempt(busy, 2, 0, &policy, NOW),
            AfterAttempt::Done(CallOutcome::Busy)
        );
    }

    #[test]
    fn a_refusal_that_cannot_change_ends_the_recipient() {
        let refused = Attempt::NotPlaced(TryAgain::Never);
        let next = after_attempt(refused, 0, 1, &RetryPolicy::default(), NOW);
        assert_eq!(next, AfterAttempt::Done(CallOutcome::Failed));
    }

    proptest! {
        #[test]
        fn every_recipient_ends(max_attempts in 1u32..=10, refused in prop::collection::vec(any::<bool>(), 700)) {
            let policy = RetryPolicy { max_attempts, delay_secs: 1, ..RetryPolicy::default() };
            let (mut attempts, mut refusals) = (0, 0);
            let mut ended = false;
            for refused in refused {
                let attempt = if refused {
                    refusals += 1;
                    Attempt::NotPlaced(TryAgain::Patiently)
                } else {
                    attempts += 1;
                    refusals = 0;
                    Attempt::Ended(CallOutcome::NoAnswer)
                };
                if let AfterAttempt::Done(_) = after_attempt(attempt, attempts, refusals, &policy, NOW) {
                    ended = true;
                    break;
                }
            }
            prop_assert!(ended);
            prop_assert!(attempts <= max_attempts);
        }
    }
}
