//! The rows of a file, read on a thread of their own and handed over in batches.

use std::path::{Path, PathBuf};

use switchboard_contacts::{ContactReader, FileProblem, ParseOptions, RejectedRow, Verdict, mask, open};
use switchboard_domain::{ContactDetails, DynamicVariables, PhoneNumber, RejectedSample};
use tokio::sync::mpsc;

/// Rows handed over at a time.
const BATCH: usize = 500;
/// Batches that may wait: the file is read no faster than its contacts are written.
const WAITING: usize = 4;

/// Some rows, and where they bring us.
pub(crate) struct Batch {
    pub rows: Vec<ReadRow>,
    pub part: f64,
}

/// A row that was read.
pub(crate) struct ReadRow {
    pub line: u64,
    pub kind: RowKind,
}

/// What a row is by itself; the do-not-call list is not looked at yet.
pub(crate) enum RowKind {
    /// A contact.
    Contact(ContactCells),
    /// Its number is there already, on this line; 0 where the list had it before.
    Duplicate { first_line: u64, cells: Vec<String> },
    /// Something is wrong with it.
    Rejected { row: RejectedRow, cells: Vec<String> },
}

/// A row that could be a contact.
pub(crate) struct ContactCells {
    pub phone_number: PhoneNumber,
    pub details: ContactDetails,
    pub variables: DynamicVariables,
    /// It corrects a row of an earlier file.
    pub corrects: bool,
}

impl ReadRow {
    /// The number, if the row could be a contact.
    pub(crate) fn number(&self) -> Option<&PhoneNumber> {
        match &self.kind {
            RowKind::Contact(row) => Some(&row.phone_number),
            RowKind::Duplicate { .. } | RowKind::Rejected { .. } => None,
        }
    }
}

/// What is known of a file once it is open.
pub(crate) struct Opened {
    pub columns: Vec<String>,
    pub phone_column: String,
    pub variables: Vec<String>,
}

/// How the reading goes.
pub(crate) enum Told {
    /// First of all.
    Opened(Opened),
    /// Rows, in the order of the file.
    Rows(Batch),
    /// Last of all, when the file was read to its end: what the reader changed or assumed.
    Ended { notes: Vec<String> },
    /// Last of all, when it was not.
    Failed(NotRead),
}

/// Why a file was not read to its end.
pub(crate) enum NotRead {
    /// Something is wrong with the file.
    File(FileProblem),
    /// The disk failed.
    Disk(std::io::Error),
}

/// Nobody takes the rows any more.
struct Abandoned;

/// Reads `path` on a blocking thread. Numbers that are `known` are duplicates.
pub(crate) fn read_rows(
    path: PathBuf,
    options: ParseOptions,
    known: Vec<PhoneNumber>,
) -> (mpsc::Receiver<Told>, tokio::task::JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let reading = tokio::task::spawn_blocking(move || {
        let told = match read(&path, &options, known, &sender) {
            Ok(Ok(told)) => told,
            // A disk that fails is no fault of the file: that is tried again.
            Ok(Err(FileProblem::Unreadable(cause))) => Told::Failed(NotRead::Disk(cause)),
            Ok(Err(problem)) => Told::Failed(NotRead::File(problem)),
            Err(Abandoned) => return,
        };
        // Nobody listening any more is no error.
        let _ = sender.blocking_send(told);
    });
    (receiver, reading)
}

fn read(
    path: &Path,
    options: &ParseOptions,
    known: Vec<PhoneNumber>,
    sender: &mpsc::Sender<Told>,
) -> Result<Result<Told, FileProblem>, Abandoned> {
    let mut reader = match open(path, options) {
        Ok(reader) => reader,
        Err(problem) => return Ok(Err(problem)),
    };
    for number in known {
        reader.know(&number);
    }
    let tell = |told| sender.blocking_send(told).map_err(|_| Abandoned);
    tell(Told::Opened(Opened {
        columns: reader.columns().to_vec(),
        phone_column: reader.phone_column().to_owned(),
        variables: reader.variable_names().map(str::to_owned).collect(),
    }))?;
    let mut rows = Vec::with_capacity(BATCH);
    loop {
        let verdict = match reader.advance() {
            Ok(verdict) => verdict,
            Err(problem) => return Ok(Err(problem)),
        };
        let has_ended = verdict.is_none();
        rows.extend(verdict.map(|verdict| row_of(&reader, verdict)));
        if has_ended || rows.len() == BATCH {
            tell(Told::Rows(Batch {
                rows: std::mem::replace(&mut rows, Vec::with_capacity(BATCH)),
                part: f64::from(reader.progress()),
            }))?;
        }
        if has_ended {
            let notes = reader.notes().iter().map(ToString::to_string).collect();
            return Ok(Ok(Told::Ended { notes }));
        }
    }
}

fn row_of(reader: &ContactReader, verdict: Verdict) -> ReadRow {
    let cells = || {
        (0..reader.columns().len())
            .map(|column| reader.cell(column).to_owned())
            .collect()
    };
    let kind = match verdict {
        Verdict::Accepted { phone, details } => RowKind::Contact(ContactCells {
            phone_number: phone,
            details,
            variables: reader
                .variables()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            corrects: reader.corrects_line().is_some(),
        }),
        Verdict::Duplicate { first_line, .. } => RowKind::Duplicate {
            first_line,
            cells: cells(),
        },
        Verdict::Rejected { column, reason } => RowKind::Rejected {
            row: reader.rejected(column, reason),
            cells: cells(),
        },
    };
    ReadRow {
        line: reader.line(),
        kind,
    }
}

/// A rejected row, for people to look at.
pub(crate) fn sample_of(row: &RejectedRow) -> RejectedSample {
    RejectedSample {
        line: row.line,
        reason: row.reason.code().to_owned(),
        explanation: row.reason.explain().to_owned(),
        column: row.column.clone(),
        value: mask(&row.value),
    }
}
