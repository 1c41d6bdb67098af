//! One row, whatever the format.

use crate::{RejectReason, limits::MAX_COLUMNS};

/// One row, its cells trimmed and free of control characters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// Line of the file, from 1.
    pub(crate) line: u64,
    /// What is in it; with a defect, as much as can be shown.
    pub(crate) cells: Vec<String>,
    /// Why the row as a whole cannot be used.
    pub(crate) defect: Option<RejectReason>,
    /// Cells that show an error, and are read as empty.
    pub(crate) error_cells: u64,
}

impl Row {
    /// A row of these cells; too many of them are a defect.
    pub(crate) fn new(line: u64, cells: Vec<String>) -> Self {
        let mut row = Self {
            line,
            cells,
            defect: None,
            error_cells: 0,
        };
        for cell in &mut row.cells {
            tidy(cell);
        }
        if row.width() > MAX_COLUMNS {
            row.defect = Some(RejectReason::TooManyCells);
        }
        row.cells.truncate(MAX_COLUMNS);
        row
    }

    /// A row that cannot be used, with the beginning of what it says.
    pub(crate) fn defective(line: u64, beginning: &str, reason: RejectReason) -> Self {
        let mut row = Self::new(line, vec![beginning.to_owned()]);
        row.defect = Some(reason);
        row
    }

    /// Whether nothing is in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.defect.is_none() && self.width() == 0
    }

    /// Cells up to the last one with something in it.
    pub(crate) fn width(&self) -> usize {
        self.cells
            .iter()
            .rposition(|cell| !cell.is_empty())
            .map_or(0, |last| last + 1)
    }

    /// The cell of a column; empty where the row is short.
    pub(crate) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Trims a cell and takes out control characters, line breaks and tabs excepted.
fn tidy(cell: &mut String) {
    let is_stray = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if cell.contains(is_stray) {
        cell.retain(|c| !is_stray(c));
    }
    let trimmed = cell.trim();
    if trimmed.len() != cell.len() {
        *cell = trimmed.to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_trimmed_and_lose_control_characters() {
        let row = Row::new(
            1,
            vec![
                " a\0b ".to_owned(),
                "\u{a0}x\ny\t".to_owned(),
                "\u{7f}".to_owned(),
            ],
        );
        assert_eq!(row.cells, ["ab", "x\ny", ""]);
        assert_eq!(row.width(), 2);
    }

    #[test]
    fn too_many_cells_are_a_defect_only_when_something_is_in_them() {
        assert_eq!(Row::new(1, vec![String::new(); 500]).defect, None);
        assert_eq!(
            Row::new(1, vec!["x".to_owned(); 101]).defect,
            Some(RejectReason::TooManyCells)
        );
    }
}
