//! The file of rows that became no contacts, as the uploader gets it back.
//!
//! It has the columns of the file as they were, so that it can be corrected and uploaded again; in front
//! of them it says what is wrong. Our own columns are known by their names when it comes back.

use std::io;

use switchboard_domain::csv_safe;

use crate::RejectedRow;

/// How the names of our own columns begin.
pub(crate) const OUR_COLUMNS: &str = "switchboard_";
/// The column with the line of the original file.
pub(crate) const LINE_COLUMN: &str = "switchboard_line";

/// Why a row became no contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotImported<'a> {
    /// Line of the file.
    pub line: u64,
    /// `rejected`, `duplicate` or `do_not_call`.
    pub result: &'a str,
    /// The column that is wrong; none when it is the row as a whole.
    pub column: Option<&'a str>,
    /// The stable code of the reason.
    pub reason: &'a str,
    /// What is wrong and what to do.
    pub explanation: &'a str,
}

impl<'a> From<&'a RejectedRow> for NotImported<'a> {
    fn from(row: &'a RejectedRow) -> Self {
        Self {
            line: row.line,
            result: "rejected",
            column: row.column.as_deref(),
            reason: row.reason.code(),
            explanation: row.reason.explain(),
        }
    }
}

/// Writes rows that became no contacts as CSV.
pub struct RejectedCsv<W: io::Write> {
    csv: csv::Writer<W>,
}

impl<W: io::Write> RejectedCsv<W> {
    /// Begins the file with its header: our columns, then those of the file that are not ours already.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new<'a>(writer: W, columns: impl Iterator<Item = &'a str>) -> io::Result<Self> {
        let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(writer);
        for ours in ["line", "result", "column", "reason", "explanation"] {
            csv.write_field(format!("{OUR_COLUMNS}{ours}"))?;
        }
        for column in columns {
            csv.write_field(csv_safe(column).as_ref())?;
        }
        csv.write_record(None::<&[u8]>)?;
        Ok(Self { csv })
    }

    /// Writes one row with its cells, in the order of the columns.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write<'a>(
        &mut self,
        why: &NotImported<'_>,
        cells: impl Iterator<Item = &'a str>,
    ) -> io::Result<()> {
        self.csv.write_field(why.line.to_string())?;
        self.csv.write_field(why.result)?;
        self.csv
            .write_field(csv_safe(why.column.unwrap_or_default()).as_ref())?;
        self.csv.write_field(why.reason)?;
        self.csv.write_field(why.explanation)?;
        for cell in cells {
            self.csv.write_field(csv_safe(cell).as_ref())?;
        }
        self.csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Ends the file and gives the writer back, everything written out.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self) -> io::Result<W> {
        self.csv.into_inner().map_err(|e| e.into_error())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_formula_comes_back_harmless() {
        let mut file = RejectedCsv::new(Vec::new(), ["phone", "=name"].into_iter()).unwrap();
        let why = NotImported {
            line: 7,
            result: "rejected",
            column: Some("phone"),
            reason: "not_a_number",
            explanation: "Write a number.",
        };
        file.write(&why, ["=cmd|' /C calc'!A0", "Ana"].into_iter())
            .unwrap();
        let text = String::from_utf8(file.finish().unwrap()).unwrap();
        assert_eq!(
            text,
            "switchboard_line,switchboard_result,switchboard_column,switchboard_reason,\
             switchboard_explanation,phone,'=name\n\
             7,rejected,phone,not_a_number,Write a number.,'=cmd|' /C calc'!A0,Ana\n"
        );
    }
}
