//! Cells to rows.

use calamine::DataType;

use super::{
    cell,
    handover::{Handover, Stop},
};
use crate::{
    FileProblem, RejectReason,
    limits::{
        MAX_COLUMNS, MAX_ROW_BYTES, MAX_SHEET_COLUMNS, MAX_SHEET_ROWS, MAX_SHOWN_CHARS, MAX_UNPACKED_BYTES,
    },
    rows::Row,
};

/// Puts cells that come one by one, row by row, together. What is beyond the limits is counted and let
/// go.
pub(super) struct Assembler<'a> {
    rows: &'a mut Handover,
    row: Row,
    text: String,
    defect: Option<RejectReason>,
    /// Bytes that all cells say. A file may say one long text again and again in few bytes.
    said: u64,
}

impl<'a> Assembler<'a> {
    pub(super) fn new(rows: &'a mut Handover) -> Self {
        Self {
            rows,
            row: Row::default(),
            text: String::new(),
            defect: None,
            said: 0,
        }
    }

    /// Line of the row being put together; 0 before the first.
    pub(super) fn line(&self) -> u64 {
        self.row.line
    }

    /// Takes a cell; row and column count from 0.
    pub(super) fn cell(&mut self, row: u32, column: u32, value: &impl DataType) -> Result<(), Stop> {
        self.move_to(u64::from(row) + 1)?;
        if column as usize >= MAX_SHEET_COLUMNS {
            return Err(self.damaged());
        }
        self.text.clear();
        if !cell::write(value, &mut self.text) {
            self.error();
        } else if !self.text.is_empty() {
            // Of a text too long for a cell, what was cut counts as well.
            let cut = value
                .get_string()
                .map_or(0, str::len)
                .saturating_sub(self.text.len());
            self.say(cut)?;
            let text = std::mem::take(&mut self.text);
            self.text(column as usize, &text)?;
            self.text = text;
        }
        Ok(())
    }

    fn say(&mut self, bytes: usize) -> Result<(), Stop> {
        self.said = self.said.saturating_add(bytes as u64);
        if self.said > MAX_UNPACKED_BYTES {
            return Err(FileProblem::TooLarge.into());
        }
        Ok(())
    }

    /// Goes on to the row of this line.
    pub(super) fn move_to(&mut self, line: u64) -> Result<(), Stop> {
        if line != self.row.line {
            self.end_row()?;
            self.row.begin(line);
            if line > MAX_SHEET_ROWS {
                return Err(self.damaged());
            }
        }
        Ok(())
    }

    fn damaged(&self) -> Stop {
        let line = Some(self.row.line);
        FileProblem::Damaged { line }.into()
    }

    /// Takes what a cell of the row says; columns count from 0.
    pub(super) fn text(&mut self, column: usize, text: &str) -> Result<(), Stop> {
        self.say(text.len())?;
        if column >= MAX_COLUMNS {
            self.defect.get_or_insert(RejectReason::TooManyCells);
        } else if self.row.bytes() + text.len() > MAX_ROW_BYTES {
            self.defect.get_or_insert(RejectReason::RowTooLong);
        } else {
            self.row.put(column, text);
        }
        Ok(())
    }

    /// Takes a cell of the row that shows an error.
    pub(super) fn error(&mut self) {
        self.row.error_cells += 1;
    }

    /// The row being put together, so far.
    pub(super) fn row(&self) -> &Row {
        &self.row
    }

    /// Hands over the row as it is, once more, on the line that follows.
    pub(super) fn repeat(&mut self) -> Result<(), Stop> {
        self.say(self.row.bytes())?;
        let (row, defect) = (self.row.clone(), self.defect);
        self.end_row()?;
        (self.row, self.defect) = (row, defect);
        self.row.line += 1;
        Ok(())
    }

    /// Ends the last row.
    pub(super) fn finish(mut self) -> Result<(), Stop> {
        self.end_row()
    }

    fn end_row(&mut self) -> Result<(), Stop> {
        let mut row = std::mem::take(&mut self.row);
        if row.line == 0 {
            return Ok(());
        }
        if let Some(reason) = self.defect.take() {
            let first = row.cells().find(|cell| !cell.is_empty()).unwrap_or_default();
            let shown: String = first.chars().take(MAX_SHOWN_CHARS).collect();
            row.spoil(&shown, reason);
        }
        self.rows.push(row)
    }
}
