//! The call log, or the do-not-call list, as a CSV file in S3, of any size.
//!
//! Calls are read page by page, oldest first, entries of the list newest first, and written part by part, so that a million of them
//! need no more memory than a thousand. Asked twice for the same export, it begins again, unless the
//! file is there already.

mod columns;
mod export;
mod failure;
mod file;
mod request;

pub use columns::{COLUMNS, DO_NOT_CALL_COLUMNS};
pub use export::{CallExporter, ExportError, ExportOutcome, Pace};
pub use request::ExportRequest;
