//! Campaigns that pause by themselves when something is plainly wrong.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Call, CallStatus, ProviderHealth, ProviderState};

/// When a campaign pauses by itself. Shares are in percent of the calls that ended within the span.
///
/// What JSON leaves out is as [`AutoPause::default`] has it; null switches a cause off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AutoPause {
    /// The span that is looked back on, in seconds: 10 to 3600.
    pub within_secs: u32,
    /// Fewer calls than this say nothing: 1 to 200.
    pub at_least_calls: u32,
    /// Share of calls that failed.
    pub failed_percent: Option<u32>,
    /// Share of calls that a machine answered.
    pub voicemail_percent: Option<u32>,
    /// Share of calls that nobody answered.
    pub no_answer_percent: Option<u32>,
    /// Answered calls shorter than this on average, in seconds.
    pub shortest_average_secs: Option<u32>,
    /// Seconds that the provider has not answered: 30 to 86400. A shorter outage only holds dials back.
    pub provider_down_secs: Option<u32>,
    /// Fewer credits than this left at the provider in this period. Off by default: plans that are billed by
    /// use go on without credits.
    pub least_credits: Option<u64>,
}

/// Why a campaign pauses whose next call could cost more than it may.
pub const SPEND_CAP_REACHED: &str =
    "One more call could cost more than its spend cap. Raise the cap, then resume it.";

impl Default for AutoPause {
    fn default() -> Self {
        Self {
            within_secs: 120,
            at_least_calls: 5,
            failed_percent: Some(50),
            voicemail_percent: None,
            no_answer_percent: None,
            shortest_average_secs: None,
            provider_down_secs: Some(300),
            least_credits: None,
        }
    }
}

impl AutoPause {
    /// Why the campaign should pause now, for people, seeing how its provider is. `since` is when it was last
    /// started or resumed: whoever resumes it while the provider is down gives it that long once more.
    pub fn provider_down(&self, state: &ProviderState, since: Timestamp, now: Timestamp) -> Option<String> {
        let after = self.provider_down_secs?;
        let down_for = now.duration_since(state.since.max(since)).as_secs();
        let pauses = state.health == ProviderHealth::Down && down_for >= i64::from(after);
        pauses.then(|| {
            let minutes = u64::from(after).div_ceil(60);
            format!(
                "The provider has not answered for {minutes} min. Nobody was called meanwhile. Look at its status, \
                 then resume the campaign."
            )
        })
    }

    /// Why the campaign should pause now, for people, where so many credits are left at the provider.
    pub fn credits_low(&self, left: u64) -> Option<String> {
        let least = self.least_credits?;
        (left < least).then(|| {
            format!(
                "{left} credits are left at the provider, and {least} are the least. Buy more, or lower the \
                 threshold, then resume the campaign."
            )
        })
    }

    /// Why the campaign should pause now, for people; none when nothing is wrong. `since` is when it was
    /// last started or resumed: what was wrong before is known and was decided on.
    pub fn reason<'a>(
        &self,
        calls: impl IntoIterator<Item = &'a Call>,
        since: Timestamp,
        now: Timestamp,
    ) -> Option<String> {
        let recent: Vec<&Call> = calls
            .into_iter()
            .filter(|call| call.placing_at.is_some_and(|placing| placing >= since))
            .filter(|call| {
                let ended = call.ended_at.filter(|_| call.status.is_final());
                ended.is_some_and(|at| now.duration_since(at).as_secs() < i64::from(self.within_secs))
            })
            .collect();
        let all = u32::try_from(recent.len()).unwrap_or(u32::MAX);
        if all == 0 || all < self.at_least_calls {
            return None;
        }
        let count = |status: CallStatus| recent.iter().filter(|call| call.status == status).count();
        let reaches = |percent: Option<u32>, status: CallStatus, what: &str, next: &str| {
            let found = count(status);
            let reached = found * 100 >= recent.len() * percent? as usize && found > 0;
            reached.then(|| {
                let secs = self.within_secs;
                format!("{found} of the last {all} calls within {secs} s {what}. {next}")
            })
        };
        reaches(
            self.failed_percent,
            CallStatus::Failed,
            "failed",
            "Look at what the provider says of them, then resume the campaign.",
        )
        .or_else(|| {
            reaches(
                self.voicemail_percent,
                CallStatus::Voicemail,
                "reached a machine",
                "Look at the numbers and the hours, then resume the campaign.",
            )
        })
        .or_else(|| {
            reaches(
                self.no_answer_percent,
                CallStatus::NoAnswer,
                "were not answered",
                "Look at the phone line and the hours, then resume the campaign.",
            )
        })
        .or_else(|| self.too_short(&recent))
    }

    fn too_short(&self, recent: &[&Call]) -> Option<String> {
        let shortest = self.shortest_average_secs?;
        let answered = recent.iter().filter(|call| call.status == CallStatus::Completed);
        let lengths: Vec<u64> = answered.filter_map(|call| call.duration_secs).collect();
        let count = lengths.len() as u64;
        if count == 0 || count < u64::from(self.at_least_calls) {
            return None;
        }
        let average = lengths.iter().sum::<u64>() / count;
        (average < u64::from(shortest)).then(|| {
            format!(
                "The last {count} answered calls lasted {average} s on average, and {shortest} s are the least. \
                 Listen to some of them, then resume the campaign."
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(secs).unwrap()
    }

    fn ended(status: CallStatus, secs: i64) -> Call {
        let mut call = call(status);
        call.placing_at = Some(at(secs - 10));
        call.ended_at = Some(at(secs));
        call.duration_secs = Some(3);
        call
    }

    fn reason(rule: &AutoPause, calls: &[Call], now: i64) -> Option<String> {
        rule.reason(calls, at(0), at(now))
    }

    #[test]
    fn half_of_five_calls_failing_within_two_minutes_pauses() {
        let rule = AutoPause::default();
        let mut calls = vec![
            ended(CallStatus::Completed, 100),
            ended(CallStatus::Completed, 110),
        ];
        calls.extend([120, 130].map(|secs| ended(CallStatus::Failed, secs)));
        assert_eq!(reason(&rule, &calls, 140), None, "four calls say nothing");
        calls.push(ended(CallStatus::Failed, 135));
        let told = reason(&rule, &calls, 140).unwrap();
        assert!(
            told.starts_with("3 of the last 5 calls within 120 s failed."),
            "{told}"
        );
        assert_eq!(reason(&rule, &calls, 240), None, "it is over");
        assert_eq!(
            rule.reason(&calls, at(126), at(140)),
            None,
            "it was resumed since"
        );
    }

    #[test]
    fn a_provider_that_is_down_for_five_minutes_pauses_and_a_shorter_outage_does_not() {
        let rule = AutoPause::default();
        let mut state = ProviderState::fresh(crate::ProviderKind::Elevenlabs, at(0));
        assert_eq!(rule.provider_down(&state, at(0), at(9_999)), None, "it answers");
        (state.health, state.since) = (ProviderHealth::Down, at(1_000));
        assert_eq!(rule.provider_down(&state, at(0), at(1_299)), None);
        let told = rule.provider_down(&state, at(0), at(1_300)).unwrap();
        assert!(
            told.starts_with("The provider has not answered for 5 min.") && told.contains("resume"),
            "{told}"
        );
        assert_eq!(
            rule.provider_down(&state, at(1_200), at(1_300)),
            None,
            "it was resumed since"
        );
        let off = AutoPause {
            provider_down_secs: None,
            ..rule
        };
        assert_eq!(off.provider_down(&state, at(0), at(99_999)), None);
        state.health = ProviderHealth::Degraded;
        assert_eq!(
            AutoPause::default().provider_down(&state, at(0), at(99_999)),
            None
        );
    }

    #[test]
    fn few_credits_pause_where_somebody_said_how_few() {
        assert_eq!(AutoPause::default().credits_low(0), None);
        let rule = AutoPause {
            least_credits: Some(1_000),
            ..AutoPause::default()
        };
        assert_eq!(rule.credits_low(1_000), None);
        let told = rule.credits_low(999).unwrap();
        assert!(
            told.starts_with("999 credits are left") && told.contains("resume"),
            "{told}"
        );
    }

    #[test]
    fn the_spend_cap_has_its_sentence() {
        assert!(SPEND_CAP_REACHED.contains("spend cap") && SPEND_CAP_REACHED.contains("resume"));
    }

    #[test]
    fn every_cause_can_be_switched_on_and_off() {
        let calls = |status| -> Vec<Call> { (0..6).map(|n| ended(status, 100 + n)).collect() };
        let off = AutoPause {
            failed_percent: None,
            ..AutoPause::default()
        };
        assert_eq!(reason(&off, &calls(CallStatus::Failed), 110), None);
        for (rule, status, word) in [
            (
                AutoPause {
                    voicemail_percent: Some(80),
                    ..off.clone()
                },
                CallStatus::Voicemail,
                "machine",
            ),
            (
                AutoPause {
                    no_answer_percent: Some(80),
                    ..off.clone()
                },
                CallStatus::NoAnswer,
                "not answered",
            ),
            (
                AutoPause {
                    shortest_average_secs: Some(5),
                    ..off.clone()
                },
                CallStatus::Completed,
                "lasted 3 s",
            ),
        ] {
            let told = reason(&rule, &calls(status), 110).unwrap();
            assert!(told.contains(word) && told.contains("resume"), "{told}");
            assert_eq!(reason(&off, &calls(status), 110), None);
        }
    }

    #[test]
    fn a_share_that_is_just_reached_pauses_and_one_that_is_not_does_not() {
        let rule = AutoPause::default();
        let calls = |failed: i64, others: i64| -> Vec<Call> {
            let failed = (0..failed).map(|n| ended(CallStatus::Failed, 100 + n));
            failed
                .chain((0..others).map(|n| ended(CallStatus::Completed, 100 + n)))
                .collect()
        };
        assert!(reason(&rule, &calls(3, 3), 120).is_some(), "half of six");
        assert_eq!(reason(&rule, &calls(2, 4), 120), None, "a third of six");
        let of_none = AutoPause {
            failed_percent: Some(0),
            at_least_calls: 0,
            shortest_average_secs: Some(99),
            ..rule
        };
        assert_eq!(reason(&of_none, &[], 120), None, "nobody was called");
        assert_eq!(
            reason(&of_none, &[ended(CallStatus::Voicemail, 100)], 120),
            None,
            "none failed"
        );
    }

    #[test]
    fn calls_count_from_the_moment_of_the_start_and_for_just_as_long_as_was_said() {
        let rule = AutoPause::default();
        let calls: Vec<Call> = (0..5).map(|_| ended(CallStatus::Failed, 100)).collect();
        assert!(rule.reason(&calls, at(90), at(219)).is_some());
        assert_eq!(
            rule.reason(&calls, at(91), at(219)),
            None,
            "it was resumed a second later"
        );
        assert_eq!(rule.reason(&calls, at(90), at(220)), None, "two minutes are over");
    }

    #[test]
    fn answered_calls_are_short_on_average_when_there_are_enough_of_them() {
        let rule = AutoPause {
            shortest_average_secs: Some(5),
            failed_percent: None,
            ..AutoPause::default()
        };
        let lasting = |secs: &[u64]| -> Vec<Call> {
            let call = |secs: &u64| Call {
                duration_secs: Some(*secs),
                ..ended(CallStatus::Completed, 100)
            };
            secs.iter().map(call).collect()
        };
        let told = reason(&rule, &lasting(&[2, 4, 4, 5, 9]), 110).unwrap();
        assert!(told.starts_with("The last 5 answered calls lasted 4 s"), "{told}");
        assert_eq!(
            reason(&rule, &lasting(&[3, 4, 4, 5, 9]), 110),
            None,
            "five seconds are enough"
        );
        let mut few = lasting(&[1, 1, 1, 1]);
        few.push(ended(CallStatus::NoAnswer, 100));
        assert_eq!(reason(&rule, &few, 110), None, "four of them say nothing");
    }
}
