//! XLS: containers whose sectors lie, and records that do. Layouts: Microsoft [MS-CFB] and [MS-XLS].
use std::{fs, io::Write};

use crate::Hostile;

pub const ALL: &[Hostile] = &[
    // So that the others are known to fail for what is hostile in them.
    Hostile {
        name: "harmless.xls",
        write: |path| fs::write(path, book(&sheets(1, &cells(2_000)))).unwrap(),
        outcomes: &["read"],
    },
    Hostile {
        name: "sector-loop.xls",
        write: |path| {
            let mut file = book(&sheets(1, &cells(2_000)));
            // The first sector of the table of sectors: each sector now follows itself.
            let table = sector(&file, 0x4C);
            for entry in 0..128_u32 {
                file[table + entry as usize * 4..][..4].copy_from_slice(&entry.to_le_bytes());
            }
            fs::write(path, file).unwrap();
        },
        outcomes: &["damaged", "not_a_spreadsheet"],
    },
    Hostile {
        name: "two-sector-loop.xls",
        write: |path| {
            let mut file = book(&sheets(1, &cells(2_000)));
            let table = sector(&file, 0x4C);
            for entry in 0..127_u32 {
                let next = if entry % 2 == 0 { entry + 1 } else { entry - 1 };
                file[table + entry as usize * 4..][..4].copy_from_slice(&next.to_le_bytes());
            }
            fs::write(path, file).unwrap();
        },
        outcomes: &["damaged", "not_a_spreadsheet"],
    },
    Hostile {
        name: "directory-loop.xls",
        write: |path| {
            let mut file = book(&sheets(1, &cells(10)));
            let directory = sector(&file, 0x30);
            // The first stream is its own sibling on both sides.
            file[directory + 128 + 68..][..8].copy_from_slice(&[1, 0, 0, 0, 1, 0, 0, 0]);
            fs::write(path, file).unwrap();
        },
        outcomes: &["damaged", "not_a_spreadsheet", "read"],
    },
    Hostile {
        name: "table-of-4-billion-sectors.xls",
        write: |path| {
            let mut file = book(&sheets(1, &cells(10)));
            file[0x2C..0x30].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0x7F]);
            file[0x48..0x4C].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0x7F]);
            fs::write(path, file).unwrap();
        },
        outcomes: &["damaged", "read"],
    },
    Hostile {
        name: "stream-of-4-gb.xls",
        write: |path| {
            let mut file = book(&sheets(1, &cells(2_000)));
            let directory = sector(&file, 0x30);
            file[directory + 128 + 120..][..8].copy_from_slice(&0xFFFF_FFF0_u64.to_le_bytes());
            fs::write(path, file).unwrap();
        },
        outcomes: &["damaged", "read"],
    },
    Hostile {
        name: "area-of-4-billion-rows.xls",
        write: |path| {
            fs::write(
                path,
                book(&sheets(1, &[dimensions(u32::MAX, 256), cells(3)].concat())),
            )
            .unwrap()
        },
        outcomes: &["too_large", "damaged"],
    },
    Hostile {
        name: "area-backwards.xls",
        write: |path| {
            let area = record(
                0x0200,
                &[
                    &9_u32.to_le_bytes()[..],
                    &1_u32.to_le_bytes(),
                    &[9, 0, 1, 0, 0, 0],
                ]
                .concat(),
            );
            fs::write(path, book(&sheets(1, &[area, cells(3)].concat()))).unwrap();
        },
        outcomes: &["too_large", "damaged", "read", "no_phone_column", "no_rows"],
    },
    Hostile {
        name: "cell-at-the-far-corner.xls",
        write: |path| fs::write(path, book(&sheets(1, &[cells(3), number(65_535, 255)].concat()))).unwrap(),
        outcomes: &["too_large", "read"],
    },
    Hostile {
        name: "packed-numbers-backwards.xls",
        write: |path| {
            let backwards = record(0x00BD, &[1, 0, 200, 0, 0, 0, 1, 0, 0, 0, 3, 0]);
            fs::write(path, book(&sheets(1, &[cells(3), backwards].concat()))).unwrap();
        },
        outcomes: &["damaged", "read", "too_large", "no_phone_column", "no_rows"],
    },
    Hostile {
        name: "one-sheet-300-times.xls",
        write: |path| fs::write(path, book(&sheets(300, &cells(60_000)))).unwrap(),
        outcomes: &["too_large", "damaged"],
    },
    Hostile {
        name: "one-long-text-60000-times.xls",
        write: |path| fs::write(path, book(&sheets(1, &texts(60_000)))).unwrap(),
        outcomes: &["too_large"],
    },
    Hostile {
        name: "texts-claimed-4-billion.xls",
        write: |path| {
            let table = record(0x00FC, &[&[0xFF; 8][..], &[1, 0, 0, b'a']].concat());
            fs::write(path, book(&[globals(&table, &[]), sheet(&cells(3))].concat())).unwrap();
        },
        outcomes: &["damaged", "empty", "not_a_spreadsheet"],
    },
    Hostile {
        name: "sheet-within-itself.xls",
        write: |path| fs::write(path, book(&globals(&[], &[0]))).unwrap(),
        outcomes: &["damaged"],
    },
];

fn book(stream: &[u8]) -> Vec<u8> {
    let mut container =
        cfb::CompoundFile::create_with_version(cfb::Version::V3, std::io::Cursor::new(Vec::new())).unwrap();
    container
        .create_stream("/Workbook")
        .unwrap()
        .write_all(stream)
        .unwrap();
    container.flush().unwrap();
    container.into_inner().into_inner()
}

/// Where the sector begins whose number stands at this place of the header.
fn sector(file: &[u8], at: usize) -> usize {
    let size = 1 << u16::from_le_bytes([file[0x1E], file[0x1F]]);
    let number = u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
    (number + 1) * size
}

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), body].concat()
}

fn begin(kind: u16) -> Vec<u8> {
    let mut body = [0; 16];
    body[..4].copy_from_slice(&[0, 6, kind as u8, 0]);
    record(0x0809, &body)
}

/// The first part of a workbook, with sheets at these places of the stream.
fn globals(texts: &[u8], places: &[u32]) -> Vec<u8> {
    let mut stream = begin(5);
    for (index, place) in places.iter().enumerate() {
        let name = format!("S{index:05}");
        let body = [
            &place.to_le_bytes()[..],
            &[0, 0, name.len() as u8, 0],
            name.as_bytes(),
        ]
        .concat();
        stream.extend(record(0x0085, &body));
    }
    stream.extend(texts);
    stream.extend(record(0x000A, &[]));
    stream
}

fn sheet(records: &[u8]) -> Vec<u8> {
    [begin(0x10), records.to_vec(), record(0x000A, &[])].concat()
}

/// A workbook that names the same sheet so many times.
fn sheets(count: usize, records: &[u8]) -> Vec<u8> {
    let table = record(
        0x00FC,
        &[&[1, 0, 0, 0, 1, 0, 0, 0][..], &text(&"x".repeat(8_000))].concat(),
    );
    let place = globals(&table, &vec![0; count]).len() as u32;
    [globals(&table, &vec![place; count]), sheet(records)].concat()
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_le_bytes()[..], &[0], text.as_bytes()].concat()
}

fn dimensions(rows: u32, columns: u16) -> Vec<u8> {
    record(
        0x0200,
        &[
            &[0; 4][..],
            &rows.to_le_bytes(),
            &[0; 2],
            &columns.to_le_bytes(),
            &[0; 2],
        ]
        .concat(),
    )
}

fn number(row: u16, column: u16) -> Vec<u8> {
    let body = [
        &row.to_le_bytes()[..],
        &column.to_le_bytes(),
        &[0; 2],
        &34_600_000_001_f64.to_le_bytes(),
    ]
    .concat();
    record(0x0203, &body)
}

/// Rows of one number.
fn cells(count: u16) -> Vec<u8> {
    (0..count).flat_map(|row| number(row, 0)).collect()
}

/// Rows that all say the one long text.
fn texts(count: u16) -> Vec<u8> {
    (0..count)
        .flat_map(|row| record(0x00FD, &[&row.to_le_bytes()[..], &[0; 8]].concat()))
        .collect()
}
