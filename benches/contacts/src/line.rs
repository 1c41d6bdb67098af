//! One line of output for each row.

use std::io::{self, Write};

use serde::Serialize;

/// What became of a row; `V` is whatever the program keeps the other columns in, written as an object.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Line<'a, V> {
    /// A contact.
    Accepted {
        /// Line of the file, from 1; the row number in a workbook.
        line: u64,
        /// The number in E.164.
        phone: &'a str,
        /// The other columns by name.
        variables: V,
    },
    /// Not a number.
    Rejected {
        /// Line of the file, from 1; the row number in a workbook.
        line: u64,
        /// Why.
        reason: &'a str,
    },
    /// A number that came before.
    Duplicate {
        /// Line of the file, from 1; the row number in a workbook.
        line: u64,
        /// Where it came before.
        first_line: u64,
    },
}

/// Writes a line as JSON.
///
/// # Errors
/// When the output does not take it.
pub fn write_line<V: Serialize>(out: &mut impl Write, line: &Line<'_, V>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
