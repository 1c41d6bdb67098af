//! A sheet as rows.

use std::{
    path::Path,
    sync::mpsc::{Receiver, sync_channel},
    thread, vec,
};

use super::{
    handover::{BATCHES_AHEAD, Handover, Message, Opened},
    xls, xlsx,
};
use crate::{
    FileProblem, Format, Note,
    rows::{Row, RowSource},
};

/// The rows of one sheet. Dropping it ends the thread that reads.
pub(crate) struct WorkbookRows {
    receiver: Receiver<Message>,
    batch: vec::IntoIter<Row>,
    opened: Opened,
    last_line: Option<u64>,
    has_finished: bool,
}

impl WorkbookRows {
    /// Opens a workbook and waits until it is clear which sheet is read.
    pub(crate) fn open(path: &Path, format: Format, sheet: Option<&str>) -> Result<Self, FileProblem> {
        let (sender, receiver) = sync_channel(BATCHES_AHEAD);
        let (path, sheet) = (path.to_owned(), sheet.map(str::to_owned));
        thread::Builder::new()
            .name("workbook".to_owned())
            .spawn(move || {
                let mut rows = Handover::new(sender);
                let result = match format {
                    Format::Xls => xls::read(&path, sheet.as_deref(), &mut rows),
                    Format::Xlsx | Format::Csv => xlsx::read(&path, sheet.as_deref(), &mut rows),
                };
                rows.end(result);
            })?;
        match receiver.recv() {
            Ok(Message::Opened(opened)) => Ok(Self {
                receiver,
                batch: Vec::new().into_iter(),
                opened,
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
    fn next_row(&mut self) -> Result<Option<Row>, FileProblem> {
        loop {
            if let Some(row) = self.batch.next() {
                self.last_line = Some(row.line);
                return Ok(Some(row));
            }
            if self.has_finished {
                return Ok(None);
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

    fn notes(&self) -> Vec<Note> {
        Vec::new()
    }
}
