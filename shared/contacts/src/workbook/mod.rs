//! Workbooks: those of Excel by calamine, and OpenDocument.
//!
//! calamine trusts sizes that a file states, so `package_limits` and `biff_limits` look at the file
//! first. What it reads is handed over from a thread of its own: its cell reader borrows the workbook,
//! and a panic in it stays there.

mod assembler;
mod biff12_limits;
mod biff_limits;
mod biff_texts;
mod cell;
mod elements;
mod handover;
mod ods;
mod ods_cells;
mod package_limits;
mod sheet;
mod source;
mod xls;
mod xlsb;
mod xlsx;

pub(crate) use source::WorkbookRows;
