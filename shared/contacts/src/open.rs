//! From a path to contacts.

use std::path::Path;

use crate::{
    ContactReader, FileProblem, Format, ParseOptions, rows::RowSource, sniff, text::TextRows,
    workbook::WorkbookRows,
};

/// Opens a file, finds its columns, and stands before its first row.
///
/// # Errors
/// When no contacts can come of the file; see [`FileProblem`].
pub fn open(path: &Path, options: &ParseOptions) -> Result<ContactReader, FileProblem> {
    let format = sniff(path)?;
    let rows: Box<dyn RowSource> = match format {
        Format::Csv => Box::new(TextRows::open(path)?),
        Format::Xlsx | Format::Xls => Box::new(WorkbookRows::open(path, format, options.sheet.as_deref())?),
    };
    ContactReader::new(format, rows, options)
}
