//! The rows as CSV.

use std::path::Path;

use anyhow::Result;

use crate::{
    rows::{COLUMNS, Row},
    spelling::Written,
};

pub(crate) fn write(path: &Path, rows: u64, seed: u64) -> Result<()> {
    let mut file = csv::Writer::from_path(path)?;
    file.write_record(COLUMNS)?;
    for place in 0..rows {
        let row = Row::at(seed, place);
        let phone = match row.phone {
            Written::Text(text) => text,
            // As Excel and pandas save a column of floats.
            Written::Number(digits) => format!("{digits}.0"),
        };
        let amount = format!("{}.{:02}", row.amount / 100, row.amount % 100);
        file.write_record([
            phone.as_str(),
            &row.name,
            &row.email,
            row.city,
            &amount,
            &row.notes,
            row.language,
        ])?;
    }
    file.flush()?;
    Ok(())
}
