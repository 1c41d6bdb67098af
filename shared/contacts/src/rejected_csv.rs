//! The file of rejected rows that the uploader gets back.

use std::io;

use crate::{RejectedRow, csv_safe};

/// Writes rejected rows as CSV: line, column, value, reason, explanation.
pub struct RejectedCsv<W: io::Write> {
    csv: csv::Writer<W>,
}

impl<W: io::Write> RejectedCsv<W> {
    /// Begins the file with its header.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(writer: W) -> io::Result<Self> {
        let mut csv = csv::Writer::from_writer(writer);
        csv.write_record(["line", "column", "value", "reason", "explanation"])?;
        Ok(Self { csv })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&mut self, row: &RejectedRow) -> io::Result<()> {
        self.csv.write_record([
            row.line.to_string().as_str(),
            &csv_safe(row.column.as_deref().unwrap_or_default()),
            &csv_safe(&row.value),
            row.reason.code(),
            row.reason.explain(),
        ])?;
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
    use crate::{NumberProblem, RejectReason};

    #[test]
    fn a_rejected_formula_comes_back_harmless() {
        let mut file = RejectedCsv::new(Vec::new()).unwrap();
        let row = RejectedRow {
            line: 7,
            column: Some("phone".to_owned()),
            value: "=cmd|' /C calc'!A0".to_owned(),
            reason: RejectReason::Number(NumberProblem::NotANumber),
        };
        file.write(&row).unwrap();
        let text = String::from_utf8(file.finish().unwrap()).unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("line,column,value,reason,explanation"));
        assert!(
            lines
                .next()
                .unwrap()
                .starts_with("7,phone,'=cmd|' /C calc'!A0,not_a_number,")
        );
    }
}
