//! XLSX, streamed: a million rows are never in memory at once, only the table of texts is.

use std::{fs::File, io::BufReader, path::Path};

use calamine::{DataType, Reader, Xlsx, XlsxError, open_workbook};

use super::{
    assembler::Assembler,
    handover::{Handover, Opened, Stop},
    package_limits, sheet,
};
use crate::FileProblem;

type Workbook = Xlsx<BufReader<File>>;

/// Reads one sheet from top to bottom.
pub(super) fn read(path: &Path, asked: Option<&str>, rows: &mut Handover) -> Result<(), Stop> {
    package_limits::check(path)?;
    let mut workbook: Workbook = open_workbook(path).map_err(|error| problem(error, None))?;
    let all = workbook.sheets_metadata().to_vec();
    let Some(name) = first_filled(&mut workbook, sheet::candidates(&all, asked)?)? else {
        return Err(FileProblem::Empty.into());
    };
    let mut cells = workbook
        .worksheet_cells_reader(&name)
        .map_err(|error| problem(error, None))?;
    let last_row = u64::from(cells.dimensions().end.0) + 1;
    rows.opened(Opened {
        sheets: sheet::names(&all),
        last_row,
    })?;

    let mut assembler = Assembler::new(rows);
    loop {
        match cells.next_cell() {
            Ok(Some(cell)) => {
                let (row, column) = cell.get_position();
                assembler.cell(row, column, cell.get_value())?;
            }
            Ok(None) => return assembler.finish(),
            Err(error) => {
                let line = assembler.line().max(1);
                return Err(problem(error, Some(line)).into());
            }
        }
    }
}

/// The first of the sheets that has a cell with something in it.
fn first_filled(workbook: &mut Workbook, names: Vec<String>) -> Result<Option<String>, FileProblem> {
    for name in names {
        let mut cells = match workbook.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // A chart or a dialogue where a sheet of cells was promised.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(problem(error, None)),
        };
        while let Some(cell) = cells.next_cell().map_err(|error| problem(error, Some(1)))? {
            if !cell.get_value().is_empty() {
                return Ok(Some(name));
            }
        }
    }
    Ok(None)
}

fn problem(error: XlsxError, line: Option<u64>) -> FileProblem {
    match error {
        XlsxError::Password => FileProblem::PasswordProtected,
        _ => FileProblem::Damaged { line },
    }
}
