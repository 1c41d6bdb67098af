//! The file of rows that became no contacts.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use switchboard_contacts::{NotImported, RejectedCsv, RejectedRow};
use switchboard_domain::{DynamicVariables, PhoneNumber};
use tempfile::NamedTempFile;

use crate::rows::Opened;

/// Writes rows that became no contacts, as they were, with the reason before them.
pub(crate) struct Report {
    file: NamedTempFile,
    csv: RejectedCsv<BufWriter<File>>,
    columns: Vec<String>,
    phone_column: String,
    /// Places of the columns that are written: not those of an earlier report.
    written: Vec<usize>,
}

impl Report {
    pub(crate) fn new(opened: &Opened) -> io::Result<Self> {
        let file = NamedTempFile::new()?;
        let is_written = |column: &usize| {
            let name = &opened.columns[*column];
            *name == opened.phone_column || opened.variables.contains(name)
        };
        let written: Vec<usize> = (0..opened.columns.len()).filter(is_written).collect();
        let names = written.iter().map(|column| opened.columns[*column].as_str());
        let csv = RejectedCsv::new(BufWriter::new(file.reopen()?), names)?;
        Ok(Self {
            file,
            csv,
            columns: opened.columns.clone(),
            phone_column: opened.phone_column.clone(),
            written,
        })
    }

    /// Writes a row with something wrong.
    pub(crate) fn write_rejected(&mut self, row: &RejectedRow, cells: &[String]) -> io::Result<()> {
        self.write(&row.into(), cells)
    }

    fn write(&mut self, why: &NotImported<'_>, cells: &[String]) -> io::Result<()> {
        let cell = |column: &usize| cells.get(*column).map_or("", String::as_str);
        self.csv.write(why, self.written.iter().map(cell))
    }

    /// Writes a row whose number is on the do-not-call list.
    pub(crate) fn write_do_not_call(
        &mut self,
        line: u64,
        number: &PhoneNumber,
        variables: &DynamicVariables,
    ) -> io::Result<()> {
        let why = NotImported {
            line,
            result: "do_not_call",
            column: Some(&self.phone_column),
            reason: "do_not_call",
            explanation: "The number is on the do-not-call list and is never called.",
        };
        let cell = |column: &usize| {
            let name = &self.columns[*column];
            if *name == self.phone_column {
                number.as_str()
            } else {
                variables.get(name).map_or("", String::as_str)
            }
        };
        self.csv.write(&why, self.written.iter().map(cell))
    }

    /// Writes a row whose number came earlier.
    pub(crate) fn write_duplicate(&mut self, line: u64, first_line: u64, cells: &[String]) -> io::Result<()> {
        let explanation = match first_line {
            0 => "The number is on the contact list already; the contact there stays.".to_owned(),
            first => format!("The number came in line {first} already; that row stands."),
        };
        let phone_column = self.phone_column.clone();
        let why = NotImported {
            line,
            result: "duplicate",
            column: Some(&phone_column),
            reason: "duplicate",
            explanation: &explanation,
        };
        self.write(&why, cells)
    }

    /// The whole file, on disk.
    pub(crate) fn finish(self) -> io::Result<NamedTempFile> {
        // Into the file, so that a full disk shows here.
        self.csv.finish()?.flush()?;
        Ok(self.file)
    }
}
