//! How much memory an XLS file would ask for.
//!
//! calamine reserves what the file states as its used area, and then lays a cell at the far corner out
//! over everything before it. So the records are walked here first. Record layouts: Microsoft [MS-XLS],
//! section 2.4.

use std::{
    collections::{HashMap, HashSet},
    io::{BufReader, Read},
    path::Path,
};

use super::biff_texts::Texts;
use crate::{
    FileProblem,
    limits::{MAX_LIST_ENTRIES, MAX_XLS_BYTES, MAX_XLS_CELLS, MAX_XLS_TEXT_BYTES},
};

const DAMAGED: FileProblem = FileProblem::Damaged { line: None };
const BOF: u16 = 0x0809;
/// What begins with a BOF, where it is the list of sheets.
const GLOBALS: u16 = 0x0005;
const EOF: u16 = 0x000A;
/// The table of texts, and a record that goes on with the one before it.
const SST: u16 = 0x00FC;
const CONTINUE: u16 = 0x003C;
/// A cell with a text of the table.
const LABEL_SST: u16 = 0x00FD;
/// Names a sheet and says where it begins.
const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const MUL_RK: u16 = 0x00BD;
/// Records of one cell, which begin with its row and column: formula, label of the text table, rich
/// text, number, label, truth or error, packed number.
const ONE_CELL: [u16; 7] = [0x0006, 0x00FD, 0x00D6, 0x0203, 0x0204, 0x0205, 0x027E];
/// Bytes of a record that are looked at; the rest is skipped.
const RECORD_HEAD: usize = 14;

/// Refuses a file that would need too much memory.
pub(super) fn check(path: &Path) -> Result<(), FileProblem> {
    if std::fs::metadata(path)?.len() > MAX_XLS_BYTES {
        return Err(FileProblem::TooLarge);
    }
    let damaged = |_| FileProblem::Damaged { line: None };
    let mut container = cfb::open(path).map_err(damaged)?;
    let name = if container.is_stream("/Workbook") {
        "/Workbook"
    } else {
        "/Book"
    };
    let stream = container.open_stream(name).map_err(damaged)?;
    check_records(BufReader::new(stream))
}

fn check_records(stream: impl Read) -> Result<(), FileProblem> {
    let mut records = Records::new(stream);
    let (mut area, mut stated, mut total) = (Area::default(), 0_u64, 0_u64);
    let (mut beginnings, mut sheets) = (HashMap::new(), HashSet::new());
    let (mut texts, mut has_texts, mut is_in_texts) = (Texts::default(), false, false);
    // A stream that breaks off is for calamine to judge.
    while let Some(kind) = records.next() {
        let (head, last_word) = (records.head(), records.last_word());
        let word = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let double = |at: usize| u32::from(word(at)) | u32::from(word(at + 2)) << 16;
        match kind {
            // The cells of a sheet are counted once, so it must not be read under many names.
            BOUND_SHEET if !sheets.insert(u64::from(double(0))) => return Err(DAMAGED),
            BOF => {
                beginnings.insert(records.start, word(2));
                total = total.saturating_add(area.cells());
                area = Area::default();
            }
            // calamine looks for texts up to the end of the list of sheets.
            EOF => has_texts = true,
            SST if !has_texts => texts.begin(&records.body)?,
            CONTINUE if is_in_texts => texts.go_on(&records.body)?,
            DIMENSIONS => stated = stated.saturating_add(stated_cells(&head)?),
            MUL_RK => {
                area.include(word(0), word(2));
                area.include(word(0), last_word);
            }
            LABEL_SST => texts.is_said(double(6)),
            _ => {}
        }
        if ONE_CELL.contains(&kind) {
            area.include(word(0), word(2));
        }
        is_in_texts = !has_texts && (kind == SST || is_in_texts && kind == CONTINUE);
        let are_many = |count: usize| count as u64 > MAX_LIST_ENTRIES;
        if total.saturating_add(area.cells()).max(stated) > MAX_XLS_CELLS
            || are_many(beginnings.len())
            || are_many(sheets.len())
        {
            return Err(FileProblem::TooLarge);
        }
    }
    // Nor from the middle, once from each of its records; and the list of sheets is none.
    let is_sheet = |place: &u64| beginnings.get(place).is_some_and(|kind| *kind != GLOBALS);
    if !sheets.iter().all(is_sheet) {
        return Err(DAMAGED);
    }
    if texts.said() > MAX_XLS_TEXT_BYTES {
        return Err(FileProblem::TooLarge);
    }
    Ok(())
}

/// The records of a stream, one at a time.
struct Records<R> {
    stream: R,
    /// Where the record begins.
    start: u64,
    /// Where the next one begins.
    end: u64,
    body: Vec<u8>,
}

impl<R: Read> Records<R> {
    fn new(stream: R) -> Self {
        Self {
            stream,
            start: 0,
            end: 0,
            body: Vec::new(),
        }
    }

    /// Kind of the next record; none where the stream ends or breaks off.
    fn next(&mut self) -> Option<u16> {
        let mut header = [0; 4];
        self.stream.read_exact(&mut header).ok()?;
        let [k0, k1, l0, l1] = header;
        self.body.resize(usize::from(u16::from_le_bytes([l0, l1])), 0);
        self.stream.read_exact(&mut self.body).ok()?;
        self.start = self.end;
        self.end += (header.len() + self.body.len()) as u64;
        Some(u16::from_le_bytes([k0, k1]))
    }

    /// The first bytes of the record, padded with zeros.
    fn head(&self) -> [u8; RECORD_HEAD] {
        let mut head = [0; RECORD_HEAD];
        let shown = self.body.len().min(RECORD_HEAD);
        head[..shown].copy_from_slice(&self.body[..shown]);
        head
    }

    /// The last two bytes of the record as a number.
    fn last_word(&self) -> u16 {
        self.body.last_chunk().map_or(0, |word| u16::from_le_bytes(*word))
    }
}

/// Cells of the used area that a sheet states; ends are exclusive.
fn stated_cells(head: &[u8; RECORD_HEAD]) -> Result<u64, FileProblem> {
    let [r0, r1, r2, r3, s0, s1, s2, s3, c0, c1, d0, d1, ..] = *head;
    let (first_row, end_row) = (
        u32::from_le_bytes([r0, r1, r2, r3]),
        u32::from_le_bytes([s0, s1, s2, s3]),
    );
    let (first_column, end_column) = (u16::from_le_bytes([c0, c1]), u16::from_le_bytes([d0, d1]));
    let is_empty = end_row == 0 && end_column == 0;
    if !is_empty && (end_row < first_row || end_column < first_column) {
        return Err(DAMAGED);
    }
    Ok(u64::from(end_row.saturating_sub(first_row)) * u64::from(end_column.saturating_sub(first_column)))
}

/// The smallest area that has all cells of a sheet.
#[derive(Default)]
struct Area(Option<(u16, u16, u16, u16)>);

impl Area {
    fn include(&mut self, row: u16, column: u16) {
        let (top, left, bottom, right) = self.0.unwrap_or((row, column, row, column));
        self.0 = Some((top.min(row), left.min(column), bottom.max(row), right.max(column)));
    }

    fn cells(&self) -> u64 {
        self.0.map_or(0, |(top, left, bottom, right)| {
            (u64::from(bottom - top) + 1) * (u64::from(right - left) + 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, body: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), body].concat()
    }

    fn number(row: u16, column: u16) -> Vec<u8> {
        record(
            0x0203,
            &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0; 10]].concat(),
        )
    }

    #[test]
    fn two_cells_at_far_corners_are_too_large() {
        assert!(check_records([number(0, 0), number(100, 20)].concat().as_slice()).is_ok());
        let far = check_records([number(0, 0), number(65_535, 255)].concat().as_slice());
        assert_eq!(far.unwrap_err().code(), "too_large");
    }

    #[test]
    fn a_sheet_is_read_under_one_name_and_from_its_beginning() {
        let bound = |place: u32| record(BOUND_SHEET, &[&place.to_le_bytes()[..], &[0; 4]].concat());
        let begin = |kind: u8| record(BOF, &[0, 6, kind, 0, 0, 0, 0, 0]);
        let book = |places: [u32; 2]| {
            let names = places.map(bound).concat();
            let stream = [begin(5), names, begin(0x10), number(0, 0), begin(0x20)].concat();
            check_records(stream.as_slice()).map_err(|problem| problem.code())
        };
        assert_eq!(book([36, 66]), Ok(()));
        assert_eq!(book([36, 36]), Err("damaged"));
        assert_eq!(book([36, 48]), Err("damaged"));
        assert_eq!(book([0, 36]), Err("damaged"));
    }

    #[test]
    fn a_text_that_cells_say_too_often_is_too_large() {
        let table = record(
            SST,
            &[&[0; 8][..], &10_000_u16.to_le_bytes(), &[0], &[b'x'; 5_000]].concat(),
        );
        let rest = record(CONTINUE, &[&[0][..], &[b'x'; 5_000]].concat());
        let cell = record(LABEL_SST, &[0; 10]);
        let book = |cells: usize| {
            let stream = [cell.repeat(cells), table.clone(), rest.clone()].concat();
            check_records(stream.as_slice()).map_err(|problem| problem.code())
        };
        assert_eq!(book(6_000), Ok(()));
        assert_eq!(book(7_000), Err("too_large"));
    }

    #[test]
    fn a_stated_area_is_not_believed() {
        let stated = |rows: u32, columns: u16| {
            record(
                DIMENSIONS,
                &[
                    &[0; 4][..],
                    &rows.to_le_bytes(),
                    &[0; 2],
                    &columns.to_le_bytes(),
                    &[0; 2],
                ]
                .concat(),
            )
        };
        assert!(check_records(stated(1_000, 20).as_slice()).is_ok());
        assert_eq!(
            check_records(stated(u32::MAX, 255).as_slice())
                .unwrap_err()
                .code(),
            "too_large"
        );
    }
}
