//! What the person who uploads may choose.

use crate::{Region, limits::DEFAULT_MAX_ROWS};

/// How to read a file; the default finds everything out by itself.
#[derive(Debug, Clone)]
pub struct ParseOptions {
    /// Region of numbers that are written without a country code.
    pub default_region: Option<Region>,
    /// Name of the column with the phone number.
    pub phone_column: Option<String>,
    /// Sheet of a workbook; otherwise the first that has contacts.
    pub sheet: Option<String>,
    /// Rows after which the file is refused, header and blank rows left out.
    pub max_rows: u64,
    /// How many rows will be read at most, header included, where not all are wanted: then less of a
    /// workbook has to be looked at beforehand.
    pub first_rows: Option<u64>,
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self {
            default_region: None,
            phone_column: None,
            sheet: None,
            max_rows: DEFAULT_MAX_ROWS,
            first_rows: None,
        }
    }
}
