//! A text file as rows.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use super::{decoder::DecodedFile, delimiter, encoding, lines::Lines, records::Records};
use crate::{
    FileProblem, Note,
    limits::TEXT_SAMPLE_BYTES,
    rows::{Row, RowSource},
};

/// The rows of a text file.
pub(crate) struct TextRows {
    records: Records<DecodedFile>,
    bytes: u64,
    note: Option<Note>,
}

impl TextRows {
    /// Finds out encoding, line endings and delimiter, and begins at the top.
    pub(crate) fn open(path: &Path) -> Result<Self, FileProblem> {
        let mut file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let (encoding, note) = encoding::detect(&mut file)?;

        let mut sample = Vec::new();
        let sampled = file.try_clone()?;
        DecodedFile::new(sampled, encoding)
            .take(TEXT_SAMPLE_BYTES as u64)
            .read_to_end(&mut sample)?;
        file.seek(SeekFrom::Start(0))?;
        let ending = if sample.contains(&b'\r') && !sample.contains(&b'\n') {
            b'\r'
        } else {
            b'\n'
        };
        let sample = String::from_utf8_lossy(&sample).replace('\r', "\n");

        let mut lines = Lines::new(DecodedFile::new(file, encoding), ending);
        let declared = sample.lines().next().and_then(delimiter::declared);
        if declared.is_some() {
            lines.next_line()?;
        }
        let delimiter = declared.unwrap_or_else(|| delimiter::detect(&sample));
        Ok(Self {
            records: Records::new(lines, delimiter),
            bytes,
            note,
        })
    }
}

impl RowSource for TextRows {
    fn next_row(&mut self) -> Result<Option<Row>, FileProblem> {
        Ok(self.records.next_row()?)
    }

    fn progress(&self) -> f32 {
        (self.records.reader().bytes_read() as f32 / self.bytes.max(1) as f32).min(1.0)
    }

    fn sheets(&self) -> &[String] {
        &[]
    }

    fn notes(&self) -> Vec<Note> {
        self.note.iter().cloned().collect()
    }
}
