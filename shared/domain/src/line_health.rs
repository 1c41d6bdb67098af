//! Whether people answer calls from a phone line as they used to.

use jiff::{SignedDuration, Timestamp};

use crate::Proportion;

/// Calls of which the latest hours are looked at.
const RECENT_CALLS: u64 = 50;
/// Fewer recent calls say nothing, nor do fewer usual ones.
const FEWEST_CALLS: u64 = 30;
/// How far back recent calls are looked for, in hours.
pub const RECENT_HOURS: i64 = 24;
/// How far back, before the recent hours, is what is usual, in days.
pub const USUAL_DAYS: i64 = 7;
/// Standard errors below the usual from which a drop is no chance: one in a hundred, one-sided.
const SIGNIFICANT: f64 = 2.326;

/// The calls from one line that were placed in one hour and are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineHour {
    /// When the hour begins.
    pub from: Timestamp,
    /// Calls.
    pub calls: u64,
    /// Those that a person answered.
    pub answered: u64,
}

/// People answer far less than they used to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnswerRateDrop {
    /// When the first of the recent hours began.
    pub since: Timestamp,
    /// Calls in the recent hours.
    pub calls: u64,
    /// Share of them that was answered, 0 to 1.
    pub rate: f64,
    /// Share that was answered in the seven days before.
    pub usual: f64,
}

/// Whether fewer than half as many people answer as in the seven days before, and it is hardly chance.
///
/// Looked at are the latest hours that have 50 calls together, of the last 24; with fewer than 30 calls, in
/// them or before, nothing is said. `hours` may be in any order and may have gaps.
pub fn answer_rate_drop(hours: &[LineHour], now: Timestamp) -> Option<AnswerRateDrop> {
    let mut hours: Vec<LineHour> = hours.iter().copied().filter(|hour| hour.from <= now).collect();
    hours.sort_by_key(|hour| std::cmp::Reverse(hour.from));
    let earliest = now
        .saturating_sub(SignedDuration::from_hours(RECENT_HOURS))
        .ok()?;
    let mut recent = (0, 0);
    let mut since = now;
    for hour in &hours {
        let enough = recent.0 >= RECENT_CALLS && hour.from < since;
        if hour.from < earliest || enough {
            break;
        }
        recent = (recent.0 + hour.calls, recent.1 + hour.answered);
        since = hour.from;
    }
    let days_before = since
        .saturating_sub(SignedDuration::from_hours(24 * USUAL_DAYS))
        .ok()?;
    let before = hours
        .iter()
        .filter(|hour| hour.from < since && hour.from >= days_before);
    let usual = before.fold((0, 0), |sum, hour| (sum.0 + hour.calls, sum.1 + hour.answered));
    if recent.0 < FEWEST_CALLS || usual.0 < FEWEST_CALLS {
        return None;
    }
    let (now_rate, usual_rate) = (
        Proportion::new(recent.1, recent.0)?,
        Proportion::new(usual.1, usual.0)?,
    );
    let halved = now_rate.share() < usual_rate.share() / 2.0;
    (halved && now_rate.below(usual_rate) >= SIGNIFICANT).then(|| AnswerRateDrop {
        since,
        calls: recent.0,
        rate: now_rate.share(),
        usual: usual_rate.share(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOON: &str = "2026-11-20T12:20:00Z";

    fn now() -> Timestamp {
        NOON.parse().unwrap()
    }

    /// An hour that began `ago` hours before the present one.
    fn hour(ago: i64, calls: u64, answered: u64) -> LineHour {
        let present: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        LineHour {
            from: present - SignedDuration::from_hours(ago),
            calls,
            answered,
        }
    }

    fn usual_days(answered: u64) -> Vec<LineHour> {
        (1..=5).map(|day| hour(24 * day + 2, 60, answered)).collect()
    }

    fn with(recent: &[LineHour]) -> Option<AnswerRateDrop> {
        let mut hours = usual_days(24);
        hours.extend(recent);
        answer_rate_drop(&hours, now())
    }

    #[test]
    fn a_line_that_half_as_many_people_answer_is_named() {
        let found = with(&[hour(0, 20, 2), hour(1, 30, 4)]).unwrap();
        assert_eq!((found.calls, found.rate, found.usual), (50, 0.12, 0.4));
        assert_eq!(found.since, hour(1, 0, 0).from);
    }

    #[test]
    fn nothing_is_said_of_few_calls_small_drops_or_chance() {
        assert_eq!(with(&[hour(0, 29, 0)]), None, "few calls");
        assert_eq!(with(&[hour(0, 50, 11)]), None, "more than half as many");
        assert_eq!(answer_rate_drop(&[hour(0, 60, 0)], now()), None, "nothing before");
        let mut rarely = usual_days(4);
        rarely.push(hour(0, 40, 1));
        assert_eq!(
            answer_rate_drop(&rarely, now()),
            None,
            "1 of 40 against 20 of 300 is chance"
        );
    }

    #[test]
    fn a_line_that_recovers_or_rests_is_not_named_any_more() {
        assert!(with(&[hour(2, 60, 3)]).is_some());
        assert_eq!(with(&[hour(2, 60, 3), hour(1, 60, 25)]), None, "it recovered");
        assert_eq!(with(&[hour(25, 60, 3)]), None, "it rests since yesterday");
    }

    #[test]
    fn only_seven_days_before_are_usual() {
        let old: Vec<_> = (8..12).map(|day| hour(24 * day, 100, 90)).collect();
        let mut hours = old;
        hours.push(hour(0, 60, 3));
        assert_eq!(answer_rate_drop(&hours, now()), None);
    }

    proptest! {
        /// A named line has a drop, whatever was counted; order does not matter and nothing panics.
        #[test]
        fn what_is_named_has_halved(counts in prop::collection::vec((0i64..300, 0u64..200, 0u64..200), 0..50)) {
            let hours: Vec<_> = counts.iter().map(|(ago, calls, answered)| hour(*ago, *calls, *answered.min(calls))).collect();
            let mut backwards = hours.clone();
            backwards.reverse();
            let found = answer_rate_drop(&hours, now());
            prop_assert_eq!(found.map(|drop| drop.rate), answer_rate_drop(&backwards, now()).map(|drop| drop.rate));
            if let Some(drop) = found {
                prop_assert!(drop.calls >= 30 && drop.rate < drop.usual / 2.0);
            }
        }
    }

    #[test]
    fn enough_recent_calls_are_fifty_and_no_hour_before_them_is_recent() {
        let found = with(&[hour(0, 49, 2), hour(1, 1, 0), hour(2, 100, 90)]).unwrap();
        assert_eq!((found.calls, found.since), (50, hour(1, 0, 0).from));
        let few = with(&[hour(0, 49, 2), hour(1, 1, 0)]).unwrap();
        assert_eq!(few.calls, 50);
        assert!(with(&[hour(0, 30, 1)]).is_some(), "thirty are enough to tell");
    }

    #[test]
    fn the_last_of_the_recent_hours_and_the_last_of_the_usual_days_count() {
        // It is twenty past twelve: an hour that began 23 hours before noon is of the last 24.
        assert!(with(&[hour(23, 60, 3)]).is_some());
        assert_eq!(with(&[hour(24, 60, 3)]), None);
        let told =
            |ago| answer_rate_drop(&[hour(0, 60, 3), hour(ago, 100, 90)], now()).map(|drop| drop.usual);
        assert_eq!((told(24 * 7), told(24 * 7 + 1)), (Some(0.9), None));
        let few = |calls| answer_rate_drop(&[hour(0, 60, 3), hour(5, calls, calls)], now()).is_some();
        assert_eq!((few(29), few(30)), (false, true));
        assert_eq!(
            answer_rate_drop(&[hour(-1, 60, 3), hour(5, 100, 90)], now()),
            None,
            "it is yet to come"
        );
    }

    #[test]
    fn just_half_as_many_is_no_drop() {
        let told = |answered| answer_rate_drop(&[hour(0, 100, answered), hour(5, 100, 80)], now()).is_some();
        assert_eq!((told(39), told(40)), (true, false));
    }
}
