//! Rows as every format gives them.

mod row;
mod source;

pub(crate) use row::Row;
pub(crate) use source::RowSource;
