//! What the simulator saw, held against the promises.

use std::collections::BTreeMap;

use switchboard_simulator::Ledger;

/// Placed dials per number.
pub fn placed_by_number(ledger: &Ledger) -> BTreeMap<String, usize> {
    let placed = |dials: &Vec<switchboard_simulator::Dial>| dials.iter().filter(|dial| dial.placed).count();
    ledger
        .by_number
        .iter()
        .map(|(number, dials)| (number.clone(), placed(dials)))
        .collect()
}

/// Nobody was called more often than `most` says, and never more than `limit` at one time.
///
/// # Panics
/// When somebody was.
pub fn assert_dials_within(ledger: &Ledger, most: impl Fn(&str) -> usize, limit: u32) {
    for (number, placed) in placed_by_number(ledger) {
        assert!(
            placed <= most(&number),
            "{} placed dials to a number ending in {}",
            placed,
            &number[number.len() - 2..]
        );
    }
    assert!(
        ledger.peak_live <= limit,
        "{} calls at one time, the limit is {limit}",
        ledger.peak_live
    );
}
