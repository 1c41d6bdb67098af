//! CSV, one record reused.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use csv::ByteRecord;

use crate::judge::Judge;

pub(crate) fn read(path: &Path, judge: &mut Judge<impl Write>) -> Result<()> {
    let mut reader = csv::Reader::from_path(path)?;
    let names: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let cells = record.iter().map(str::from_utf8).collect::<Result<Vec<_>, _>>()?;
        judge.row(line, &names, &cells)?;
    }
    Ok(())
}
