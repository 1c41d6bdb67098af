//! How much an XLSX package unpacks to.
//!
//! Every part is unpacked once to nowhere, because sizes that a package states are claims: a zip bomb
//! states small ones. The text table gets the strictest look: calamine keeps all of it, and reserves
//! room for as many texts as the table says it has.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use quick_xml::events::Event;
use zip::ZipArchive;

use crate::{
    FileProblem,
    limits::{MAX_SHARED_STRINGS_BYTES, MAX_UNPACKED_BYTES, MAX_XML_RUN_BYTES, MAX_ZIP_ENTRIES},
};

const DAMAGED: FileProblem = FileProblem::Damaged { line: None };
/// Texts a table may claim however short it is: some programs count wrongly.
const CLAIMED_TEXTS: u64 = 1_000_000;

/// Refuses a package that would need too much memory or time.
pub(super) fn check(path: &Path) -> Result<(), FileProblem> {
    let mut package = ZipArchive::new(BufReader::new(File::open(path)?)).map_err(|_| DAMAGED)?;
    if package.len() > MAX_ZIP_ENTRIES {
        return Err(FileProblem::TooLarge);
    }
    let mut left = MAX_UNPACKED_BYTES;
    for index in 0..package.len() {
        let part = package.by_index(index).map_err(|_| DAMAGED)?;
        let name = part.name_raw().to_ascii_lowercase();
        let is_texts = name.ends_with(b"sharedstrings.xml");
        let longest_run = if name.ends_with(b".xml") {
            MAX_XML_RUN_BYTES
        } else {
            usize::MAX
        };
        let allowed = if is_texts {
            left.min(MAX_SHARED_STRINGS_BYTES)
        } else {
            left
        };
        if part.size() > allowed {
            return Err(FileProblem::TooLarge);
        }
        let size = unpacked_size(part, allowed, longest_run)?;
        left -= size;
        if is_texts {
            let part = package.by_index(index).map_err(|_| DAMAGED)?;
            if claimed_texts(BufReader::new(part))? > size.max(CLAIMED_TEXTS) {
                return Err(DAMAGED);
            }
        }
    }
    Ok(())
}

/// Bytes of a part, unpacked; none of them kept. One endless text or tag would be read into one buffer,
/// so bytes without a `<` among them have a limit of their own.
fn unpacked_size(part: impl Read, allowed: u64, longest_run: usize) -> Result<u64, FileProblem> {
    let mut reader = BufReader::with_capacity(64 * 1024, part);
    let (mut size, mut run) = (0_u64, 0_usize);
    loop {
        let piece = reader.fill_buf().map_err(|_| DAMAGED)?;
        if piece.is_empty() {
            return Ok(size);
        }
        run = match piece.iter().rposition(|byte| *byte == b'<') {
            Some(last) => piece.len() - last,
            None => run + piece.len(),
        };
        let read = piece.len();
        size += read as u64;
        if size > allowed || run > longest_run {
            return Err(FileProblem::TooLarge);
        }
        reader.consume(read);
    }
}

/// How many texts the text table says it has.
fn claimed_texts(part: impl BufRead) -> Result<u64, FileProblem> {
    let mut xml = quick_xml::Reader::from_reader(part);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|_| DAMAGED)? {
            Event::Start(table) | Event::Empty(table) => {
                let count = table.try_get_attribute("uniqueCount").map_err(|_| DAMAGED)?;
                return Ok(count
                    .and_then(|count| count.value.trim().parse().ok())
                    .unwrap_or(0));
            }
            Event::Eof => return Ok(0),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_measured_and_not_believed() {
        assert_eq!(unpacked_size(&b"<a>text</a>"[..], 100, 50).unwrap(), 11);
        assert_eq!(
            unpacked_size(std::io::repeat(b'<'), 1_000_000, 50)
                .unwrap_err()
                .code(),
            "too_large"
        );
        assert_eq!(
            unpacked_size(std::io::repeat(b'x'), 1 << 40, 100_000)
                .unwrap_err()
                .code(),
            "too_large"
        );
    }

    #[test]
    fn the_claim_of_the_text_table_is_found_behind_comments() {
        let table = br#"<?xml version="1.0"?><!-- <sst uniqueCount="1"> --><sst count="9" uniqueCount="77"><si/></sst>"#;
        assert_eq!(claimed_texts(&table[..]).unwrap(), 77);
        assert_eq!(claimed_texts(&b"<sst/>"[..]).unwrap(), 0);
    }
}
