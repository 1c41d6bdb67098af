//! Writes the files that are measured. The same arguments give the same bytes, wherever and whenever.

mod csv_file;
mod numbers;
mod random;
mod rows;
mod spelling;
mod xlsx_file;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

/// Writes contacts as people have them: good numbers in many spellings, wrong ones, and repeats.
#[derive(Debug, Parser)]
struct Arguments {
    /// Folder to write to.
    folder: PathBuf,
    /// Rows of the CSV file, its header left out.
    #[arg(long, default_value_t = 1_000_000)]
    csv_rows: u64,
    /// Rows of the workbook, its header left out.
    #[arg(long, default_value_t = 200_000)]
    xlsx_rows: u32,
    /// Another seed gives other people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> Result<()> {
    let Arguments {
        folder,
        csv_rows,
        xlsx_rows,
        seed,
    } = Arguments::parse();
    std::fs::create_dir_all(&folder)?;
    csv_file::write(&folder.join(format!("contacts-{csv_rows}.csv")), csv_rows, seed)?;
    xlsx_file::write(
        &folder.join(format!("contacts-{xlsx_rows}.xlsx")),
        xlsx_rows,
        seed,
    )
}
