//! The sample that the first start loads.

use std::collections::BTreeMap;

use crate::support::read;
use switchboard_contacts::RowOutcome;

#[test]
fn the_sample_has_as_many_good_and_wrong_rows_as_it_should() {
    let sample = include_str!("../../../../events/sample-contacts.csv");
    let (reader, outcomes) = read(sample).unwrap();
    let counts = reader.counts();
    assert_eq!(
        (counts.rows, counts.accepted, counts.rejected, counts.duplicate),
        (40, 33, 6, 1)
    );

    let mut reasons = BTreeMap::new();
    for outcome in &outcomes {
        if let RowOutcome::Rejected(row) = outcome {
            assert_eq!(row.column.as_deref(), Some("phone_number"));
            *reasons.entry(row.reason.code()).or_insert(0) += 1;
        }
    }
    let expected = [
        "emergency",
        "empty",
        "not_a_number",
        "precision_lost",
        "too_long",
        "too_short",
    ];
    assert_eq!(reasons, expected.map(|code| (code, 1)).into());
}

/// The simulator plays a caller by a number's last two digits; most should answer, and the long call 05
/// would keep the first start waiting.
#[test]
fn most_of_the_sample_answers() {
    let (_, outcomes) = read(include_str!("../../../../events/sample-contacts.csv")).unwrap();
    let special = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            RowOutcome::Accepted(contact) => contact.phone.as_str().get(10..),
            _ => None,
        })
        .filter(|last| ["01", "02", "03", "04", "05", "06"].contains(last))
        .collect::<Vec<_>>();
    assert_eq!(special, ["01", "02", "03", "04", "06"]);
}
