//! Where rows come from.

use super::Row;
use crate::{FileProblem, Note};

/// One open sheet or text file, read from the top.
pub(crate) trait RowSource: Send {
    /// The next row, blank ones included; `None` at the end, however often. Nothing more is asked after an error.
    fn next_row(&mut self) -> Result<Option<Row>, FileProblem>;

    /// How much is read, 0 to 1; an estimate.
    fn progress(&self) -> f32;

    /// Sheets of the workbook; none for text.
    fn sheets(&self) -> &[String];

    /// What was assumed in order to read the file at all.
    fn notes(&self) -> Vec<Note>;
}
