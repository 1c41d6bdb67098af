//! XLS: a small format, read whole.

use std::{fs::File, io::BufReader, path::Path};

use calamine::{Data, Range, Reader, Xls, XlsError, open_workbook};

use super::{
    assembler::Assembler,
    biff_limits,
    handover::{Handover, Opened, Stop},
    sheet::{self, Wanted},
};
use crate::FileProblem;

/// Reads one sheet from top to bottom.
pub(super) fn read(path: &Path, wanted: &Wanted, rows: &mut Handover) -> Result<(), Stop> {
    if wanted.tried.is_empty() {
        biff_limits::check(path)?;
    }
    let mut workbook: Xls<BufReader<File>> = open_workbook(path).map_err(problem)?;
    let all = workbook.sheets_metadata().to_vec();
    let Some((name, range)) = first_filled(&mut workbook, sheet::candidates(&all, wanted)?)? else {
        return Err(FileProblem::Empty.into());
    };
    drop(workbook);
    let (first_row, first_column) = range.start().unwrap_or_default();
    let last_row = u64::from(range.end().unwrap_or_default().0) + 1;
    rows.opened(Opened {
        sheets: sheet::names(&all),
        sheet: name,
        last_row,
    })?;

    let mut assembler = Assembler::new(rows);
    for (row, column, value) in range.used_cells() {
        // Places in a range fit the places of the sheet they came from.
        assembler.cell(first_row + row as u32, first_column + column as u32, value)?;
    }
    assembler.finish()
}

fn first_filled(
    workbook: &mut Xls<BufReader<File>>,
    names: Vec<String>,
) -> Result<Option<(String, Range<Data>)>, FileProblem> {
    for name in names {
        let range = workbook.worksheet_range(&name).map_err(problem)?;
        if range.used_cells().any(|(_, _, cell)| sheet::is_filled(cell)) {
            return Ok(Some((name, range)));
        }
    }
    Ok(None)
}

fn problem(error: XlsError) -> FileProblem {
    match error {
        XlsError::Password => FileProblem::PasswordProtected,
        _ => FileProblem::Damaged { line: None },
    }
}
