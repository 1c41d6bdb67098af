//! From a path to contacts.

use std::path::Path;

use crate::{
    ContactReader, FileProblem, Format, ParseOptions, rows::RowSource, sniff, text::TextRows,
    workbook::WorkbookRows,
};

/// Sheets that are tried where none was chosen.
const MAX_TRIED_SHEETS: usize = 20;

/// Opens a file, finds its columns, and stands before its first row. Of a workbook, unless a sheet was
/// chosen, the first sheet with contacts is read: a cover often comes before it.
///
/// # Errors
/// When no contacts can come of the file; see [`FileProblem`]. Where no sheet has any, it is the problem of
/// the first.
pub fn open(path: &Path, options: &ParseOptions) -> Result<ContactReader, FileProblem> {
    match sniff(path)? {
        Format::Csv => {
            let rows = TextRows::open(path, options.default_region)?;
            ContactReader::new(Format::Csv, Box::new(rows), options)
        }
        format => open_workbook(path, format, options),
    }
}

fn open_workbook(path: &Path, format: Format, options: &ParseOptions) -> Result<ContactReader, FileProblem> {
    let mut tried = Vec::new();
    let mut first_problem = None;
    loop {
        let rows = match WorkbookRows::open(path, format, options, &tried) {
            Ok(rows) => rows,
            Err(problem) => return Err(first_problem.unwrap_or(problem)),
        };
        let is_choice = options.sheet.is_none() && rows.sheets().len() > tried.len() + 1;
        tried.extend(rows.sheet().map(str::to_owned));
        let problem = match ContactReader::new(format, Box::new(rows), options) {
            Err(problem) => problem,
            reader => return reader,
        };
        let has_no_contacts = matches!(
            problem,
            FileProblem::NoPhoneColumn { .. } | FileProblem::NoRows | FileProblem::Empty
        );
        let problem = first_problem.get_or_insert(problem);
        if !has_no_contacts || !is_choice || tried.len() >= MAX_TRIED_SHEETS {
            return Err(std::mem::replace(problem, FileProblem::Empty));
        }
    }
}
