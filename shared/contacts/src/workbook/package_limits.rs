//! How much a packed workbook unpacks to.
//!
//! The parts that will be read are unpacked once to nowhere, because sizes that a package states are
//! claims: a zip bomb states small ones. What no sheet of people unpacks to is refused, and so is a part
//! whose structure alone would fill the memory. The text table of XLSX gets the strictest look: calamine
//! keeps all of it, and reserves room for as many texts as the table says it has. Of styles it keeps a copy
//! of font and format for each, names included.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use quick_xml::events::Event;
use zip::ZipArchive;

use super::{biff12_limits, elements::Elements};
use crate::{
    FileProblem, Format,
    limits::{
        MAX_KEPT_BYTES, MAX_LIST_BYTES, MAX_LIST_ENTRIES, MAX_SHARED_STRINGS_BYTES, MAX_SHEET_ROWS,
        MAX_STYLES_BYTES, MAX_UNPACKED_BYTES, MAX_XML_DEPTH, MAX_XML_RUN_BYTES, MAX_ZIP_ENTRIES,
        believable_size,
    },
};

const DAMAGED: FileProblem = FileProblem::Damaged { line: None };
/// Texts a table may claim however short it is: some programs count wrongly.
const CLAIMED_TEXTS: u64 = 1_000_000;
/// Bytes that a text needs beside its own: its place in the table, and what an allocation costs.
const TEXT_BYTES: u64 = 24;
const ALLOCATION_BYTES: u64 = 16;
/// Bytes that an entry of a list needs beside its names.
const ENTRY_BYTES: u64 = 512;

/// Refuses a package that would need too much memory or time. Where only the first rows of a sheet of XLSX
/// are wanted, no more of it is unpacked than holds them.
pub(super) fn check(path: &Path, format: Format, first_rows: Option<u64>) -> Result<(), FileProblem> {
    let mut package = ZipArchive::new(BufReader::new(File::open(path)?)).map_err(|_| DAMAGED)?;
    if package.len() > MAX_ZIP_ENTRIES {
        return Err(FileProblem::TooLarge);
    }
    let mut left = MAX_UNPACKED_BYTES;
    for index in 0..package.len() {
        let part = package.by_index(index).map_err(|_| DAMAGED)?;
        let name = plain_name(part.name_raw());
        if !is_read(&name, format) {
            continue;
        }
        let is_texts = name.ends_with(b"sharedstrings.xml") || name.ends_with(b"sharedstrings.bin");
        let mut allowed = left.min(believable_size(part.compressed_size()));
        if is_texts {
            allowed = allowed.min(MAX_SHARED_STRINGS_BYTES);
        } else if name.ends_with(b"styles.xml") {
            allowed = allowed.min(MAX_STYLES_BYTES);
        }
        if part.size() > allowed {
            return Err(FileProblem::TooLarge);
        }
        let size = if name.ends_with(b".bin") {
            biff12_limits::check(part, allowed)?
        } else {
            let part = Bounded::new(part, allowed);
            match first_rows {
                Some(rows) if name.starts_with(b"xl/worksheets/") => rows_size(part, rows)?,
                _ if is_texts => {
                    let (size, texts) = texts_size(part)?;
                    let part = package.by_index(index).map_err(|_| DAMAGED)?;
                    check_claim(claimed_texts(BufReader::new(part))?, texts, size)?;
                    size
                }
                _ => lists_size(part, format)?,
            }
        };
        left = left.saturating_sub(size);
    }
    check_targets(&mut package, format)
}

/// A part's name as calamine compares it: without case, and with the slashes that some programs turn.
fn plain_name(name: &[u8]) -> Vec<u8> {
    let slash = |byte: &u8| {
        if *byte == b'\\' {
            b'/'
        } else {
            byte.to_ascii_lowercase()
        }
    };
    name.iter().map(slash).collect()
}

/// Refuses a workbook that names as a sheet, its texts or its styles a part that was not looked at.
fn check_targets(package: &mut ZipArchive<BufReader<File>>, format: Format) -> Result<(), FileProblem> {
    const READ: [&str; 3] = ["/worksheet", "/sharedStrings", "/styles"];
    if format == Format::Ods {
        return Ok(());
    }
    for index in 0..package.len() {
        let part = package.by_index(index).map_err(|_| DAMAGED)?;
        let name = plain_name(part.name_raw());
        if !name.starts_with(b"xl/_rels/workbook.") {
            continue;
        }
        let mut xml = quick_xml::Reader::from_reader(BufReader::new(part));
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let element = match xml.read_event_into(&mut buffer).map_err(|_| DAMAGED)? {
                Event::Eof => break,
                Event::Start(element) | Event::Empty(element) => element,
                _ => continue,
            };
            let attribute = |name: &str| {
                let found = element.try_get_attribute(name).map_err(|_| DAMAGED)?;
                Ok::<_, FileProblem>(found.map(|found| found.value.into_owned()).unwrap_or_default())
            };
            let kind = attribute("Type")?;
            if READ.iter().any(|read| kind.ends_with(read)) && !is_looked_at(&attribute("Target")?, format) {
                return Err(DAMAGED);
            }
        }
    }
    Ok(())
}

/// Whether the part that a relation of the workbook names was looked at.
fn is_looked_at(target: &str, format: Format) -> bool {
    let target = plain_name(target.as_bytes());
    let name = match target.strip_prefix(b"/") {
        Some(whole) => whole.to_vec(),
        None => [b"xl/", target.as_slice()].concat(),
    };
    is_read(&name, format) && !name.windows(2).any(|pair| pair == b"..")
}

/// Bytes of a part that is neither texts nor records, unpacked. Refuses rows and entries of lists that
/// would need too much memory, or more of anybody's patience than they are worth.
fn lists_size(part: Bounded<impl Read>, format: Format) -> Result<u64, FileProblem> {
    let has_rows = format != Format::Ods;
    let (size, elements) = unpacked(part, |elements| {
        if has_rows && elements.rows > MAX_SHEET_ROWS {
            return Err(DAMAGED);
        }
        let kept = elements
            .entries
            .saturating_mul(ENTRY_BYTES + elements.longest as u64);
        if elements.entries > MAX_LIST_ENTRIES || kept > MAX_KEPT_BYTES {
            return Err(FileProblem::TooLarge);
        }
        Ok(())
    })?;
    let is_list = has_rows && elements.entries > 0 && elements.rows == 0;
    if is_list && size > MAX_LIST_BYTES {
        return Err(FileProblem::TooLarge);
    }
    Ok(size)
}

/// Bytes of a text table, unpacked, and how many texts it has. Refuses one that would need too much memory.
fn texts_size(part: Bounded<impl Read>) -> Result<(u64, u64), FileProblem> {
    let check = |texts: u64, size: u64| {
        let kept = texts
            .saturating_mul(TEXT_BYTES + ALLOCATION_BYTES)
            .saturating_add(size);
        if kept > MAX_KEPT_BYTES {
            Err(FileProblem::TooLarge)
        } else {
            Ok(())
        }
    };
    let (size, elements) = unpacked(part, |elements| check(elements.texts, 0))?;
    check(elements.texts, size)?;
    Ok((size, elements.texts))
}

/// Refuses a text table that claims more texts than it can have, or than fit the memory reserved for them.
fn check_claim(claimed: u64, texts: u64, size: u64) -> Result<(), FileProblem> {
    if claimed > size.max(CLAIMED_TEXTS) {
        return Err(DAMAGED);
    }
    if claimed > texts && claimed.saturating_mul(TEXT_BYTES) > MAX_KEPT_BYTES {
        return Err(FileProblem::TooLarge);
    }
    Ok(())
}

/// Whether a part is ever read: not pictures, for one.
fn is_read(name: &[u8], format: Format) -> bool {
    let ends = |ends: &[&[u8]]| ends.iter().any(|end| name.ends_with(end));
    match format {
        Format::Ods => name == b"content.xml",
        // Settings of printers and images of controls are no records.
        Format::Xlsb => ends(&[b".rels", b".xml"]) || is_records(name),
        // Forms that other programs keep beside the workbook are never read.
        _ => ends(&[b".xml", b".rels"]) && !name.starts_with(b"customxml/"),
    }
}

/// Whether a part of XLSB holds records that are read: sheets, texts, styles and the list of sheets.
fn is_records(name: &[u8]) -> bool {
    let Some(inner) = name.strip_prefix(b"xl/") else {
        return false;
    };
    [&b"workbook.bin"[..], b"sharedstrings.bin", b"styles.bin"].contains(&inner)
        || (inner.starts_with(b"worksheets/sheet") && inner.ends_with(b".bin"))
}

/// A part of XML that is unpacked, and its elements. What a library would read into one buffer has a limit
/// of its own, and so has what it would remember of elements that are open.
struct Bounded<R> {
    part: BufReader<R>,
    left: u64,
    read: u64,
    elements: Elements,
    /// Bytes in the buffer that were looked at.
    seen: usize,
}

impl<R: Read> Bounded<R> {
    fn new(part: R, allowed: u64) -> Self {
        Self {
            part: BufReader::with_capacity(64 * 1024, part),
            left: allowed,
            read: 0,
            elements: Elements::default(),
            seen: 0,
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let piece = self.part.fill_buf()?;
        if self.seen == 0 {
            self.elements.take(piece);
            self.seen = piece.len();
            self.read += piece.len() as u64;
            if self.read > self.left || self.elements.longest > MAX_XML_RUN_BYTES {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            // Programs for spreadsheets write neither.
            if self.elements.deepest > MAX_XML_DEPTH || self.elements.has_definitions {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(piece)
    }

    fn consume(&mut self, amount: usize) {
        self.seen = self.seen.saturating_sub(amount);
        self.part.consume(amount);
    }
}

fn problem(error: &io::Error) -> FileProblem {
    if error.kind() == io::ErrorKind::FileTooLarge {
        FileProblem::TooLarge
    } else {
        DAMAGED
    }
}

/// Bytes of a part of XML, unpacked, and its elements; none of them kept. `check` is asked again and again.
fn unpacked(
    mut part: Bounded<impl Read>,
    check: impl Fn(&Elements) -> Result<(), FileProblem>,
) -> Result<(u64, Elements), FileProblem> {
    loop {
        let read = part.fill_buf().map_err(|error| problem(&error))?.len();
        check(&part.elements)?;
        if read == 0 {
            return Ok((part.read, part.elements));
        }
        part.consume(read);
    }
}

/// Bytes of a sheet up to the end of so many rows, unpacked; none of them kept.
fn rows_size(part: Bounded<impl Read>, rows: u64) -> Result<u64, FileProblem> {
    let mut xml = quick_xml::Reader::from_reader(part);
    xml.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    let mut ended = 0;
    while ended < rows {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::End(end)) if end.local_name().as_ref() == "row" => ended += 1,
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(quick_xml::Error::Io(error)) => return Err(problem(&error)),
            Err(_) => return Err(DAMAGED),
        }
    }
    Ok(xml.get_ref().read)
}

/// How many texts the text table says it has. Whatever stands before it is passed over, as calamine does.
fn claimed_texts(part: impl BufRead) -> Result<u64, FileProblem> {
    let mut xml = quick_xml::Reader::from_reader(part);
    xml.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|_| DAMAGED)? {
            Event::Start(table) | Event::Empty(table) if table.local_name().as_ref() == "sst" => {
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
    fn a_sheet_that_was_not_looked_at_is_not_read() {
        for (target, format, is_fine) in [
            ("worksheets/sheet1.xml", Format::Xlsx, true),
            ("/xl/worksheets/Sheet1.XML", Format::Xlsx, true),
            ("worksheets\\sheet1.xml", Format::Xlsx, true),
            ("media/image1.png", Format::Xlsx, false),
            ("/customXml/item1.xml", Format::Xlsx, false),
            ("../customXml/item1.xml", Format::Xlsx, false),
            ("worksheets/sheet1.bin", Format::Xlsb, true),
            ("printerSettings/printerSettings1.bin", Format::Xlsb, false),
        ] {
            assert_eq!(is_looked_at(target, format), is_fine, "{target}");
        }
    }

    #[test]
    fn a_part_is_measured_and_not_believed() {
        fn size(part: impl Read, allowed: u64) -> Result<u64, &'static str> {
            let size = unpacked(Bounded::new(part, allowed), |_| Ok(()));
            size.map(|(size, _)| size).map_err(|problem| problem.code())
        }
        assert_eq!(size(&b"<a>text</a>"[..], 100), Ok(11));
        assert_eq!(size(io::repeat(b'<'), 1_000_000), Err("too_large"));
        assert_eq!(size(io::repeat(b'x'), 1 << 40), Err("too_large"));
        assert_eq!(size(io::repeat(b'<'), 1 << 40), Err("too_large"));
        assert_eq!(size(&*b"<a>".repeat(256), 1 << 40), Ok(768));
        assert_eq!(size(&*b"<a>".repeat(257), 1 << 40), Err("damaged"));
        assert_eq!(size(&b"<!DOCTYPE a [<!ENTITY b 'c'>]>"[..], 100), Err("damaged"));
    }

    #[test]
    fn the_first_rows_are_enough_of_a_sheet() {
        let start = &b"<sheetData><row><c/></row><row/><row></row>"[..];
        let endless = || Bounded::new(start.chain(io::repeat(b'x')), 1 << 40);
        assert!(rows_size(endless(), 2).is_ok());
        assert_eq!(rows_size(endless(), 3).unwrap_err().code(), "too_large");
    }

    #[test]
    fn the_claim_of_the_text_table_is_found_behind_comments() {
        let table = br#"<?xml version="1.0"?><!-- <sst uniqueCount="1"> --><sst count="9" uniqueCount="77"><si/></sst>"#;
        assert_eq!(claimed_texts(&table[..]).unwrap(), 77);
        assert_eq!(claimed_texts(&b"<sst/>"[..]).unwrap(), 0);
        assert_eq!(
            claimed_texts(&br#"<x><y/><z:sst uniqueCount="9"/>"#[..]).unwrap(),
            9
        );
    }

    #[test]
    fn texts_and_lists_that_need_too_much_memory_are_too_large() {
        let texts = |table: &[u8]| {
            let size = texts_size(Bounded::new(table, u64::MAX));
            size.map(|(_, texts)| texts).map_err(|problem| problem.code())
        };
        assert_eq!(
            texts(&b"<si><t>a text of someone</t></si>".repeat(1_000_000)),
            Ok(1_000_000)
        );
        assert_eq!(texts(&b"<si/>".repeat(14_000_000)), Err("too_large"));
        assert!(check_claim(20_000_000, 5, 20_000_000).is_ok());
        assert_eq!(
            check_claim(23_000_000, 5, 23_000_000).unwrap_err().code(),
            "too_large"
        );
        assert_eq!(check_claim(23_000_000, 5, 1_000).unwrap_err().code(), "damaged");

        let lists = |part: &[u8]| {
            let size = lists_size(Bounded::new(part, u64::MAX), Format::Xlsx);
            size.map(|_| ()).map_err(|problem| problem.code())
        };
        assert_eq!(lists(&b"<xf numFmtId=\"0\"/>".repeat(65_490)), Ok(()));
        assert_eq!(lists(&b"<xf/>".repeat(200_001)), Err("too_large"));
        let long = [
            &b"<name val=\""[..],
            &[b'x'; 100_000],
            b"\"/>",
            &b"<xf/>".repeat(10_000),
        ]
        .concat();
        assert_eq!(lists(&long), Err("too_large"));
        assert_eq!(lists(&b"<row/>".repeat((1 << 20) + 1)), Err("damaged"));
    }
}
