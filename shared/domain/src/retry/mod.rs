//! What follows when an attempt is over.

use jiff::{SignedDuration, Timestamp};

use crate::{CallOutcome, Recipient};

mod policy;
mod timing;

pub use policy::{RetryPolicy, RetryRule};
pub(crate) use timing::next_call;

/// Refused dials in a row after which a recipient is given up.
const MAX_REFUSALS: u32 = 8;
/// The same while it is the provider that is in trouble: more than nine hours of waiting.
const MAX_PATIENT_REFUSALS: u32 = 60;
/// Wait after the first refused dial; doubles with each.
const FIRST_REFUSAL_WAIT_SECS: i64 = 5;
/// Longest wait between refused dials.
const LONGEST_REFUSAL_WAIT_SECS: i64 = 600;

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

/// What follows after an attempt, by the policy alone: whether the person may be called at that moment
/// is for the calling hours to say.
///
/// `recipient` has counted this attempt already.
pub fn after_attempt(
    attempt: Attempt,
    recipient: &Recipient,
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
        Attempt::Ended(outcome) => {
            let ended_so = recipient.ended_with(outcome);
            match policy.rule_of(outcome) {
                Some(rule) if recipient.attempts < policy.max_attempts && rule.allows(ended_so) => {
                    at(rule.wait_secs(ended_so))
                }
                _ => AfterAttempt::Done(outcome),
            }
        }
        Attempt::NotPlaced(again) if recipient.refusals < again.most_refusals() => {
            let doubled = FIRST_REFUSAL_WAIT_SECS << recipient.refusals.saturating_sub(1).min(10);
            at(doubled.min(LONGEST_REFUSAL_WAIT_SECS))
        }
        Attempt::NotPlaced(_) => AfterAttempt::Done(CallOutcome::Failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RecipientStatus;
    use crate::testing::recipient;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(outcome: CallOutcome, times: u32, policy: &RetryPolicy) -> AfterAttempt {
        let mut person = recipient(RecipientStatus::Calling);
        for _ in 0..times {
            person.count_attempt(outcome);
        }
        after_attempt(Attempt::Ended(outcome), &person, policy, NOW)
    }

    fn in_secs(secs: i64) -> AfterAttempt {
        AfterAttempt::RetryAt(Timestamp::from_second(secs).unwrap())
    }

    #[test]
    fn a_reached_person_is_not_called_again() {
        let policy = RetryPolicy {
            max_attempts: 10,
            ..RetryPolicy::default()
        };
        let next = after(CallOutcome::Completed, 1, &policy);
        assert_eq!(next, AfterAttempt::Done(CallOutcome::Completed));
    }

    #[test]
    fn a_busy_line_is_tried_again_after_the_delay() {
        let policy = RetryPolicy {
            max_attempts: 2,
            delay_secs: 60,
            ..RetryPolicy::default()
        };
        assert_eq!(after(CallOutcome::Busy, 1, &policy), in_secs(60));
        assert_eq!(
            after(CallOutcome::Busy, 2, &policy),
            AfterAttempt::Done(CallOutcome::Busy)
        );
    }

    #[test]
    fn an_outcome_may_have_a_rule_of_its_own() {
        let rule = RetryRule {
            max_attempts: Some(3),
            delay_secs: 300,
            backoff_percent: 200,
            ..RetryRule::default()
        };
        let policy = RetryPolicy {
            max_attempts: 9,
            delay_secs: 60,
            by_outcome: [(CallOutcome::Voicemail, rule)].into(),
            ..RetryPolicy::default()
        };
        let waits = [1, 2, 3].map(|times| after(CallOutcome::Voicemail, times, &policy));
        let given_up = AfterAttempt::Done(CallOutcome::Voicemail);
        assert_eq!(waits, [in_secs(300), in_secs(600), given_up]);
        assert_eq!(after(CallOutcome::Busy, 1, &policy), in_secs(60));
    }

    #[test]
    fn a_refusal_that_cannot_change_ends_the_recipient() {
        let refused = Attempt::NotPlaced(TryAgain::Never);
        let mut person = recipient(RecipientStatus::Calling);
        person.refusals = 1;
        let next = after_attempt(refused, &person, &RetryPolicy::default(), NOW);
        assert_eq!(next, AfterAttempt::Done(CallOutcome::Failed));
    }

    proptest! {
        #[test]
        fn every_recipient_ends(
            max_attempts in 1u32..=10,
            backoff_percent in 100u32..=1_000,
            refused in prop::collection::vec(any::<bool>(), 700),
        ) {
            let policy = RetryPolicy { max_attempts, delay_secs: 1, backoff_percent, ..RetryPolicy::default() };
            let mut person = recipient(RecipientStatus::Calling);
            let mut ended = false;
            for refused in refused {
                let attempt = if refused {
                    person.refusals += 1;
                    Attempt::NotPlaced(TryAgain::Patiently)
                } else {
                    person.count_attempt(CallOutcome::NoAnswer);
                    Attempt::Ended(CallOutcome::NoAnswer)
                };
                if let AfterAttempt::Done(_) = after_attempt(attempt, &person, &policy, NOW) {
                    ended = true;
                    break;
                }
            }
            prop_assert!(ended);
            prop_assert!(person.attempts <= max_attempts);
        }
    }

    #[test]
    fn refusals_are_waited_for_twice_as_long_each_time_up_to_ten_minutes() {
        let wait = |again, refusals| {
            let mut person = recipient(RecipientStatus::Calling);
            person.refusals = refusals;
            after_attempt(Attempt::NotPlaced(again), &person, &RetryPolicy::default(), NOW)
        };
        let secs = [(0, 5), (1, 5), (2, 10), (3, 20), (7, 320), (8, 600), (59, 600)];
        for (refusals, secs) in secs {
            assert_eq!(wait(TryAgain::Patiently, refusals), in_secs(secs), "{refusals}");
        }
        let given_up = AfterAttempt::Done(CallOutcome::Failed);
        assert_eq!(wait(TryAgain::Patiently, 60), given_up);
        assert_eq!(
            (wait(TryAgain::AFewTimes, 7), wait(TryAgain::AFewTimes, 8)),
            (in_secs(320), given_up)
        );
        assert_eq!(wait(TryAgain::Never, 0), given_up);
    }
}
