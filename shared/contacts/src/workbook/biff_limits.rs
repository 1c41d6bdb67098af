//! How much memory an XLS file would ask for.
//!
//! calamine reserves what the file states as its used area, and then lays a cell at the far corner out
//! over everything before it. So the records are walked here first, by their lengths alone. Record
//! layouts: Microsoft [MS-XLS], section 2.4.

use std::{
    collections::HashSet,
    io::{BufReader, Read},
    path::Path,
};

use crate::{
    FileProblem,
    limits::{MAX_XLS_BYTES, MAX_XLS_CELLS},
};

const BOF: u16 = 0x0809;
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

fn check_records(mut stream: impl Read) -> Result<(), FileProblem> {
    let (mut area, mut stated) = (Area::default(), 0_u64);
    let mut total = 0_u64;
    let (mut beginnings, mut sheets) = (0_usize, HashSet::new());
    // A stream that breaks off is for calamine to judge.
    while let Some((kind, head, last_word)) = next_record(&mut stream) {
        let word = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        match kind {
            BOUND_SHEET => {
                let sheet = u64::from(word(0)) | u64::from(word(2)) << 16;
                // The cells of a sheet are counted once, so it must not be read under many names.
                if !sheets.insert(sheet) {
                    return Err(FileProblem::Damaged { line: None });
                }
            }
            BOF => {
                beginnings += 1;
                total = total.saturating_add(area.cells());
                area = Area::default();
            }
            DIMENSIONS => stated = stated.saturating_add(stated_cells(&head)?),
            MUL_RK => {
                area.include(word(0), word(2));
                area.include(word(0), last_word);
            }
            _ if ONE_CELL.contains(&kind) => area.include(word(0), word(2)),
            _ => {}
        }
        if total.saturating_add(area.cells()).max(stated) > MAX_XLS_CELLS {
            return Err(FileProblem::TooLarge);
        }
    }
    // Nor from the middle, once from each of its records.
    if sheets.len() > beginnings {
        return Err(FileProblem::Damaged { line: None });
    }
    Ok(())
}

/// Kind of a record, its first bytes padded with zeros, and its last two as a number.
fn next_record(stream: &mut impl Read) -> Option<(u16, [u8; RECORD_HEAD], u16)> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).ok()?;
    let [k0, k1, l0, l1] = header;
    let mut body = vec![0; usize::from(u16::from_le_bytes([l0, l1]))];
    stream.read_exact(&mut body).ok()?;
    let mut head = [0; RECORD_HEAD];
    let shown = body.len().min(RECORD_HEAD);
    head[..shown].copy_from_slice(&body[..shown]);
    let last_word = body.last_chunk::<2>().map_or(0, |word| u16::from_le_bytes(*word));
    Some((u16::from_le_bytes([k0, k1]), head, last_word))
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
        return Err(FileProblem::Damaged { line: None });
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
    fn a_sheet_is_read_under_one_name() {
        let bound = |place: u32| record(BOUND_SHEET, &[&place.to_le_bytes()[..], &[0; 4]].concat());
        let begin = || record(BOF, &[0; 16]);
        let book = |places: &[u32]| {
            let names = places.iter().flat_map(|place| bound(*place));
            let stream: Vec<u8> = begin()
                .into_iter()
                .chain(names)
                .chain(begin())
                .chain(begin())
                .collect();
            check_records(stream.as_slice()).map_err(|problem| problem.code())
        };
        assert_eq!(book(&[500, 900]), Ok(()));
        assert_eq!(book(&[500, 500]), Err("damaged"));
        assert_eq!(book(&[500, 514, 528, 542]), Err("damaged"));
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
