//! A first look at a file.

use std::{collections::BTreeMap, path::Path};

use serde::Serialize;
use switchboard_domain::UploadCounts;

use crate::{
    ContactRow, FileProblem, Format, Note, ParseOptions, Region, RejectedRow, RowOutcome,
    limits::SAMPLE_ROWS, open,
};

/// What an import of the file would begin with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// What the file is.
    pub format: Format,
    /// Names of all columns, the phone column included, in the order of the file.
    pub columns: Vec<String>,
    /// Name of the phone column.
    pub phone_column: String,
    /// Names of the columns that become dynamic variables.
    pub variables: Vec<String>,
    /// Sheets of the workbook; none for text.
    pub sheets: Vec<String>,
    /// The sheet that was read; none for text.
    pub sheet: Option<String>,
    /// The first contacts.
    pub first_rows: Vec<ContactRow>,
    /// The first rejected rows.
    pub rejected: Vec<RejectedRow>,
    /// What became of the rows looked at.
    pub counts: UploadCounts,
    /// Contacts among the rows looked at by the region of their number.
    pub regions: BTreeMap<String, u64>,
    /// How much of the file was looked at, 0 to 1; an estimate.
    pub part: f32,
    /// What was changed or assumed.
    pub notes: Vec<Note>,
}

/// Reads the first `rows` rows as an import would, and keeps the first `shown` contacts and the first
/// `shown` rejected rows.
///
/// # Errors
/// As [`open`], and what its reader may answer.
pub fn preview(
    path: &Path,
    options: &ParseOptions,
    rows: usize,
    shown: usize,
) -> Result<Preview, FileProblem> {
    let options = ParseOptions {
        // The reader is ahead of what it hands out.
        first_rows: Some((rows + 2 * SAMPLE_ROWS) as u64 + AHEAD),
        ..options.clone()
    };
    let mut reader = open(path, &options)?;
    let (mut first_rows, mut rejected) = (Vec::new(), Vec::new());
    let mut regions = BTreeMap::new();
    for outcome in reader.by_ref().take(rows) {
        match outcome? {
            RowOutcome::Accepted(row) => {
                if let Some(region) = Region::of(&row.phone) {
                    *regions.entry(region.to_string()).or_default() += 1;
                }
                if first_rows.len() < shown {
                    first_rows.push(row);
                }
            }
            RowOutcome::Rejected(row) if rejected.len() < shown => rejected.push(row),
            RowOutcome::Rejected(_) | RowOutcome::Duplicate { .. } => {}
        }
    }
    Ok(Preview {
        format: reader.format(),
        columns: reader.columns().to_vec(),
        phone_column: reader.phone_column().to_owned(),
        variables: reader.variable_names().map(str::to_owned).collect(),
        sheets: reader.sheets().to_vec(),
        sheet: reader.sheet().map(str::to_owned),
        first_rows,
        rejected,
        counts: reader.counts(),
        regions,
        part: reader.progress(),
        notes: reader.notes(),
    })
}

/// Rows that a workbook's reader may have read and not handed out.
const AHEAD: u64 = 1_000;
