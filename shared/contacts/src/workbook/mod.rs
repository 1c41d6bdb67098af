//! Excel workbooks, by calamine.
//!
//! calamine trusts sizes that a file states, so `package_limits` and `biff_limits` look at the file
//! first. What it reads is handed over from a thread of its own: its cell reader borrows the workbook,
//! and a panic in it stays there.

mod assembler;
mod biff_limits;
mod cell;
mod handover;
mod package_limits;
mod sheet;
mod source;
mod xls;
mod xlsx;

pub(crate) use source::WorkbookRows;
