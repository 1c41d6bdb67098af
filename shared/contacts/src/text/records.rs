//! Lines to records.

use std::io::{self, BufRead};

use memchr::{memchr, memmem};

use super::{
    delimiter::Dialect,
    lines::{Line, Lines},
    quotes::{QuoteState, follow},
    splitter::Splitter,
};
use crate::{
    RejectReason,
    limits::{MAX_RECORD_LINES, MAX_ROW_BYTES, MAX_SHOWN_CHARS},
    rows::Row,
};

/// Bytes that may be joined in vain before a quote that is left open is no longer followed: a file in which
/// every line opens one would be read a hundred times.
const VAIN_BYTES: usize = 64 << 20;
/// What joining a line costs besides its bytes.
const VAIN_LINE_BYTES: usize = 64;

/// Joins lines while a quote is open, and splits what comes of it into cells.
pub(super) struct Records<R> {
    lines: Lines<R>,
    delimiter: u8,
    is_wrapped: bool,
    splitter: Splitter,
    line: Line,
    /// Bytes that were joined in vain so far.
    vain: usize,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(lines: Lines<R>, dialect: Dialect) -> Self {
        Self {
            lines,
            delimiter: dialect.delimiter,
            is_wrapped: dialect.is_wrapped,
            splitter: Splitter::new(dialect.delimiter),
            line: Line::default(),
            vain: 0,
        }
    }

    /// Blank lines that were passed over so far.
    pub(super) fn passed(&self) -> u64 {
        self.lines.passed()
    }

    pub(super) fn reader(&self) -> &R {
        self.lines.reader()
    }

    /// Reads the next record into `row`; false at the end. Blank lines may be passed over.
    pub(super) fn next_row(&mut self, row: &mut Row) -> io::Result<bool> {
        self.lines.pass_blank()?;
        if !self.lines.next_line(&mut self.line)? {
            return Ok(false);
        }
        row.begin(self.line.number);
        if self.line.is_cut {
            spoil(row, &self.line, RejectReason::RowTooLong);
        } else if memchr(b'"', &self.line.text).is_none() {
            self.splitter.split_plain(&self.line.text, row);
        } else {
            self.read_quoted(row)?;
        }
        Ok(true)
    }

    /// Reads on while the quote that the line leaves open is open.
    fn read_quoted(&mut self, row: &mut Row) -> io::Result<()> {
        if let Some(tight) = tight(&self.line.text, self.delimiter) {
            self.line.text = tight;
        }
        let (mut state, _) = follow(&self.line.text, self.delimiter, QuoteState::CellStart);
        if state != QuoteState::Quoted {
            let record = std::mem::take(&mut self.line.text);
            self.split(&record, row);
            self.line.text = record;
            return Ok(());
        }
        if self.vain > VAIN_BYTES {
            spoil(row, &self.line, RejectReason::UnbalancedQuote);
            return Ok(());
        }
        let mut record = self.line.text.clone();
        let mut joined: Vec<Line> = Vec::new();
        while state == QuoteState::Quoted {
            let mut line = Line::default();
            let is_there = self.lines.next_line(&mut line)?;
            let fits = is_there
                && !line.is_cut
                && joined.len() < MAX_RECORD_LINES
                && record.len() + line.text.len() < MAX_ROW_BYTES;
            if fits {
                record.push(b'\n');
                record.extend_from_slice(&line.text);
                state = follow(&line.text, self.delimiter, state).0;
            }
            if is_there {
                joined.push(line);
            }
            if !fits {
                // Only the first line is lost: the others are read again as rows of their own.
                self.vain += record.len() + VAIN_LINE_BYTES * joined.len();
                self.lines.give_back(joined.into_iter());
                spoil(row, &self.line, RejectReason::UnbalancedQuote);
                return Ok(());
            }
        }
        self.split(&record, row);
        Ok(())
    }

    fn split(&mut self, record: &[u8], row: &mut Row) {
        self.splitter.split(record, row);
        if self.is_wrapped && row.len() == 1 {
            let inner = row.cell(0).to_owned();
            row.begin(row.line);
            self.splitter.split(inner.as_bytes(), row);
        }
    }
}

/// The line without the spaces before quotes that open a cell, as in `a, "b, c"`; none when it has no such
/// cell, which also has to end on this line.
fn tight(line: &[u8], delimiter: u8) -> Option<Vec<u8>> {
    let is_candidate = line.first() == Some(&b' ') || memmem::find(line, &[delimiter, b' ']).is_some();
    if !is_candidate || memmem::find(line, b" \"").is_none() {
        return None;
    }
    let mut tight = Vec::with_capacity(line.len());
    let mut rest = line;
    loop {
        let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
        let quoted = match rest.get(spaces) {
            Some(b'"') => quoted_len(&rest[spaces..], delimiter),
            _ => None,
        };
        let end = match quoted {
            Some(length) => {
                rest = &rest[spaces..];
                length
            }
            // Not closed here, so what follows may be inside it.
            None if rest.first() == Some(&b'"') => return None,
            None => memchr(delimiter, rest).unwrap_or(rest.len()),
        };
        // With the delimiter, where there is one.
        let (cell, behind) = rest.split_at((end + 1).min(rest.len()));
        tight.extend_from_slice(cell);
        rest = behind;
        if rest.is_empty() {
            return Some(tight);
        }
    }
}

/// Bytes of a cell in quotes up to the delimiter or the end of the line; none when it is not closed before.
fn quoted_len(text: &[u8], delimiter: u8) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr(b'"', &text[at..])? + 1;
        if text.get(at) != Some(&b'"') {
            break;
        }
        at += 1;
    }
    let spaces = text[at..].iter().take_while(|byte| **byte == b' ').count();
    let behind = text.get(at + spaces);
    behind
        .is_none_or(|byte| *byte == delimiter)
        .then_some(at + spaces)
}

fn spoil(row: &mut Row, line: &Line, reason: RejectReason) {
    let beginning: String = String::from_utf8_lossy(&line.text)
        .chars()
        .take(MAX_SHOWN_CHARS)
        .collect();
    row.spoil(&beginning, reason);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        let dialect = Dialect {
            delimiter: b',',
            is_wrapped: text.starts_with("\"w"),
        };
        let mut records = Records::new(Lines::new(text.as_bytes()), dialect);
        let mut rows = Vec::new();
        let mut row = Row::default();
        while records.next_row(&mut row).unwrap() {
            rows.push(row.clone());
        }
        rows
    }

    fn lines_and_cells(text: &str) -> Vec<(u64, usize, Option<RejectReason>)> {
        rows(text)
            .iter()
            .map(|row| (row.line, row.len(), row.defect))
            .collect()
    }

    #[test]
    fn a_record_is_on_the_line_where_it_begins() {
        assert_eq!(
            lines_and_cells("a,b\r\n\"x\ny\nz\",2\n\n3,4"),
            [(1, 2, None), (2, 2, None), (6, 2, None)]
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
                .all(|(i, row)| row.line == i as u64 + 3 && row.cells().eq(["c", "d"]))
        );
    }

    #[test]
    fn a_quote_open_at_the_end_costs_one_row() {
        assert_eq!(
            lines_and_cells("\"a,1\nb,2"),
            [(1, 1, Some(RejectReason::UnbalancedQuote)), (2, 2, None)]
        );
    }

    #[test]
    fn spaces_before_a_quote_do_not_keep_it_from_opening_a_cell() {
        for (text, cells) in [
            ("a, \"b, c\"", &["a", "b, c"][..]),
            (" \"a\"\"b\" ,c", &["a\"b", "c"]),
            ("a, \"b\" and c,d", &["a", "\"b\" and c", "d"]),
            ("a, \"b,c", &["a", "\"b", "c"]),
            ("say \"hi\", you", &["say \"hi\"", "you"]),
            ("x, \"\"", &["x", ""]),
        ] {
            assert_eq!(rows(text)[0].cells().collect::<Vec<_>>(), cells, "{text}");
        }
    }

    #[test]
    fn lines_that_are_one_quoted_cell_are_unwrapped() {
        let rows = rows("\"wide,name\"\n\"1,\"\"a, b\"\"\"\n2,c");
        let cells: Vec<Vec<&str>> = rows.iter().map(|row| row.cells().collect()).collect();
        assert_eq!(cells, [["wide", "name"], ["1", "a, b"], ["2", "c"]]);
    }

    #[test]
    fn quotes_that_never_close_are_given_up_after_a_while() {
        let text = format!("\"{}\n", "x".repeat(60_000)).repeat(3_000);
        let rows = rows(&text);
        assert_eq!(rows.len(), 3_000);
        assert!(
            rows.iter()
                .all(|row| row.defect == Some(RejectReason::UnbalancedQuote))
        );
    }
}
