//! CSV in its dialects: encoding, delimiter and quotes are found out.
//!
//! Lines are read one by one and joined where a quote is open; `csv-core` then splits a record into
//! cells. So a quote that is never closed costs one row instead of the rest of the file, line numbers
//! are those of the file, and no record grows without bound.

mod accents;
mod decoder;
mod delimiter;
mod encoding;
mod lines;
mod quotes;
mod raw;
mod records;
mod source;
mod splitter;

pub(crate) use encoding::wide;
pub(crate) use raw::RawText;
pub(crate) use source::TextRows;
