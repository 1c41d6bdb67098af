//! Tallies by a key of which there may be any number.

use std::collections::HashMap;

use super::row::{ReportRow, Tally};

/// Rows shown of a variable's values.
pub(super) const MOST_ROWS: usize = 50;
/// Values that are told apart over all variables of one report: their memory is bounded.
pub(super) const MOST_VALUES: usize = 200_000;
/// Characters of a value that are told apart.
const LONGEST_VALUE: usize = 100;

/// The values of one variable.
#[derive(Debug, Default)]
pub(super) struct Values {
    known: HashMap<String, Tally>,
    beyond: Tally,
}

impl Values {
    /// Counts a call; `room` says whether a value that is new may be remembered. Answers whether it was.
    pub(super) fn add(&mut self, value: &str, tally: Tally, room: bool) -> bool {
        let short = value
            .char_indices()
            .nth(LONGEST_VALUE)
            .map_or(value, |(end, _)| &value[..end]);
        if let Some(known) = self.known.get_mut(short) {
            known.add(tally);
            return false;
        }
        if !room {
            self.beyond.add(tally);
            return false;
        }
        self.known.insert(short.to_owned(), tally);
        true
    }

    /// The values with the most calls, all others together, and what was counted of both.
    pub(super) fn rows(self) -> (Vec<ReportRow>, Option<ReportRow>, Tally) {
        let mut rest = self.beyond;
        let all = self.known.values().copied().fold(self.beyond, |mut sum, tally| {
            sum.add(tally);
            sum
        });
        let mut known: Vec<_> = self.known.into_iter().collect();
        known.sort_by(|(value, tally), (other, others)| {
            others.calls.cmp(&tally.calls).then_with(|| value.cmp(other))
        });
        for (_, tally) in known.iter().skip(MOST_ROWS) {
            rest.add(*tally);
        }
        known.truncate(MOST_ROWS);
        let rows = known
            .into_iter()
            .map(|(value, tally)| ReportRow::new(value, tally));
        (rows.collect(), ReportRow::some("other", rest), all)
    }
}
