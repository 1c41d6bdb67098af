//! Calls in progress, as the provider saw them.

use jiff::Timestamp;
use switchboard_simulator::{Dial, Ledger};

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// Seconds of a placed call that lie between the two moments.
fn secs_within(dial: &Dial, from: Timestamp, to: Timestamp) -> f64 {
    let begun = time(&dial.at).filter(|_| dial.placed);
    let ended = dial.ended_at.as_deref().and_then(time).unwrap_or(to);
    begun.map_or(0.0, |begun| {
        ended
            .min(to)
            .duration_since(begun.max(from))
            .as_secs_f64()
            .max(0.0)
    })
}

/// How many calls were in progress on average between the two moments, to the numbers that begin with `prefix`.
pub fn average_live(ledger: &Ledger, prefix: &str, from: Timestamp, to: Timestamp) -> f64 {
    let numbers = ledger
        .by_number
        .iter()
        .filter(|(number, _)| number.starts_with(prefix));
    let secs: f64 = numbers
        .flat_map(|(_, dials)| dials)
        .map(|dial| secs_within(dial, from, to))
        .sum();
    secs / to.duration_since(from).as_secs_f64().max(f64::MIN_POSITIVE)
}

/// Dial requests between the two moments, to the numbers that begin with `prefix`.
pub fn dials_between(ledger: &Ledger, prefix: &str, from: Timestamp, to: Timestamp) -> usize {
    let numbers = ledger
        .by_number
        .iter()
        .filter(|(number, _)| number.starts_with(prefix));
    numbers
        .flat_map(|(_, dials)| dials)
        .filter(|dial| time(&dial.at).is_some_and(|at| (from..to).contains(&at)))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        let dial = |at: &str, ended: Option<&str>| Dial {
            at: at.to_owned(),
            conversation_id: None,
            user_id: None,
            outcome: "answered".to_owned(),
            placed: true,
            platform: switchboard_simulator::Platform::default(),
            ended_at: ended.map(str::to_owned),
        };
        let one = dial("2026-11-20T10:00:00.000Z", Some("2026-11-20T10:00:30.000Z"));
        let two = dial("2026-11-20T10:00:20.000Z", None);
        Ledger {
            by_number: [("+1201".to_owned(), vec![one]), ("+1202".to_owned(), vec![two])].into(),
            ..Ledger::default()
        }
    }

    #[test]
    fn calls_count_for_the_part_of_them_that_lies_within() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (from, to) = (at("2026-11-20T10:00:10Z"), at("2026-11-20T10:00:40Z"));
        // Twenty seconds of the one and twenty of the other, in thirty.
        assert!((average_live(&ledger(), "+1", from, to) - 40.0 / 30.0).abs() < 1e-9);
        assert!((average_live(&ledger(), "+1201", from, to) - 20.0 / 30.0).abs() < 1e-9);
        assert_eq!(dials_between(&ledger(), "+1", from, to), 1);
    }
}
