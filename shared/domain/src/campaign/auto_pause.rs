//! Campaigns that pause by themselves when something is plainly wrong.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Call, CallStatus};

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
}

impl Default for AutoPause {
    fn default() -> Self {
        Self {
            within_secs: 120,
            at_least_calls: 5,
            failed_percent: Some(50),
            voicemail_percent: None,
            no_answer_percent: None,
            shortest_average_secs: None,
        }
    }
}

impl AutoPause {
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
}
