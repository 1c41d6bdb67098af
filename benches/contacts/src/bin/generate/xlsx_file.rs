//! The rows as a workbook, its texts in the shared table as Excel writes them.

use std::path::Path;

use anyhow::Result;
use rust_xlsxwriter::Workbook;

use crate::{
    rows::{COLUMNS, Row},
    spelling::Written,
};

pub(crate) fn write(path: &Path, rows: u32, seed: u64) -> Result<()> {
    let mut workbook = Workbook::new();
    // Rows go to the disk at once; texts to the shared table, which the constant memory mode would leave out.
    let sheet = workbook.add_worksheet_with_low_memory()?;
    sheet.set_name("Contacts")?;
    for (column, name) in (0..).zip(COLUMNS) {
        sheet.write_string(0, column, name)?;
    }
    for place in 0..rows {
        let (row, line) = (Row::at(seed, u64::from(place)), place + 1);
        match row.phone {
            Written::Text(text) => sheet.write_string(line, 0, text)?,
            Written::Number(digits) => sheet.write_number(line, 0, digits as f64)?,
        };
        sheet.write_string(line, 1, row.name)?;
        sheet.write_string(line, 2, row.email)?;
        sheet.write_string(line, 3, row.city)?;
        sheet.write_number(line, 4, row.amount as f64 / 100.0)?;
        sheet.write_string(line, 5, row.notes)?;
        sheet.write_string(line, 6, row.language)?;
    }
    workbook.save(path)?;
    Ok(())
}
