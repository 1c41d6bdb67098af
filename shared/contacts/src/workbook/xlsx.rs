//! XLSX, streamed: a million rows are never in memory at once, only the table of texts is.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use calamine::{Reader, Xlsx, XlsxError, open_workbook};
use zip::ZipArchive;

use super::{
    assembler::Assembler,
    handover::{Handover, Opened, Stop},
    package_limits,
    sheet::{self, Wanted},
};
use crate::{FileProblem, Format};

type Workbook = Xlsx<BufReader<File>>;

/// Reads one sheet from top to bottom.
pub(super) fn read(
    path: &Path,
    wanted: &Wanted,
    first_rows: Option<u64>,
    rows: &mut Handover,
) -> Result<(), Stop> {
    if wanted.tried.is_empty() {
        package_limits::check(path, Format::Xlsx, first_rows)?;
    }
    let mut workbook: Workbook = open_workbook(path).map_err(|error| problem(error, None))?;
    let all = workbook.sheets_metadata().to_vec();
    let Some(name) = first_filled(&mut workbook, sheet::candidates(&all, wanted)?)? else {
        return Err(nothing_found(path).into());
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
            Err(XlsxError::NotAWorksheet(_)) => continue,
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

/// Why no cell was found. Parts in UTF-16, which the standard allows, seem to have none.
fn nothing_found(path: &Path) -> FileProblem {
    let is_wide = || -> Option<bool> {
        let mut package = ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()?;
        for index in 0..package.len() {
            let mut part = package.by_index(index).ok()?;
            let is_xml = part.name_raw().to_ascii_lowercase().ends_with(b".xml");
            let mut mark = [0; 2];
            if is_xml && part.read_exact(&mut mark).is_ok() && matches!(mark, [0xFF, 0xFE] | [0xFE, 0xFF]) {
                return Some(true);
            }
        }
        Some(false)
    };
    if is_wide() == Some(true) {
        FileProblem::Damaged { line: None }
    } else {
        FileProblem::Empty
    }
}

fn problem(error: XlsxError, line: Option<u64>) -> FileProblem {
    match error {
        XlsxError::Password => FileProblem::PasswordProtected,
        _ => FileProblem::Damaged { line },
    }
}
