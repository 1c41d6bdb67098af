//! Whole files to contacts.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod sample_contacts;
mod support;
mod text_files;
mod workbooks;
