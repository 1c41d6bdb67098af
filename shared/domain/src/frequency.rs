//! How often one person may be called, counted over all campaigns.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_calling_hours::{CallLimit, Decision};

use crate::{CallId, Campaign};

/// The longest span that is looked back on: 30 days.
pub const LONGEST_CAP_HOURS: u32 = 30 * 24;

/// At most so many calls to one person within so many hours, whichever campaign makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FrequencyCap {
    /// Calls that are allowed: 1 to 100.
    pub calls: u32,
    /// Hours that are looked back on, counted from the moment of the call: 1 to 720.
    pub hours: u32,
}

/// The calls to one number in the last 30 days, whoever made them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dialled {
    /// When which call was placed. One that turned out never to have been placed is taken out again.
    pub calls: BTreeMap<CallId, Timestamp>,
    /// Counts changes; the write of the next call is conditional on it. 0: there was none yet.
    pub version: u64,
}

/// What a dial must not exceed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FrequencyLimits(Vec<CallLimit>);

impl FrequencyLimits {
    /// The caps of the campaign, and what the rules of the person's country and state say besides.
    pub fn of(campaign: &Campaign, decision: &Decision) -> Self {
        let caps = campaign.rules.frequency_caps.iter().map(|cap| CallLimit {
            calls: cap.calls,
            hours: cap.hours,
            about: None,
        });
        Self(
            caps.chain(decision.call_limits().map(|(_, limit)| *limit))
                .collect(),
        )
    }

    /// The first moment from `now` on at which one more call to the person is within every limit.
    pub fn next_allowed(&self, dialled: &Dialled, now: Timestamp) -> Timestamp {
        let earlier: Vec<Timestamp> = dialled.calls.values().copied().collect();
        // Waiting for one limit may run into no other: each only gets wider with time.
        self.0
            .iter()
            .map(|limit| limit.next_allowed(&earlier, now))
            .fold(now, Timestamp::max)
    }
}

impl Dialled {
    /// The same calls and one more, without those that no limit looks back on any more.
    #[must_use]
    pub fn and(&self, call: &CallId, now: Timestamp) -> Self {
        let oldest = now.saturating_sub(SignedDuration::from_hours(i64::from(LONGEST_CAP_HOURS)));
        let oldest = oldest.unwrap_or(Timestamp::MIN);
        let mut calls = self.calls.clone();
        calls.retain(|_, at| *at > oldest);
        calls.insert(call.clone(), now);
        Self {
            calls,
            version: self.version + 1,
        }
    }

    /// Whether the person was called within so many days before `now`.
    pub fn called_within(&self, days: u32, now: Timestamp) -> bool {
        let span = SignedDuration::from_hours(24 * i64::from(days));
        self.calls.values().any(|at| now.duration_since(*at) < span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{campaign, recipient};
    use crate::{CallingHours, RecipientStatus};
    use proptest::prelude::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hour * 3_600).unwrap()
    }

    fn dialled(hours: &[i64]) -> Dialled {
        hours
            .iter()
            .enumerate()
            .fold(Dialled::default(), |seen, (n, hour)| {
                seen.and(&CallId::derived(&[&n.to_string()]), at(*hour))
            })
    }

    #[test]
    fn the_caps_of_the_campaign_and_of_the_law_hold_together() {
        let mut campaign = campaign();
        campaign.rules.frequency_caps = vec![FrequencyCap { calls: 2, hours: 168 }];
        let mut person = recipient(RecipientStatus::Queued);
        // Florida allows three calls in 24 hours about the same subject.
        person.phone_number = "+13055550100".parse().unwrap();
        let decision = person.may_be_called(&CallingHours::default(), at(0));
        let limits = FrequencyLimits::of(&campaign, &decision);
        assert_eq!(limits.next_allowed(&dialled(&[0]), at(1)), at(1));
        assert_eq!(limits.next_allowed(&dialled(&[0, 1]), at(2)), at(168));
        campaign.rules.frequency_caps = Vec::new();
        let limits = FrequencyLimits::of(&campaign, &decision);
        assert_eq!(limits.next_allowed(&dialled(&[0, 1, 2]), at(3)), at(24));
    }

    #[test]
    fn what_is_a_month_ago_is_forgotten() {
        let seen = dialled(&[0, 1, 721]);
        assert_eq!(seen.calls.len(), 1);
        assert_eq!(seen.version, 3);
        assert!(seen.called_within(1, at(722)) && !seen.called_within(1, at(745)));
    }

    proptest! {
        /// Calls that wait for their moment never exceed a cap, wherever one looks.
        #[test]
        fn no_cap_is_exceeded(
            caps in prop::collection::vec((1u32..5, 1u32..=LONGEST_CAP_HOURS), 0..4),
            waits in prop::collection::vec(0i64..200, 1..60),
        ) {
            let mut campaign = campaign();
            campaign.rules.frequency_caps =
                caps.iter().map(|(calls, hours)| FrequencyCap { calls: *calls, hours: *hours }).collect();
            let person = recipient(RecipientStatus::Queued);
            let decision = person.may_be_called(&CallingHours::always(), at(0));
            let limits = FrequencyLimits::of(&campaign, &decision);
            let (mut seen, mut now, mut all) = (Dialled::default(), at(0), Vec::new());
            for (n, wait) in waits.iter().enumerate() {
                now = limits.next_allowed(&seen, now + SignedDuration::from_hours(*wait));
                prop_assert_eq!(limits.next_allowed(&seen, now), now);
                seen = seen.and(&CallId::derived(&[&n.to_string()]), now);
                all.push(now);
            }
            for cap in &campaign.rules.frequency_caps {
                let span = SignedDuration::from_hours(i64::from(cap.hours));
                for call in &all {
                    let within = all.iter().filter(|other| **other <= *call && call.duration_since(**other) < span);
                    prop_assert!(within.count() <= cap.calls as usize);
                }
            }
        }
    }
}
