//! The same work with the crates alone, on one thread: no detection of encodings, delimiters or columns,
//! no limits, no reasons, no notes. It knows that the first column is the number.

mod judge;
mod text;
mod workbook;

use std::io::{BufWriter, Write};

use anyhow::Result;
use clap::Parser;
use rlibphonenumber::Region;
use switchboard_bench_contacts::Arguments;

use judge::Judge;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let region = Region::from_code(&arguments.region).map_err(|_| anyhow::anyhow!("no such region"))?;
    let out = BufWriter::new(std::io::stdout().lock());
    let mut judge = Judge::new(region, out);
    if arguments.is_workbook() {
        workbook::read(arguments.file(), &mut judge)?;
    } else {
        text::read(arguments.file(), &mut judge)?;
    }
    judge.into_output().flush()?;
    Ok(())
}
