//! A first look at a file.

use std::path::Path;

use serde::Serialize;
use switchboard_domain::UploadCounts;

use crate::{ContactRow, FileProblem, Format, Note, ParseOptions, RejectedRow, RowOutcome, open};

/// What an import of the file would begin with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// What the file is.
    pub format: Format,
    /// Names of all columns, the phone column included, in the order of the file.
    pub columns: Vec<String>,
    /// Name of the phone column.
    pub phone_column: String,
    /// Sheets of the workbook; none for text.
    pub sheets: Vec<String>,
    /// Contacts among the first rows.
    pub first_rows: Vec<ContactRow>,
    /// Rejected rows among the first rows.
    pub rejected: Vec<RejectedRow>,
    /// What became of the rows looked at.
    pub counts: UploadCounts,
    /// What was changed or assumed.
    pub notes: Vec<Note>,
}

/// Reads the first `rows` rows as an import would, and nothing more.
///
/// # Errors
/// As [`open`], and what its reader may answer.
pub fn preview(path: &Path, options: &ParseOptions, rows: usize) -> Result<Preview, FileProblem> {
    let mut reader = open(path, options)?;
    let (mut first_rows, mut rejected) = (Vec::new(), Vec::new());
    for outcome in reader.by_ref().take(rows) {
        match outcome? {
            RowOutcome::Accepted(row) => first_rows.push(row),
            RowOutcome::Rejected(row) => rejected.push(row),
            RowOutcome::Duplicate { .. } => {}
        }
    }
    Ok(Preview {
        format: reader.format(),
        columns: reader.columns().to_vec(),
        phone_column: reader.phone_column().to_owned(),
        sheets: reader.sheets().to_vec(),
        first_rows,
        rejected,
        counts: reader.counts(),
        notes: reader.notes(),
    })
}
