//! Rows from the thread that reads a workbook to the one that wants them.

use std::sync::mpsc::SyncSender;

use crate::{FileProblem, limits::MAX_ROW_BYTES, rows::Row};

const BATCH_ROWS: usize = 128;
const BATCH_BYTES: usize = 4 * MAX_ROW_BYTES;
/// Batches on their way; with the two at the ends it bounds what is read ahead.
pub(super) const BATCHES_AHEAD: usize = 4;

/// What the reading thread says; a thread that ends without `Finished` or `Failed` has panicked.
pub(super) enum Message {
    /// The workbook is open; first of all messages.
    Opened(Opened),
    /// Rows in the order of the sheet.
    Rows(Vec<Row>),
    /// No more rows.
    Finished,
    /// No more rows, and why.
    Failed(FileProblem),
}

/// What is known before the first row.
pub(super) struct Opened {
    /// Sheets of the workbook.
    pub(super) sheets: Vec<String>,
    /// The sheet that is read.
    pub(super) sheet: String,
    /// Last row of the sheet as far as the file says.
    pub(super) last_row: u64,
}

/// Hands rows over in batches.
pub(super) struct Handover {
    sender: SyncSender<Message>,
    batch: Vec<Row>,
    bytes: usize,
}

/// Why reading stops before the end.
pub(super) enum Stop {
    /// The file is at fault, or the disk.
    Problem(FileProblem),
    /// Nobody wants more rows.
    Unwanted,
}

impl From<FileProblem> for Stop {
    fn from(problem: FileProblem) -> Self {
        Self::Problem(problem)
    }
}

impl Handover {
    pub(super) fn new(sender: SyncSender<Message>) -> Self {
        Self {
            sender,
            batch: Vec::new(),
            bytes: 0,
        }
    }

    pub(super) fn opened(&self, opened: Opened) -> Result<(), Stop> {
        self.send(Message::Opened(opened))
    }

    pub(super) fn push(&mut self, row: Row) -> Result<(), Stop> {
        self.bytes += row.bytes();
        self.batch.push(row);
        if self.batch.len() < BATCH_ROWS && self.bytes < BATCH_BYTES {
            return Ok(());
        }
        self.flush()
    }

    /// Says how the reading ended; rows that were read before a problem are handed over first.
    pub(super) fn end(mut self, result: Result<(), Stop>) {
        let last = match result {
            Ok(()) => Message::Finished,
            Err(Stop::Problem(problem)) => Message::Failed(problem),
            Err(Stop::Unwanted) => return,
        };
        if self.flush().is_ok() {
            // Nobody listening any more is not an error here.
            let _ = self.send(last);
        }
    }

    fn flush(&mut self) -> Result<(), Stop> {
        if self.batch.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        self.send(Message::Rows(batch))
    }

    fn send(&self, message: Message) -> Result<(), Stop> {
        self.sender.send(message).map_err(|_| Stop::Unwanted)
    }
}
