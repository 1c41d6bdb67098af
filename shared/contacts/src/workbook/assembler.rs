//! Cells to rows.

use calamine::DataType;

use super::{
    cell::{self, CellText},
    handover::{Handover, Stop},
};
use crate::{
    RejectReason,
    limits::{MAX_COLUMNS, MAX_ROW_BYTES, MAX_SHOWN_CHARS},
    rows::Row,
};

/// Puts cells that come one by one, row by row, together. What is beyond the limits is counted and let
/// go.
pub(super) struct Assembler<'a> {
    rows: &'a mut Handover,
    line: u64,
    cells: Vec<String>,
    bytes: usize,
    error_cells: u64,
    defect: Option<RejectReason>,
}

impl<'a> Assembler<'a> {
    pub(super) fn new(rows: &'a mut Handover) -> Self {
        Self {
            rows,
            line: 0,
            cells: Vec::new(),
            bytes: 0,
            error_cells: 0,
            defect: None,
        }
    }

    /// Line of the row being put together; 0 before the first.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Takes a cell; row and column count from 0.
    pub(super) fn cell(&mut self, row: u32, column: u32, value: &impl DataType) -> Result<(), Stop> {
        let line = u64::from(row) + 1;
        if line != self.line {
            self.end_row()?;
            self.line = line;
        }
        let text = match cell::text(value) {
            CellText::Text(text) => text,
            CellText::Error => {
                self.error_cells += 1;
                return Ok(());
            }
        };
        if text.is_empty() {
            return Ok(());
        }
        let column = column as usize;
        self.bytes += text.len();
        if column >= MAX_COLUMNS {
            self.defect.get_or_insert(RejectReason::TooManyCells);
        } else if self.bytes > MAX_ROW_BYTES {
            self.defect.get_or_insert(RejectReason::RowTooLong);
        } else {
            if self.cells.len() <= column {
                self.cells.resize(column + 1, String::new());
            }
            self.cells[column] = text;
        }
        Ok(())
    }

    /// Ends the last row.
    pub(super) fn finish(mut self) -> Result<(), Stop> {
        self.end_row()
    }

    fn end_row(&mut self) -> Result<(), Stop> {
        let cells = std::mem::take(&mut self.cells);
        let (defect, error_cells) = (self.defect.take(), std::mem::take(&mut self.error_cells));
        self.bytes = 0;
        if self.line == 0 {
            return Ok(());
        }
        let mut row = match defect {
            Some(reason) => {
                let first = cells
                    .iter()
                    .find(|cell| !cell.is_empty())
                    .map_or("", String::as_str);
                Row::defective(
                    self.line,
                    &first.chars().take(MAX_SHOWN_CHARS).collect::<String>(),
                    reason,
                )
            }
            None => Row::new(self.line, cells),
        };
        row.error_cells = error_cells;
        self.rows.push(row)
    }
}
