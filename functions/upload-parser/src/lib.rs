//! File in S3 to contact list.
//!
//! The file is streamed to disk, read row by row, and written in batches; a wrong row is reported
//! with line, column and reason and never stops the good ones. An interrupted import starts over
//! and writes the same contacts to the same places.

mod event;
mod import;
mod preview;
mod progress;
mod rows;

pub use event::{Answer, Request, requests_of};
pub use import::Parser;
