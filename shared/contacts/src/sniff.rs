//! What a file is, by its content.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use serde::{Deserialize, Serialize};
use zip::ZipArchive;

use crate::{
    FileProblem,
    text::{RawText, wide},
};

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
    /// Excel since 2007, in its binary form.
    Xlsb,
    /// OpenDocument, as LibreOffice saves it.
    Ods,
}

impl Format {
    /// The stable code, e.g. `xlsx`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Xlsb => "xlsb",
            Self::Ods => "ods",
        }
    }
}

const SAMPLE: u64 = 8 * 1024;

/// Beginnings of files that people do upload by mistake and that could pass for text: documents, address
/// cards and web archives.
const NOT_TEXT: &[&[u8]] = &[
    b"%PDF",
    b"{\\rtf",
    b"begin:vcard",
    b"mime-version:",
    b"from: <saved by",
];
/// Records of an XLS file that come before the one that says it is encrypted, at most.
const XLS_RECORDS_BEFORE_PASSWORD: usize = 20;

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
        [0x1F, 0x8B, ..] => sniff_gzip(path),
        sample => sniff_text(sample),
    }
}

fn sniff_zip(file: File) -> Result<Format, FileProblem> {
    let archive = ZipArchive::new(file).map_err(|_| FileProblem::Damaged { line: None })?;
    // Some old programs write names of parts with the slashes of Windows.
    let is_same = |(a, b): (&u8, u8)| a.eq_ignore_ascii_case(&b) || (*a == b'\\' && b == b'/');
    let has = |start: &str| {
        archive
            .file_names_raw()
            .any(|name| name.len() >= start.len() && name.iter().zip(start.bytes()).all(is_same))
    };
    if has("xl/workbook.bin") {
        Ok(Format::Xlsb)
    } else if has("xl/") {
        Ok(Format::Xlsx)
    } else if is_spreadsheet_document(archive) {
        Ok(Format::Ods)
    } else {
        Err(FileProblem::NotASpreadsheet)
    }
}

/// OpenDocument says what it is in a part of its own.
fn is_spreadsheet_document(mut archive: ZipArchive<File>) -> bool {
    const KIND: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    let mut kind = Vec::new();
    archive
        .by_name("mimetype")
        .is_ok_and(|part| part.take(100).read_to_end(&mut kind).is_ok())
        && kind.starts_with(KIND)
}

fn sniff_gzip(path: &Path) -> Result<Format, FileProblem> {
    let mut sample = Vec::new();
    RawText::open(path)?
        .reader()?
        .take(SAMPLE)
        .read_to_end(&mut sample)
        .map_err(|_| FileProblem::Damaged { line: None })?;
    sniff_text(&sample)
}

fn sniff_ole(path: &Path) -> Result<Format, FileProblem> {
    let mut container = cfb::open(path).map_err(|_| FileProblem::Damaged { line: None })?;
    if container.exists("/EncryptedPackage") {
        return Err(FileProblem::PasswordProtected);
    }
    let name = ["/Workbook", "/Book"]
        .into_iter()
        .find(|name| container.is_stream(name))
        .ok_or(FileProblem::NotASpreadsheet)?;
    if container.open_stream(name).is_ok_and(has_password) {
        Err(FileProblem::PasswordProtected)
    } else {
        Ok(Format::Xls)
    }
}

/// Whether the records of an XLS file are encrypted: FilePass, [MS-XLS] section 2.4.117, in the first of its
/// parts.
fn has_password(mut records: impl Read) -> bool {
    const FILE_PASS: u16 = 0x002F;
    const END: u16 = 0x000A;
    for _ in 0..XLS_RECORDS_BEFORE_PASSWORD {
        let mut head = [0; 4];
        if records.read_exact(&mut head).is_err() {
            return false;
        }
        let [k0, k1, l0, l1] = head;
        match u16::from_le_bytes([k0, k1]) {
            FILE_PASS => return true,
            END => return false,
            _ => {}
        }
        let length = u64::from(u16::from_le_bytes([l0, l1]));
        let skipped = io::copy(&mut records.by_ref().take(length), &mut io::sink());
        if !skipped.is_ok_and(|skipped| skipped == length) {
            return false;
        }
    }
    false
}

fn sniff_text(sample: &[u8]) -> Result<Format, FileProblem> {
    if let Some(encoding) = wide(sample) {
        // UTF-32 has a zero beside each letter, and is read as well.
        return sniff_plain(encoding.decode(sample).0.replace('\0', "").as_bytes());
    }
    sniff_plain(sample)
}

/// Judges text whose plain letters are plain bytes.
fn sniff_plain(sample: &[u8]) -> Result<Format, FileProblem> {
    let mut text = sample;
    while let Some(rest) = text.strip_prefix(b"\xEF\xBB\xBF") {
        text = rest;
    }
    let text = text.trim_ascii();
    if text.is_empty() {
        return Err(FileProblem::Empty);
    }
    let starts_like = |start: &&[u8]| {
        text.get(..start.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(start))
    };
    let is_odd = |b: &&u8| matches!(**b, 0..=8 | 14..=31 | 127);
    // A stray NUL happens in exports; one byte in twenty is no text.
    let is_text = text.iter().filter(is_odd).count() * 20 <= text.len();
    if !is_text || is_markup(text) || is_json(text) || NOT_TEXT.iter().any(starts_like) {
        return Err(FileProblem::NotASpreadsheet);
    }
    Ok(Format::Csv)
}

/// HTML and XML of any kind.
fn is_markup(text: &[u8]) -> bool {
    matches!(text, [b'<', next, ..] if next.is_ascii_alphabetic() || matches!(next, b'!' | b'?'))
}

/// JSON, also one value a line. `[phone],[name]` is a header of a table.
fn is_json(text: &[u8]) -> bool {
    let Some((first, rest)) = text.split_first() else {
        return false;
    };
    let next = rest.trim_ascii_start().first();
    match first {
        b'{' => matches!(next, Some(b'"' | b'}')),
        b'[' => matches!(next, Some(b'"' | b'{' | b'[' | b']')),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniffed(sample: &[u8]) -> Result<&'static str, &'static str> {
        match sniff_text(sample) {
            Ok(format) => Ok(format.code()),
            Err(problem) => Err(problem.code()),
        }
    }

    #[test]
    fn a_format_is_named_in_json_as_by_its_code() {
        let formats = [Format::Csv, Format::Xlsx, Format::Xls, Format::Xlsb, Format::Ods];
        let codes = ["csv", "xlsx", "xls", "xlsb", "ods"];
        assert_eq!(formats.map(Format::code), codes);
        assert_eq!(serde_json::to_value(formats).unwrap(), serde_json::json!(codes));
    }

    #[test]
    fn text_is_a_table_unless_it_begins_like_something_else() {
        for text in [
            "phone\n1",
            "\u{feff}\u{feff} phone",
            "<3 phone",
            "{ phone }",
            "[phone]",
            "%PD",
            "< a>",
        ] {
            assert_eq!(sniffed(text.as_bytes()), Ok("csv"), "{text}");
        }
        for text in [
            "<html>",
            "<!doctype",
            "<?xml",
            r#"{"a":1}"#,
            "{ }",
            "[1]]",
            r#"[ "a"]"#,
            "[{}]",
            "[[1]]",
            "[]",
            "%PDF-1.7",
            "{\\rtf1",
            "BEGIN:VCARD",
            "Mime-Version: 1.0",
        ] {
            let expected = if text == "[1]]" {
                Ok("csv")
            } else {
                Err("not_a_spreadsheet")
            };
            assert_eq!(sniffed(text.as_bytes()), expected, "{text}");
        }
        for text in ["", " \n", "\u{feff}", "\u{feff}\u{feff}\t"] {
            assert_eq!(sniffed(text.as_bytes()), Err("empty"), "{text:?}");
        }
    }

    #[test]
    fn one_odd_byte_in_twenty_is_still_text() {
        let with = |odd: u8, others: usize| sniffed(&[&[odd][..], &vec![b'1'; others]].concat());
        for odd in [0, 8, 14, 31, 127] {
            assert_eq!(
                (with(odd, 19), with(odd, 18)),
                (Ok("csv"), Err("not_a_spreadsheet")),
                "{odd}"
            );
        }
        for even in [9, 11, 12, 32, 126, 128] {
            assert_eq!(with(even, 1), Ok("csv"), "{even}");
        }
    }

    #[test]
    fn wide_text_is_read_before_it_is_judged() {
        let wide = |text: &str| {
            text.encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>()
        };
        assert_eq!(sniffed(&wide("phone;name\n1;a")), Ok("csv"));
        assert_eq!(sniffed(&wide("<html><body>text")), Err("not_a_spreadsheet"));
        let wider: Vec<u8> = "phone;name"
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect();
        assert_eq!(sniffed(&[&[0xFF, 0xFE, 0, 0][..], &wider].concat()), Ok("csv"));
    }

    #[test]
    fn a_password_is_announced_among_the_first_records() {
        let record = |kind: u16, body: &[u8]| {
            let length = u16::try_from(body.len()).unwrap();
            [&kind.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
        };
        let (begin, password, end) = (
            record(0x0809, &[0; 16]),
            record(0x002F, &[1]),
            record(0x000A, &[]),
        );
        let has = |records: &[&[u8]]| has_password(records.concat().as_slice());
        assert!(has(&[&begin, &password]));
        assert!(!has(&[&begin, &end, &password]), "the book is over");
        assert!(!has(&[&begin]) && !has(&[]));
        assert!(!has(&[&begin[..9]]), "it breaks off");
        let many = record(0x0042, &[0; 300]).repeat(19);
        assert!(has(&[&many, &password]));
        assert!(
            !has(&[&many, &begin, &password]),
            "the twenty-first is not looked at"
        );
    }
}
