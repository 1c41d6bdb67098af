//! When and how often to try again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::CallOutcome;

/// Longest wait that back-off leads to.
const LONGEST_WAIT_SECS: i64 = 30 * 86_400;

/// When and how often to try again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RetryPolicy {
    /// Most placed calls to one person, the first included: 1 to 10.
    pub max_attempts: u32,
    /// Seconds from the end of one attempt to the next.
    pub delay_secs: u32,
    /// After which outcomes to try again.
    pub retry_on: Vec<CallOutcome>,
    /// Each wait in percent of the one before: 100 is always the same, 200 doubles. 100 to 1000.
    #[serde(default = "unchanged")]
    pub backoff_percent: u32,
    /// The next attempt is at another time of day: morning, afternoon or evening.
    #[serde(default)]
    pub other_time_of_day: bool,
    /// The next attempt is on another day of the week.
    #[serde(default)]
    pub other_weekday: bool,
    /// Outcomes with a rule of their own, which stands for all of the above but `max_attempts`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, RetryRule>))]
    pub by_outcome: BTreeMap<CallOutcome, RetryRule>,
}

/// When and how often to try again after one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RetryRule {
    /// Attempts that may end so; none: as many as the policy allows in all. 1 is no further attempt.
    pub max_attempts: Option<u32>,
    /// Seconds from the end of one attempt to the next.
    pub delay_secs: u32,
    /// Each wait in percent of the one before.
    pub backoff_percent: u32,
    /// The next attempt is at another time of day: morning, afternoon or evening.
    pub other_time_of_day: bool,
    /// The next attempt is on another day of the week.
    pub other_weekday: bool,
}

fn unchanged() -> u32 {
    100
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 1,
            delay_secs: 3_600,
            retry_on: vec![CallOutcome::NoAnswer, CallOutcome::Busy, CallOutcome::Failed],
            backoff_percent: unchanged(),
            other_time_of_day: false,
            other_weekday: false,
            by_outcome: BTreeMap::new(),
        }
    }
}

impl Default for RetryRule {
    fn default() -> Self {
        Self {
            max_attempts: None,
            delay_secs: 3_600,
            backoff_percent: unchanged(),
            other_time_of_day: false,
            other_weekday: false,
        }
    }
}

impl RetryPolicy {
    /// The rule that holds after this outcome; none: no further attempt. Who was reached is never
    /// called again by a retry policy.
    pub fn rule_of(&self, outcome: CallOutcome) -> Option<RetryRule> {
        if outcome == CallOutcome::Completed {
            return None;
        }
        let common = || RetryRule {
            max_attempts: None,
            delay_secs: self.delay_secs,
            backoff_percent: self.backoff_percent,
            other_time_of_day: self.other_time_of_day,
            other_weekday: self.other_weekday,
        };
        let own = self.by_outcome.get(&outcome).cloned();
        own.or_else(|| self.retry_on.contains(&outcome).then(common))
    }
}

impl RetryRule {
    /// Whether another attempt may follow after `ended_so` of them ended with this outcome.
    pub(super) fn allows(&self, ended_so: u32) -> bool {
        self.max_attempts.is_none_or(|most| ended_so < most)
    }

    /// Seconds to wait after the `ended_so`-th attempt that ended with this outcome.
    pub(super) fn wait_secs(&self, ended_so: u32) -> i64 {
        let mut wait = i64::from(self.delay_secs);
        for _ in 1..ended_so.min(32) {
            wait = wait.saturating_mul(i64::from(self.backoff_percent)) / 100;
            if wait >= LONGEST_WAIT_SECS {
                return LONGEST_WAIT_SECS;
            }
        }
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_grows_with_every_end_of_the_same_kind_and_no_further_than_a_month() {
        let rule = RetryRule {
            delay_secs: 100,
            backoff_percent: 150,
            ..RetryRule::default()
        };
        assert_eq!(
            [0, 1, 2, 3, 4].map(|ended| rule.wait_secs(ended)),
            [100, 100, 150, 225, 337]
        );
        assert_eq!(rule.wait_secs(1_000), 30 * 86_400);
        let steady = RetryRule::default();
        assert_eq!((steady.wait_secs(1), steady.wait_secs(40)), (3_600, 3_600));
    }

    #[test]
    fn an_outcome_is_tried_again_by_its_own_rule_or_the_common_one() {
        let own = RetryRule {
            max_attempts: Some(2),
            delay_secs: 7,
            ..RetryRule::default()
        };
        let policy = RetryPolicy {
            delay_secs: 60,
            backoff_percent: 200,
            other_weekday: true,
            retry_on: vec![CallOutcome::Busy, CallOutcome::Completed],
            by_outcome: [(CallOutcome::Voicemail, own.clone())].into(),
            ..RetryPolicy::default()
        };
        let common = RetryRule {
            max_attempts: None,
            delay_secs: 60,
            backoff_percent: 200,
            other_time_of_day: false,
            other_weekday: true,
        };
        assert_eq!(policy.rule_of(CallOutcome::Busy), Some(common));
        assert_eq!(policy.rule_of(CallOutcome::Voicemail), Some(own.clone()));
        assert_eq!(policy.rule_of(CallOutcome::NoAnswer), None);
        assert_eq!(policy.rule_of(CallOutcome::Completed), None, "they were reached");
        assert_eq!(
            [0, 1, 2, 3].map(|ended| own.allows(ended)),
            [true, true, false, false]
        );
    }

    #[test]
    fn what_says_nothing_of_a_growing_wait_has_none() {
        let policy: RetryPolicy =
            serde_json::from_str(r#"{"max_attempts":2,"delay_secs":60,"retry_on":["busy"]}"#).unwrap();
        assert_eq!(policy.backoff_percent, 100);
    }
}
