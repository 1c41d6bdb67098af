//! What a file is, by its content.

use std::{fs::File, io::Read, path::Path};

use serde::{Deserialize, Serialize};
use zip::ZipArchive;

use crate::FileProblem;

/// A format we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text with a delimiter.
    Csv,
    /// Excel since 2007.
    Xlsx,
    /// Excel before 2007.
    Xls,
}

const SAMPLE: u64 = 8 * 1024;

/// Beginnings of files that people do upload by mistake and that could pass for text.
const NOT_TEXT: &[&[u8]] = &[
    b"%PDF",
    b"{\\rtf",
    b"<!doctype html",
    b"<html",
    b"<?xml",
    b"begin:vcard",
];

/// What the file is, whatever its name says.
///
/// # Errors
/// When it is none of the formats we read, empty, damaged or protected by a password.
pub fn sniff(path: &Path) -> Result<Format, FileProblem> {
    let mut file = File::open(path)?;
    let mut sample = Vec::new();
    file.by_ref().take(SAMPLE).read_to_end(&mut sample)?;
    match sample.as_slice() {
        [] => Err(FileProblem::Empty),
        [b'P', b'K', 3 | 5 | 7, ..] => sniff_zip(file),
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => sniff_ole(path),
        sample => sniff_text(sample),
    }
}

fn sniff_zip(file: File) -> Result<Format, FileProblem> {
    let archive = ZipArchive::new(file).map_err(|_| FileProblem::Damaged { line: None })?;
    let has = |start: &str| {
        archive.file_names_raw().any(|name| {
            name.get(..start.len())
                .is_some_and(|name| name.eq_ignore_ascii_case(start.as_bytes()))
        })
    };
    if has("xl/") && !has("xl/workbook.bin") {
        Ok(Format::Xlsx)
    } else {
        Err(FileProblem::NotASpreadsheet)
    }
}

fn sniff_ole(path: &Path) -> Result<Format, FileProblem> {
    let container = cfb::open(path).map_err(|_| FileProblem::Damaged { line: None })?;
    if container.exists("/EncryptedPackage") {
        Err(FileProblem::PasswordProtected)
    } else if container.is_stream("/Workbook") || container.is_stream("/Book") {
        Ok(Format::Xls)
    } else {
        Err(FileProblem::NotASpreadsheet)
    }
}

fn sniff_text(sample: &[u8]) -> Result<Format, FileProblem> {
    if sample.starts_with(&[0xFF, 0xFE]) || sample.starts_with(&[0xFE, 0xFF]) {
        return if sample.len() > 2 {
            Ok(Format::Csv)
        } else {
            Err(FileProblem::Empty)
        };
    }
    let text = sample
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(sample)
        .trim_ascii();
    if text.is_empty() {
        return Err(FileProblem::Empty);
    }
    let starts_like = |start: &&[u8]| {
        text.get(..start.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(start))
    };
    let is_odd = |b: &&u8| matches!(**b, 0..=8 | 14..=31 | 127);
    // A stray NUL happens in exports; one byte in twenty is no text.
    if NOT_TEXT.iter().any(starts_like) || text.iter().filter(is_odd).count() * 20 > text.len() {
        return Err(FileProblem::NotASpreadsheet);
    }
    Ok(Format::Csv)
}
