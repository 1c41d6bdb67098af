//! Only reads a file, with the same crates: the part of the time that no reader on top of them can save.
#![expect(clippy::print_stdout, reason = "the count is what this is for")]

use std::fs::File;
use std::io::BufReader;

use anyhow::{Context, Result};
use calamine::{Reader, Xlsx, open_workbook};
use clap::Parser;
use csv::ByteRecord;
use switchboard_bench_contacts::Arguments;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let cells = if arguments.is_workbook() {
        workbook_cells(&arguments)
    } else {
        text_cells(&arguments)
    }?;
    println!("{cells} cells");
    Ok(())
}

fn text_cells(arguments: &Arguments) -> Result<usize> {
    let mut reader = csv::Reader::from_path(arguments.file())?;
    let mut record = ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record)? {
        cells += record.len();
    }
    Ok(cells)
}

fn workbook_cells(arguments: &Arguments) -> Result<usize> {
    let mut workbook: Xlsx<BufReader<File>> = open_workbook(arguments.file())?;
    let sheet = workbook.sheet_names().first().context("no sheet")?.clone();
    let mut reader = workbook.worksheet_cells_reader(&sheet)?;
    let mut cells = 0;
    while reader.next_cell()?.is_some() {
        cells += 1;
    }
    Ok(cells)
}
