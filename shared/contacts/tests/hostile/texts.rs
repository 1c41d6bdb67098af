//! Text files, and text packed with gzip.
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use crate::{Hostile, packed::gzip};

const MEGABYTE: usize = 1 << 20;
/// Megabytes of the largest files; without optimisation a gigabyte takes too long.
const MANY: u64 = if cfg!(debug_assertions) { 256 } else { 1024 };
const HEADER: &[u8] = b"phone,name\n+34600000001,Ana\n";

pub const ALL: &[Hostile] = &[
    Hostile {
        name: "zeros-large.csv.gz",
        write: |path| gzip(path, &[(&[0; MEGABYTE], MANY)]),
        outcomes: &["not_a_spreadsheet", "too_large"],
    },
    Hostile {
        name: "header-then-zeros-large.csv.gz",
        write: |path| gzip(path, &[(HEADER, 1), (&[0; MEGABYTE], MANY)]),
        outcomes: &["not_a_spreadsheet", "too_large"],
    },
    Hostile {
        name: "valid-lines-large.csv.gz",
        write: |path| {
            gzip(
                path,
                &[(HEADER, 1), (&b"+34600000002,Bea\n".repeat(61_680), MANY)],
            )
        },
        outcomes: &["too_large", "too_many_rows"],
    },
    Hostile {
        name: "varied-lines-large.csv.gz",
        write: |path| gzip(path, &[(HEADER, 1), (&varied_lines(), MANY)]),
        outcomes: &["too_large", "too_many_rows"],
    },
    Hostile {
        name: "one-line-large.csv",
        write: |path| repeated(path, &[(HEADER, 1), (&[b'x'; MEGABYTE], MANY)]),
        outcomes: &["read", "too_large"],
    },
    Hostile {
        name: "first-line-large.csv",
        write: |path| repeated(path, &[(&[b'x'; MEGABYTE], MANY)]),
        outcomes: &["damaged", "too_large", "too_many_columns", "no_phone_column"],
    },
    Hostile {
        name: "delimiters-10-million.csv",
        write: |path| {
            repeated(
                path,
                &[(HEADER, 1), (&[b','; MEGABYTE], 10), (b"\n+34600000002,Bea\n", 1)],
            )
        },
        outcomes: &["read"],
    },
    Hostile {
        name: "first-line-of-delimiters.csv",
        write: |path| repeated(path, &[(&[b','; MEGABYTE], 10), (HEADER, 1)]),
        outcomes: &["read", "damaged", "too_many_columns"],
    },
    Hostile {
        name: "rows-of-delimiters.csv",
        write: |path| {
            let row = [&[b','; 60_000][..], b"\n"].concat();
            repeated(path, &[(HEADER, 1), (&row, 2_000)]);
        },
        outcomes: &["read"],
    },
    Hostile {
        name: "blank-lines.csv",
        write: |path| repeated(path, &[(HEADER, 1), (&[b'\n'; MEGABYTE], MANY / 5)]),
        outcomes: &["read", "too_many_rows"],
    },
    Hostile {
        name: "every-line-opens-a-quote.csv",
        write: |path| {
            let line = [b"\"a\",\"", [b'x'; 595].as_slice(), b"\n"].concat();
            repeated(path, &[(HEADER, 1), (&line, 100_000)]);
        },
        outcomes: &["read"],
    },
    Hostile {
        name: "short-lines-open-a-quote.csv",
        write: |path| repeated(path, &[(HEADER, 1), (&b"\"a\",\"b\n".repeat(1024), 900)]),
        outcomes: &["read"],
    },
    Hostile {
        name: "quotes-100-mb.csv",
        write: |path| repeated(path, &[(HEADER, 1), (&[b'"'; MEGABYTE], 100)]),
        outcomes: &["read"],
    },
    Hostile {
        name: "broken-utf8.csv",
        write: |path| {
            repeated(
                path,
                &[
                    (HEADER, 1),
                    (&b"+34600000002,\xFF\xFE\xC3\n".repeat(60_000), MANY / 5),
                ],
            )
        },
        outcomes: &["read", "too_many_rows"],
    },
    Hostile {
        name: "time-zones-all-different.csv",
        write: |path| {
            let mut out = BufWriter::new(File::create(path).unwrap());
            out.write_all(b"phone,timezone\n").unwrap();
            let long = "x".repeat(60_000);
            for line in 0..3_000 {
                writeln!(out, "+34600{line:06},{line}{long}").unwrap();
            }
            out.flush().unwrap();
        },
        outcomes: &["read"],
    },
    Hostile {
        name: "cells-of-60-kb.csv",
        write: |path| {
            let line = format!("{},{}\n", "1".repeat(30_000), "é".repeat(15_000));
            repeated(path, &[(HEADER, 1), (line.as_bytes(), 3_000)]);
        },
        outcomes: &["read"],
    },
    Hostile {
        name: "a-million-numbers.csv",
        write: |path| {
            let mut out = BufWriter::new(File::create(path).unwrap());
            out.write_all(b"phone\n").unwrap();
            for line in 0..1_000_000 {
                writeln!(out, "+34600{line:06}").unwrap();
            }
            out.flush().unwrap();
        },
        outcomes: &["read"],
    },
];

/// Lines that pack to a tenth, so that their size is believable.
fn varied_lines() -> Vec<u8> {
    let mut lines = String::new();
    let mut number = 1_u64;
    while lines.len() < MEGABYTE {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        lines.push_str(&format!("+346{:08},{:a<60}\n", (number >> 33) % 100_000_000, "A"));
    }
    lines.into_bytes()
}

fn repeated(path: &Path, pieces: &[(&[u8], u64)]) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    for (piece, times) in pieces {
        for _ in 0..*times {
            out.write_all(piece).unwrap();
        }
    }
    out.flush().unwrap();
}
