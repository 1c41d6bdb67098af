//! XLSX, cell by cell; the first sheet.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

use anyhow::{Context, Result};
use calamine::{DataRef, Reader, Xlsx, open_workbook};

use crate::judge::Judge;

pub(crate) fn read(path: &Path, judge: &mut Judge<impl Write>) -> Result<()> {
    let mut workbook: Xlsx<BufReader<File>> = open_workbook(path)?;
    let sheet = workbook.sheet_names().first().context("no sheet")?.clone();
    let mut reader = workbook.worksheet_cells_reader(&sheet)?;
    let mut names = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    let mut current = 0;
    while let Some(cell) = reader.next_cell()? {
        let (row, column) = cell.get_position();
        if row != current {
            end_row(current, &mut names, &mut cells, judge)?;
            current = row;
        }
        let column = column as usize;
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text(cell.get_value());
    }
    end_row(current, &mut names, &mut cells, judge)
}

fn end_row(
    row: u32,
    names: &mut Vec<String>,
    cells: &mut Vec<String>,
    judge: &mut Judge<impl Write>,
) -> Result<()> {
    if names.is_empty() {
        names.append(cells);
        return Ok(());
    }
    cells.resize(names.len(), String::new());
    judge.row(u64::from(row) + 1, names, cells)?;
    cells.clear();
    Ok(())
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        _ => String::new(),
    }
}
