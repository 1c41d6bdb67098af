//! File in S3 to contact list.
//!
//! The file is streamed to disk, read row by row, and written in batches; a wrong row is reported
//! with line, column and reason and never stops the good ones. Every row has its place in the list, so an
//! interrupted import reads the file again and goes on writing where it was.

mod event;
mod forbidding;
mod import;
mod preview;
mod progress;
mod report;
mod rows;
mod writing;

pub use event::{Answer, Request, requests_of};
pub use import::{Invocation, Parser};
