//! One record to its cells.

use std::str;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::memchr_iter;

use crate::{limits::MAX_SPLIT_CELLS, rows::Row};

/// Splits records, one at a time, with buffers that are used again.
pub(super) struct Splitter {
    delimiter: u8,
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    pub(super) fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self {
            delimiter,
            reader,
            text: Vec::new(),
            ends: vec![0; MAX_SPLIT_CELLS],
        }
    }

    /// Adds the cells of a record that has no quotes in it to the row, at most [`MAX_SPLIT_CELLS`].
    pub(super) fn split_plain(&self, record: &[u8], row: &mut Row) {
        let may_be_stray = may_be_stray(record);
        let mut start = 0;
        let ends = memchr_iter(self.delimiter, record)
            .chain([record.len()])
            .take(MAX_SPLIT_CELLS);
        match str::from_utf8(record) {
            // Delimiters are ASCII, so no character is cut.
            Ok(record) if self.delimiter.is_ascii() => {
                for end in ends {
                    row.push_clean(&record[start..end], may_be_stray);
                    start = end + 1;
                }
            }
            _ => {
                for end in ends {
                    push(row, &record[start..end], may_be_stray);
                    start = end + 1;
                }
            }
        }
    }

    /// Adds the cells of a record whose quotes are closed to the row, at most [`MAX_SPLIT_CELLS`].
    pub(super) fn split(&mut self, record: &[u8], row: &mut Row) {
        self.reader.reset();
        // Cells together are never longer than the record.
        self.text.resize(record.len() + 1, 0);
        let (mut read, mut written, mut ended) = (0, 0, 0);
        loop {
            let (result, r, w, e) = self.reader.read_record(
                &record[read..],
                &mut self.text[written..],
                &mut self.ends[ended..],
            );
            read += r;
            written += w;
            ended += e;
            // Input that is used up is given once more, empty: that is how the record ends.
            if result != ReadRecordResult::InputEmpty {
                break;
            }
        }
        let may_be_stray = may_be_stray(record);
        let mut start = 0;
        for end in &self.ends[..ended] {
            push(row, &self.text[start..*end], may_be_stray);
            start = *end;
        }
    }
}

fn push(row: &mut Row, cell: &[u8], may_be_stray: bool) {
    match str::from_utf8(cell) {
        Ok(cell) => row.push_clean(cell, may_be_stray),
        // The decoder gives UTF-8, but a delimiter named by the file may cut a character in two.
        Err(_) => row.push(&String::from_utf8_lossy(cell)),
    }
}

/// Whether a control character may be among the bytes; cheap enough to be asked of every line.
fn may_be_stray(bytes: &[u8]) -> bool {
    // 0xC2 begins U+0080 to U+009F, and harmless characters too.
    let is_suspect = |byte: &u8| (*byte < 0x20 && *byte != b'\t') | (*byte == 0x7F) | (*byte == 0xC2);
    bytes.iter().fold(false, |is_any, byte| is_any | is_suspect(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(splitter: &mut Splitter, record: &[u8]) -> Row {
        let mut row = Row::default();
        splitter.split(record, &mut row);
        if !record.contains(&b'"') {
            let mut plain = Row::default();
            splitter.split_plain(record, &mut plain);
            assert_eq!(plain, row);
        }
        row
    }

    #[test]
    fn quotes_and_delimiters_are_taken_as_csv_has_them() {
        let mut splitter = Splitter::new(b',');
        for (record, cells) in [
            ("a,b", &["a", "b"][..]),
            ("\"a,\"\"b\"\"\",\"c\nd\"", &["a,\"b\"", "c\nd"]),
            ("a,,", &["a", "", ""]),
            ("5\" pipe,x", &["5\" pipe", "x"]),
            ("é,\u{85}x", &["é", "x"]),
        ] {
            let row = split(&mut splitter, record.as_bytes());
            assert_eq!(row.cells().collect::<Vec<_>>(), cells, "{record}");
        }
        assert_eq!(split(&mut splitter, &[b','; 5_000]).len(), 100);
    }

    #[test]
    fn controls_and_what_may_begin_one_are_suspect() {
        for suspect in [0, 0x1F, b'\r', 0x7F, 0xC2] {
            assert!(may_be_stray(&[b'a', suspect, b'b']), "{suspect:x}");
        }
        assert!(!may_be_stray("a\t b ~é".as_bytes()) && !may_be_stray(b""));
    }

    #[test]
    fn a_delimiter_that_cuts_a_character_in_two_loses_only_that() {
        let mut row = Row::default();
        Splitter::new(0xA9).split_plain("aéb".as_bytes(), &mut row);
        assert_eq!(row.cells().collect::<Vec<_>>(), ["a\u{FFFD}", "b"]);
    }
}
