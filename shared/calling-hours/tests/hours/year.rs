//! A whole year, opening by opening, in every odd zone.

use jiff::{Timestamp, ToSpan};
use switchboard_calling_hours::{Answer, Rule, RuleChoice};

use crate::reference::{Case, ODD_ZONES, zones};

#[test]
fn a_year_goes_by_opening_by_opening() {
    let rule = Rule::find("fr").unwrap();
    // Over lunch, over midnight, and the hour in which clocks change.
    let spans: Vec<_> = (0..7)
        .flat_map(|day| [(day, 545, 1195), (day, 1320, 150)])
        .collect();
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let end: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    for zone in ODD_ZONES {
        for rules in [vec![rule], vec![]] {
            let case = Case::new(
                "+33612345678",
                Some(zone),
                spans.clone(),
                RuleChoice::Only(rules.clone()),
                true,
            );
            let zones = zones(&case.decide(start));
            let (mut at, mut openings) = (start, 0);
            while at < end {
                let (open, next) = match case.decide(at).answer {
                    Answer::Open { until } => (true, until),
                    Answer::Closed { opens_at, .. } => (false, opens_at),
                    Answer::Never { .. } => panic!("{zone}: never at {at}"),
                };
                openings += usize::from(open);
                let mut minute = at;
                while minute < next.min(end) {
                    assert_eq!(case.is_open(&zones, &rules, minute), open, "{zone} at {minute}");
                    minute = minute.checked_add(15.minutes()).unwrap();
                }
                assert_ne!(
                    case.is_open(&zones, &rules, next),
                    open,
                    "{zone}: no change at {next}"
                );
                at = next;
            }
            let least = if rules.is_empty() { 720 } else { 480 };
            assert!(openings >= least, "{zone}: {openings} openings");
        }
    }
}
