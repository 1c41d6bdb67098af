//! The rows of a file, read on a thread of their own and handed over in batches.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use switchboard_contacts::{
    ContactReader, FileProblem, ParseOptions, RejectedCsv, RejectedRow, RowOutcome, open,
};
use switchboard_domain::{RejectedSample, UploadCounts};
use switchboard_store::NewContact;
use tokio::sync::mpsc;

/// Contacts handed over at a time.
const BATCH: usize = 500;
/// Batches that may wait: the file is read no faster than its contacts are written.
const WAITING: usize = 4;
/// Rejected rows kept for a first look.
const SAMPLES: usize = 100;

/// Some rows, and where they bring us.
pub(crate) struct Batch {
    pub contacts: Vec<NewContact>,
    pub counts: UploadCounts,
    pub part: f64,
}

/// What was found when the whole file is read.
pub(crate) struct Read {
    pub counts: UploadCounts,
    pub columns: Vec<String>,
    pub variables: Vec<String>,
    pub notes: Vec<String>,
    pub samples: Vec<RejectedSample>,
}

/// Why a file was not read to its end.
pub(crate) enum NotRead {
    /// Something is wrong with the file.
    File(FileProblem),
    /// The disk failed.
    Disk(std::io::Error),
    /// Nobody takes the batches any more.
    Abandoned,
}

/// Reads `path` on a blocking thread. Rejected rows go to `rejected` as CSV.
pub(crate) fn read_rows(
    path: PathBuf,
    options: ParseOptions,
    rejected: PathBuf,
) -> (
    mpsc::Receiver<Batch>,
    tokio::task::JoinHandle<Result<Read, NotRead>>,
) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let reading = tokio::task::spawn_blocking(move || read(&path, &options, &rejected, &sender));
    (receiver, reading)
}

fn read(
    path: &Path,
    options: &ParseOptions,
    rejected: &Path,
    sender: &mpsc::Sender<Batch>,
) -> Result<Read, NotRead> {
    let mut reader = open(path, options).map_err(not_read)?;
    let file = File::create(rejected).map_err(NotRead::Disk)?;
    let mut rejects = RejectedCsv::new(BufWriter::new(file)).map_err(NotRead::Disk)?;
    let mut state = State::default();
    while let Some(row) = reader.next() {
        state.take(row.map_err(not_read)?, &mut rejects)?;
        if state.contacts.len() >= BATCH {
            state.hand_over(sender, f64::from(reader.progress()))?;
        }
    }
    state.hand_over(sender, 1.0)?;
    // Into the file, so that a full disk shows here.
    rejects
        .finish()
        .and_then(|mut file| file.flush())
        .map_err(NotRead::Disk)?;
    Ok(state.read(&reader))
}

/// A disk that fails is no fault of the file: that is tried again.
fn not_read(problem: FileProblem) -> NotRead {
    match problem {
        FileProblem::Unreadable(cause) => NotRead::Disk(cause),
        problem => NotRead::File(problem),
    }
}

#[derive(Default)]
struct State {
    contacts: Vec<NewContact>,
    counts: UploadCounts,
    samples: Vec<RejectedSample>,
}

impl State {
    fn take(&mut self, row: RowOutcome, rejects: &mut RejectedCsv<BufWriter<File>>) -> Result<(), NotRead> {
        self.counts.rows += 1;
        match row {
            RowOutcome::Accepted(row) => {
                self.contacts.push(NewContact {
                    seq: self.counts.accepted,
                    line: row.line,
                    phone_number: row.phone,
                    variables: row.variables,
                });
                self.counts.accepted += 1;
            }
            RowOutcome::Rejected(row) => {
                self.counts.rejected += 1;
                rejects.write(&row).map_err(NotRead::Disk)?;
                if self.samples.len() < SAMPLES {
                    self.samples.push(sample_of(row));
                }
            }
            RowOutcome::Duplicate { .. } => self.counts.duplicate += 1,
        }
        Ok(())
    }

    fn hand_over(&mut self, sender: &mpsc::Sender<Batch>, part: f64) -> Result<(), NotRead> {
        let contacts = std::mem::take(&mut self.contacts);
        sender
            .blocking_send(Batch {
                contacts,
                counts: self.counts,
                part,
            })
            .map_err(|_| NotRead::Abandoned)
    }

    fn read(self, reader: &ContactReader) -> Read {
        let columns = reader.columns().to_vec();
        let variables = columns
            .iter()
            .filter(|c| c.as_str() != reader.phone_column())
            .cloned()
            .collect();
        let notes = reader.notes().iter().map(ToString::to_string).collect();
        Read {
            counts: self.counts,
            columns,
            variables,
            notes,
            samples: self.samples,
        }
    }
}

/// A rejected row, for people to look at.
pub(crate) fn sample_of(row: RejectedRow) -> RejectedSample {
    RejectedSample {
        line: row.line,
        reason: row.reason.code().to_owned(),
        explanation: row.reason.explain().to_owned(),
        column: row.column,
        value: row.value,
    }
}
