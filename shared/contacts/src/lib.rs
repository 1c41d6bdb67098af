//! Spreadsheet rows to contacts, any spelling of a phone number to E.164.
//!
//! A file (CSV in any usual encoding, packed or not, XLSX, XLSB, XLS or ODS) is read row by row; every row becomes a contact, a
//! rejected row that names its line, column and reason, or a duplicate. A wrong row never stops the
//! good ones, and memory stays bounded however large the file is. This crate must never know AWS, a
//! database or an async runtime.
//!
//! A workbook is read on a thread of its own, so a panic inside a workbook library ends as
//! [`FileProblem::Damaged`] wherever panics unwind.
//!
//! ```
//! use std::io::Write;
//!
//! use switchboard_contacts::{ParseOptions, RowOutcome, open};
//!
//! let mut file = tempfile::NamedTempFile::new()?;
//! write!(file, "phone_number,name\n+1 415 555 0100,Ada\nnonsense,Bob\n")?;
//!
//! let rows = open(file.path(), &ParseOptions::default())?.collect::<Result<Vec<_>, _>>()?;
//! let RowOutcome::Accepted(contact) = &rows[0] else { unreachable!() };
//! assert_eq!(contact.phone.as_str(), "+14155550100");
//! assert_eq!(contact.variables["name"], "Ada");
//! let RowOutcome::Rejected(rejected) = &rows[1] else { unreachable!() };
//! assert_eq!((rejected.line, rejected.reason.code()), (3, "not_a_number"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod columns;
mod duplicates;
mod file_problem;
pub mod limits;
mod mask;
mod note;
mod numbers;
mod open;
mod options;
mod outcome;
mod preview;
mod reader;
mod region;
mod reject_reason;
mod rejected_csv;
mod rows;
mod sniff;
mod text;
mod workbook;

pub use columns::Detail;
pub use file_problem::FileProblem;
pub use mask::mask;
pub use note::Note;
pub use numbers::{NumberParser, NumberProblem};
pub use open::open;
pub use options::ParseOptions;
pub use outcome::{ContactRow, RejectedRow, RowOutcome};
pub use preview::{Preview, preview};
pub use reader::{ContactReader, Verdict};
pub use region::{Region, UnknownRegion};
pub use reject_reason::{RejectReason, UnknownReason};
pub use rejected_csv::{NotImported, RejectedCsv};
pub use sniff::{Format, sniff};
