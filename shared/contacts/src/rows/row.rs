//! One row, whatever the format.

use std::ops::Range;

use crate::{RejectReason, limits::MAX_COLUMNS};

/// One row, its cells trimmed and free of control characters. Its buffers are used again for the next.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Row {
    /// Line of the file, from 1.
    pub(crate) line: u64,
    /// Why the row as a whole cannot be used.
    pub(crate) defect: Option<RejectReason>,
    /// Cells that show an error, and are read as empty.
    pub(crate) error_cells: u64,
    /// The cells, one after another; with a defect, as much as can be shown.
    text: String,
    /// Where each cell ends in `text`.
    ends: Vec<usize>,
    /// Cells up to the last one with something in it.
    width: usize,
}

impl Row {
    /// Empties the row for the one on this line.
    pub(crate) fn begin(&mut self, line: u64) {
        self.line = line;
        self.defect = None;
        self.error_cells = 0;
        self.text.clear();
        self.ends.clear();
        self.width = 0;
    }

    /// Adds a cell behind the others; one too many is a defect.
    pub(crate) fn push(&mut self, cell: &str) {
        self.push_clean(cell, true);
    }

    /// Adds a cell that may have control characters in it only if it `may_be_stray`.
    pub(crate) fn push_clean(&mut self, cell: &str, may_be_stray: bool) {
        let cell = cell.trim();
        if self.ends.len() >= MAX_COLUMNS {
            if !cell.chars().all(is_stray) {
                self.width = self.ends.len() + 1;
                self.defect = Some(RejectReason::TooManyCells);
            }
            return;
        }
        let start = self.text.len();
        if may_be_stray && may_have_stray(cell) && cell.contains(is_stray) {
            let clean: String = cell.chars().filter(|c| !is_stray(*c)).collect();
            self.text.push_str(clean.trim());
        } else {
            self.text.push_str(cell);
        }
        self.ends.push(self.text.len());
        if self.text.len() > start {
            self.width = self.ends.len();
        }
    }

    /// Puts a cell at its column, which a workbook names; cells come from left to right as a rule.
    pub(crate) fn put(&mut self, column: usize, cell: &str) {
        if column < self.ends.len() {
            let mut cells: Vec<String> = self.cells().map(str::to_owned).collect();
            cell.clone_into(&mut cells[column]);
            (self.width, self.defect) = (0, None);
            self.text.clear();
            self.ends.clear();
            for cell in &cells {
                self.push(cell);
            }
            return;
        }
        self.ends.resize(column.min(MAX_COLUMNS), self.text.len());
        self.push(cell);
    }

    /// Takes back the quotation mark that kept a spreadsheet program from running a cell as a formula, as
    /// [`switchboard_domain::csv_safe`] put it there.
    pub(crate) fn take_back_quotes(&mut self) {
        let is_quoted = |cell: &str| {
            cell.strip_prefix('\'')
                .is_some_and(|rest| rest.starts_with(['=', '+', '-', '@']))
        };
        if !self.cells().any(is_quoted) {
            return;
        }
        let cells: Vec<String> = self
            .cells()
            .map(|cell| if is_quoted(cell) { &cell[1..] } else { cell })
            .map(str::to_owned)
            .collect();
        self.text.clear();
        self.ends.clear();
        for cell in cells {
            self.text.push_str(&cell);
            self.ends.push(self.text.len());
        }
    }

    /// Empties the cells and keeps the beginning of what they say, since the row cannot be used.
    pub(crate) fn spoil(&mut self, beginning: &str, reason: RejectReason) {
        self.text.clear();
        self.ends.clear();
        self.width = 0;
        self.push(beginning);
        self.defect = Some(reason);
    }

    /// Whether nothing is in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.defect.is_none() && self.width == 0
    }

    /// Cells up to the last one with something in it.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// How many cells the row has, empty ones included.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of all cells together.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The cell of a column; empty where the row is short.
    pub(crate) fn cell(&self, column: usize) -> &str {
        self.place(column)
            .and_then(|place| self.text.get(place))
            .unwrap_or_default()
    }

    /// All cells, in the order of the file.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|column| self.cell(column))
    }

    fn place(&self, column: usize) -> Option<Range<usize>> {
        let end = *self.ends.get(column)?;
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(start..end)
    }
}

/// Whether a look at the bytes shows control characters, or what may be some. No `any`: looking at all bytes
/// is quicker than stopping at the first.
fn may_have_stray(cell: &str) -> bool {
    let is_suspicious = |byte: &u8| matches!(byte, 0..=0x08 | 0x0B..=0x1F | 0x7F | 0xC2);
    cell.as_bytes()
        .iter()
        .fold(false, |found, byte| found | is_suspicious(byte))
}

/// Control characters, line breaks and tabs excepted.
fn is_stray(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

#[cfg(test)]
impl Row {
    pub(crate) fn of(line: u64, cells: &[&str]) -> Self {
        let mut row = Self::default();
        row.begin(line);
        for cell in cells {
            row.push(cell);
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_trimmed_and_lose_control_characters() {
        let row = Row::of(1, &[" a\0b ", "\u{a0}x\ny\t", "\u{7f}"]);
        assert_eq!(row.cells().collect::<Vec<_>>(), ["ab", "x\ny", ""]);
        assert_eq!(row.width(), 2);
    }

    #[test]
    fn too_many_cells_are_a_defect_only_when_something_is_in_them() {
        assert_eq!(Row::of(1, &[""; 500]).defect, None);
        assert_eq!(Row::of(1, &["x"; 101]).defect, Some(RejectReason::TooManyCells));
    }

    #[test]
    fn cells_find_their_columns_in_any_order() {
        let mut row = Row::of(1, &[]);
        for (column, cell) in [(2, "c"), (0, "a"), (4, "e"), (2, "C")] {
            row.put(column, cell);
        }
        assert_eq!(row.cells().collect::<Vec<_>>(), ["a", "", "C", "", "e"]);
        row.put(1_000_000, "far");
        assert_eq!((row.defect, row.len()), (Some(RejectReason::TooManyCells), 100));
        row.spoil("shown", RejectReason::RowTooLong);
        assert_eq!(
            (row.cell(0), row.defect),
            ("shown", Some(RejectReason::RowTooLong))
        );
        row.begin(2);
        assert!(row.is_blank());
    }

    #[test]
    fn a_row_counts_its_cells_to_the_last_that_is_filled() {
        let row = Row::of(3, &["a", "", "bc", ""]);
        assert_eq!((row.line, row.len(), row.width(), row.bytes()), (3, 4, 3, 3));
        assert_eq!(row.cells().collect::<Vec<_>>(), ["a", "", "bc", ""]);
        assert!(!row.is_blank() && Row::of(1, &["", " "]).is_blank());
        let mut again = row;
        again.begin(4);
        assert_eq!(
            (again.line, again.len(), again.width(), again.bytes()),
            (4, 0, 0, 0)
        );
        again.defect = Some(RejectReason::RowTooLong);
        assert!(!again.is_blank(), "something is wrong with it");
    }

    #[test]
    fn quotes_before_what_looks_like_a_formula_are_taken_back() {
        let mut row = Row::of(1, &["'=1", "'+2", "'-3", "'@4", "'5", "=6", ""]);
        row.take_back_quotes();
        assert_eq!(
            row.cells().collect::<Vec<_>>(),
            ["=1", "+2", "-3", "@4", "'5", "=6", ""]
        );
        assert_eq!(row.width(), 6);
    }

    #[test]
    fn a_spoilt_row_keeps_its_beginning() {
        let mut row = Row::of(1, &["a", "b"]);
        row.spoil("abc", RejectReason::RowTooLong);
        assert_eq!(
            (row.len(), row.cell(0), row.defect),
            (1, "abc", Some(RejectReason::RowTooLong))
        );
    }

    #[test]
    fn control_characters_are_stray_and_breaks_of_lines_are_not() {
        let cleaned = |cell: &str| Row::of(1, &[cell]).cell(0).to_owned();
        for stray in [
            '\u{0}', '\u{8}', '\u{B}', '\u{1F}', '\u{7F}', '\u{80}', '\u{9F}', '\r',
        ] {
            assert_eq!(cleaned(&format!("a{stray}b")), "ab", "{stray:?}");
        }
        for fine in ['\n', '\t', '\u{A0}', 'Â', 'é'] {
            let text = format!("a{fine}b");
            assert_eq!(cleaned(&text), text);
        }
        let mut row = Row::default();
        row.begin(1);
        row.push_clean("a\u{0}b", false);
        assert_eq!(row.cell(0), "a\u{0}b", "somebody has looked already");
    }
}
