//! XLSB, streamed as XLSX is: cell by cell, with the table of texts in memory.

use std::{fs::File, io::BufReader, path::Path};

use calamine::{Reader, Xlsb, XlsbError, open_workbook};

use super::{
    assembler::Assembler,
    handover::{Handover, Opened, Stop},
    package_limits,
    sheet::{self, Wanted},
};
use crate::{FileProblem, Format};

type Workbook = Xlsb<BufReader<File>>;

/// Reads one sheet from top to bottom.
pub(super) fn read(path: &Path, wanted: &Wanted, rows: &mut Handover) -> Result<(), Stop> {
    if wanted.tried.is_empty() {
        package_limits::check(path, Format::Xlsb, None)?;
    }
    let mut workbook: Workbook = open_workbook(path).map_err(|error| problem(error, None))?;
    let all = workbook.sheets_metadata().to_vec();
    let Some(name) = first_filled(&mut workbook, sheet::candidates(&all, wanted)?)? else {
        return Err(FileProblem::Empty.into());
    };
    let mut cells = workbook
        .worksheet_cells_reader(&name)
        .map_err(|error| problem(error, None))?;
    let last_row = u64::from(cells.dimensions().end.0) + 1;
    rows.opened(Opened {
        sheets: sheet::names(&all),
        sheet: name,
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
            Err(XlsbError::WorksheetNotFound(_)) => continue,
            Err(error) => return Err(problem(error, None)),
        };
        while let Some(cell) = cells.next_cell().map_err(|error| problem(error, Some(1)))? {
            if sheet::is_filled(cell.get_value()) {
                return Ok(Some(name));
            }
        }
    }
    Ok(None)
}

fn problem(error: XlsbError, line: Option<u64>) -> FileProblem {
    match error {
        XlsbError::Password => FileProblem::PasswordProtected,
        _ => FileProblem::Damaged { line },
    }
}
