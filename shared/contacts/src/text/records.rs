//! Lines to records.

use std::io::{self, BufRead};

use super::{
    lines::{Line, Lines},
    quotes::{QuoteState, follow},
    splitter::Splitter,
};
use crate::{
    RejectReason,
    limits::{MAX_RECORD_LINES, MAX_ROW_BYTES, MAX_SHOWN_CHARS},
    rows::Row,
};

/// Joins lines while a quote is open, and splits what comes of it into cells.
pub(super) struct Records<R> {
    lines: Lines<R>,
    delimiter: u8,
    splitter: Splitter,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(lines: Lines<R>, delimiter: u8) -> Self {
        Self {
            lines,
            delimiter,
            splitter: Splitter::new(delimiter),
        }
    }

    pub(super) fn reader(&self) -> &R {
        self.lines.reader()
    }

    /// The next record, blank lines included; `None` at the end.
    pub(super) fn next_row(&mut self) -> io::Result<Option<Row>> {
        let Some(first) = self.lines.next_line()? else {
            return Ok(None);
        };
        if first.is_cut {
            return Ok(Some(defective(&first, RejectReason::RowTooLong)));
        }
        if first.text.trim_ascii().is_empty() {
            return Ok(Some(Row::new(first.number, Vec::new())));
        }
        let (mut state, _) = follow(&first.text, self.delimiter, QuoteState::CellStart);
        if state != QuoteState::Quoted {
            return Ok(Some(Row::new(first.number, self.splitter.split(&first.text))));
        }
        let mut record = first.text.clone();
        let mut joined: Vec<Line> = Vec::new();
        while state == QuoteState::Quoted {
            let next = self.lines.next_line()?;
            let fits = next.as_ref().is_some_and(|line| {
                !line.is_cut
                    && joined.len() < MAX_RECORD_LINES
                    && record.len() + line.text.len() < MAX_ROW_BYTES
            });
            joined.extend(next);
            if !fits {
                // Only the first line is lost: the others are read again as rows of their own.
                self.lines.give_back(joined.into_iter());
                return Ok(Some(defective(&first, RejectReason::UnbalancedQuote)));
            }
            if let Some(line) = joined.last() {
                record.push(b'\n');
                record.extend_from_slice(&line.text);
                state = follow(&line.text, self.delimiter, state).0;
            }
        }
        Ok(Some(Row::new(first.number, self.splitter.split(&record))))
    }
}

fn defective(line: &Line, reason: RejectReason) -> Row {
    let beginning: String = String::from_utf8_lossy(&line.text)
        .chars()
        .take(MAX_SHOWN_CHARS)
        .collect();
    Row::defective(line.number, &beginning, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        let mut records = Records::new(Lines::new(text.as_bytes(), b'\n'), b',');
        std::iter::from_fn(|| records.next_row().unwrap()).collect()
    }

    fn lines_and_cells(text: &str) -> Vec<(u64, usize, Option<RejectReason>)> {
        rows(text)
            .iter()
            .map(|row| (row.line, row.cells.len(), row.defect))
            .collect()
    }

    #[test]
    fn a_record_is_on_the_line_where_it_begins() {
        assert_eq!(
            lines_and_cells("a,b\r\n\"x\ny\nz\",2\n\n3,4"),
            [(1, 2, None), (2, 2, None), (5, 0, None), (6, 2, None)]
        );
    }

    #[test]
    fn a_quote_that_never_closes_costs_one_row() {
        let text = format!("a,b\n\"open,1\n{}", "c,d\n".repeat(300));
        let rows = rows(&text);
        assert_eq!(rows.len(), 302);
        assert_eq!(
            (rows[1].line, rows[1].defect),
            (2, Some(RejectReason::UnbalancedQuote))
        );
        assert!(
            rows[2..]
                .iter()
                .enumerate()
                .all(|(i, row)| row.line == i as u64 + 3 && row.cells == ["c", "d"])
        );
    }

    #[test]
    fn a_quote_open_at_the_end_costs_one_row() {
        assert_eq!(
            lines_and_cells("\"a,1\nb,2"),
            [(1, 1, Some(RejectReason::UnbalancedQuote)), (2, 2, None)]
        );
    }
}
