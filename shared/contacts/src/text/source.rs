//! A text file as rows.

use std::{io::Read, path::Path};

use super::{
    decoder::DecodedFile,
    delimiter::{self, Dialect},
    encoding,
    lines::{Line, Lines},
    raw::{RawText, problem},
    records::Records,
};
use crate::{
    FileProblem, Note, Region,
    limits::TEXT_SAMPLE_BYTES,
    rows::{Row, RowSource},
};

/// The rows of a text file.
pub(crate) struct TextRows {
    file: RawText,
    records: Records<DecodedFile>,
    notes: Vec<Note>,
}

impl TextRows {
    /// Finds out encoding and delimiter, and begins at the top.
    pub(crate) fn open(path: &Path, region: Option<Region>) -> Result<Self, FileProblem> {
        let file = RawText::open(path)?;
        let (encoding, note) = encoding::detect(&file, region)?;
        let mut notes: Vec<Note> = file.is_gzip().then_some(Note::Unpacked).into_iter().collect();
        notes.extend(note);

        let mut sample = Vec::new();
        DecodedFile::new(file.reader()?, encoding)
            .take(TEXT_SAMPLE_BYTES as u64)
            .read_to_end(&mut sample)
            .map_err(problem)?;
        let sample = String::from_utf8_lossy(&sample).replace('\r', "\n");
        let sample = sample.trim_start_matches('\u{FEFF}');

        let mut lines = Lines::new(DecodedFile::new(file.reader()?, encoding));
        let declared = sample.lines().next().and_then(delimiter::declared);
        if declared.is_some() {
            lines.next_line(&mut Line::default()).map_err(problem)?;
        }
        let dialect = match declared {
            Some(delimiter) => Dialect {
                delimiter,
                is_wrapped: false,
            },
            None => delimiter::detect(sample),
        };
        Ok(Self {
            records: Records::new(lines, dialect),
            file,
            notes,
        })
    }
}

impl RowSource for TextRows {
    fn next_row(&mut self, row: &mut Row) -> Result<bool, FileProblem> {
        self.records.next_row(row).map_err(problem)
    }

    fn passed_rows(&self) -> u64 {
        self.records.passed()
    }

    fn progress(&self) -> f32 {
        self.file.progress() * self.records.reader().consumed()
    }

    fn sheets(&self) -> &[String] {
        &[]
    }

    fn sheet(&self) -> Option<&str> {
        None
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }
}
