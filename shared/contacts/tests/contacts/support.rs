//! Files on disk and their outcomes, for the tests of this crate.
use std::io::Write;

use switchboard_contacts::{ContactReader, FileProblem, ParseOptions, RowOutcome, open};
use tempfile::NamedTempFile;

/// A file with this content.
pub fn file(content: impl AsRef<[u8]>) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content.as_ref()).unwrap();
    file
}

/// Reads all of it by the default options.
pub fn read(content: impl AsRef<[u8]>) -> Result<(ContactReader, Vec<RowOutcome>), FileProblem> {
    read_with(content, &ParseOptions::default())
}

/// Reads all of it.
pub fn read_with(
    content: impl AsRef<[u8]>,
    options: &ParseOptions,
) -> Result<(ContactReader, Vec<RowOutcome>), FileProblem> {
    let mut reader = open(file(content).path(), options)?;
    let outcomes = reader.by_ref().collect::<Result<Vec<_>, _>>()?;
    Ok((reader, outcomes))
}

/// Each outcome in one line.
pub fn shown(outcomes: &[RowOutcome]) -> Vec<String> {
    let one = |outcome: &RowOutcome| match outcome {
        RowOutcome::Accepted(row) => {
            let variables = row
                .variables
                .iter()
                .map(|(name, value)| format!(" {name}={value}"))
                .collect::<String>();
            format!("{} {}{variables}", row.line, row.phone.as_str())
        }
        RowOutcome::Rejected(row) => {
            let column = row.column.as_deref().unwrap_or("-");
            format!("{} {column} {} {:?}", row.line, row.reason.code(), row.value)
        }
        RowOutcome::Duplicate { line, first_line, .. } => format!("{line} duplicate of {first_line}"),
    };
    outcomes.iter().map(one).collect()
}
