//! Random questions, compared minute by minute with the plain reading.

use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use switchboard_calling_hours::Answer;

use crate::reference::{cases, never_meet, zones};

/// Moments between two: the first and the last, one second inside each, and one every few minutes.
fn sampled(from: Timestamp, to: Timestamp, step: i64) -> impl Iterator<Item = Timestamp> {
    let (first, last) = (from.as_second(), to.as_second());
    let edges = [first, first + 1, first + 59, last - 60, last - 1].into_iter();
    let inside = (first..last)
        .step_by(usize::try_from(step * 60 + 1).unwrap())
        .take(2_000);
    edges
        .chain(inside)
        .filter(move |s| (first..last).contains(s))
        .map(|s| Timestamp::from_second(s).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_decision_is_what_a_plain_reading_says((case, now) in cases(), step in 1i64..40) {
        let decision = case.decide(now);
        let (zones, rules) = (zones(&decision), decision.rules_used.clone());
        let is_open = |at| case.is_open(&zones, &rules, at);
        let horizon = now.checked_add((400 * 24).hours()).unwrap();
        match &decision.answer {
            Answer::Open { until } => {
                prop_assert!(*until > now);
                for at in sampled(now, *until, step) {
                    prop_assert!(is_open(at), "open until {until}, but not at {at}");
                }
                prop_assert!(*until == horizon || !is_open(*until), "still open at {until}");
            }
            Answer::Closed { opens_at, because } => {
                prop_assert!(*opens_at > now && !never_meet(because));
                prop_assert_eq!(opens_at.as_second() % 60, 0);
                for at in sampled(now, *opens_at, step) {
                    prop_assert!(!is_open(at), "closed until {opens_at}, but not at {at}");
                }
                prop_assert!(is_open(*opens_at), "not open at {opens_at}");
            }
            Answer::Never { because } => {
                prop_assert!(never_meet(because));
                for at in sampled(now, horizon, 288 + step) {
                    prop_assert!(!is_open(at), "never, but open at {at}");
                }
            }
        }
    }

    #[test]
    fn asking_again_at_the_time_it_gives_is_open((case, now) in cases()) {
        if let Answer::Closed { opens_at, .. } = case.decide(now).answer {
            prop_assert!(case.decide(opens_at).is_open());
            let before = opens_at.checked_sub(1.second()).unwrap();
            prop_assert!(!case.decide(before).is_open());
        }
    }
}
