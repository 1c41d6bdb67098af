//! A sheet as rows.

use std::{
    path::Path,
    sync::mpsc::{Receiver, sync_channel},
    thread, vec,
};

use super::{
    handover::{BATCHES_AHEAD, Handover, Message, Opened},
    ods,
    sheet::Wanted,
    xls, xlsb, xlsx,
};
use crate::{
    FileProblem, Format, Note, ParseOptions,
    rows::{Row, RowSource},
};

/// The rows of one sheet. Dropping it ends the thread that reads.
pub(crate) struct WorkbookRows {
    receiver: Receiver<Message>,
    batch: vec::IntoIter<Row>,
    opened: Opened,
    is_sheet_asked: bool,
    last_line: Option<u64>,
    has_finished: bool,
}

impl WorkbookRows {
    /// Opens a workbook and waits until it is clear which sheet is read.
    /// Sheets that were tried before are left out, unless one was asked for.
    pub(crate) fn open(
        path: &Path,
        format: Format,
        options: &ParseOptions,
        tried: &[String],
    ) -> Result<Self, FileProblem> {
        let (sender, receiver) = sync_channel(BATCHES_AHEAD);
        let is_sheet_asked = options.sheet.is_some();
        let (path, first_rows) = (path.to_owned(), options.first_rows);
        let wanted = Wanted {
            asked: options.sheet.clone(),
            tried: tried.to_vec(),
        };
        thread::Builder::new()
            .name("workbook".to_owned())
            .spawn(move || {
                let mut rows = Handover::new(sender);
                let result = match format {
                    Format::Xls => xls::read(&path, &wanted, &mut rows),
                    Format::Xlsb => xlsb::read(&path, &wanted, &mut rows),
                    Format::Ods => ods::read(&path, &wanted, &mut rows),
                    Format::Xlsx | Format::Csv => xlsx::read(&path, &wanted, first_rows, &mut rows),
                };
                rows.end(result);
            })?;
        match receiver.recv() {
            Ok(Message::Opened(opened)) => Ok(Self {
                receiver,
                batch: Vec::new().into_iter(),
                opened,
                is_sheet_asked,
                last_line: None,
                has_finished: false,
            }),
            Ok(Message::Failed(problem)) => Err(problem),
            // A thread that panicked says nothing more; it panics on damaged files only.
            Ok(Message::Rows(_) | Message::Finished) | Err(_) => Err(FileProblem::Damaged { line: None }),
        }
    }
}

impl RowSource for WorkbookRows {
    fn next_row(&mut self, row: &mut Row) -> Result<bool, FileProblem> {
        loop {
            if let Some(next) = self.batch.next() {
                self.last_line = Some(next.line);
                *row = next;
                return Ok(true);
            }
            if self.has_finished {
                return Ok(false);
            }
            match self.receiver.recv() {
                Ok(Message::Rows(rows)) => self.batch = rows.into_iter(),
                Ok(Message::Finished) => self.has_finished = true,
                Ok(Message::Failed(problem)) => return Err(problem),
                Ok(Message::Opened(_)) | Err(_) => return Err(FileProblem::Damaged { line: self.last_line }),
            }
        }
    }

    fn progress(&self) -> f32 {
        (self.last_line.unwrap_or(0) as f32 / self.opened.last_row.max(1) as f32).min(1.0)
    }

    fn sheets(&self) -> &[String] {
        &self.opened.sheets
    }

    fn sheet(&self) -> Option<&str> {
        Some(&self.opened.sheet)
    }

    fn notes(&self) -> Vec<Note> {
        let is_choice = !self.is_sheet_asked && self.opened.sheets.len() > 1;
        let name = self.opened.sheet.clone();
        is_choice
            .then_some(Note::FirstSheet { name })
            .into_iter()
            .collect()
    }
}
