//! Where rows come from.

use super::Row;
use crate::{FileProblem, Note};

/// One open sheet or text file, read from the top.
pub(crate) trait RowSource: Send {
    /// Reads the next row into `row`; false at the end, however often. Blank rows are included or counted in
    /// [`RowSource::passed_rows`]. Nothing more is asked after an error.
    fn next_row(&mut self, row: &mut Row) -> Result<bool, FileProblem>;

    /// Blank rows that were passed over so far.
    fn passed_rows(&self) -> u64 {
        0
    }

    /// How much is read, 0 to 1; an estimate.
    fn progress(&self) -> f32;

    /// Sheets of the workbook; none for text.
    fn sheets(&self) -> &[String];

    /// The sheet that is read; none for text.
    fn sheet(&self) -> Option<&str>;

    /// What was assumed in order to read the file at all.
    fn notes(&self) -> Vec<Note>;
}
