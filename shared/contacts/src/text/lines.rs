//! Physical lines, never longer than a row may be.

use std::{
    collections::VecDeque,
    io::{self, BufRead},
};

use memchr::memchr2;

use crate::limits::MAX_ROW_BYTES;

const MARK: &[u8] = b"\xEF\xBB\xBF";

/// One line without its ending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// The line, or its beginning when it is too long.
    pub(super) text: Vec<u8>,
    /// Whether the rest of it was left out.
    pub(super) is_cut: bool,
}

/// Reads lines that end in LF, CRLF or CR alone, mixed as they may be. CRCRLF, which a text mode makes of
/// CRLF, is one ending too.
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    returned: VecDeque<Line>,
    /// A blank line was read already, and is still to be handed out.
    is_blank_owed: bool,
    passed: u64,
}

impl<R: BufRead> Lines<R> {
    /// Reads from here.
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            number: 0,
            returned: VecDeque::new(),
            is_blank_owed: false,
            passed: 0,
        }
    }

    pub(super) fn reader(&self) -> &R {
        &self.reader
    }

    /// Lines that [`Lines::pass_blank`] passed over so far.
    pub(super) fn passed(&self) -> u64 {
        self.passed
    }

    /// Gives lines back; they come again, in this order, before all others.
    pub(super) fn give_back(&mut self, lines: impl DoubleEndedIterator<Item = Line>) {
        for line in lines.rev() {
            self.returned.push_front(line);
        }
    }

    /// Passes over the lines without a character that come next, and counts them.
    pub(super) fn pass_blank(&mut self) -> io::Result<()> {
        if self.is_blank_owed || !self.returned.is_empty() {
            return Ok(());
        }
        loop {
            let (bytes, lines) = blank_lines(self.reader.fill_buf()?);
            if bytes == 0 {
                return Ok(());
            }
            self.reader.consume(bytes);
            self.number += lines;
            self.passed += lines;
        }
    }

    /// Reads the next line into `line`; false at the end.
    pub(super) fn next_line(&mut self, line: &mut Line) -> io::Result<bool> {
        if let Some(returned) = self.returned.pop_front() {
            *line = returned;
            return Ok(true);
        }
        line.number = self.number + 1;
        line.text.clear();
        line.is_cut = false;
        if self.is_blank_owed {
            self.is_blank_owed = false;
            self.number += 1;
            return Ok(true);
        }
        let mut is_any = false;
        loop {
            let available = self.reader.fill_buf()?;
            if available.is_empty() {
                break;
            }
            is_any = true;
            let end = memchr2(b'\n', b'\r', available);
            let piece = &available[..end.unwrap_or(available.len())];
            let room = MAX_ROW_BYTES - line.text.len();
            line.is_cut |= piece.len() > room;
            line.text.extend_from_slice(&piece[..piece.len().min(room)]);
            let Some(end) = end else {
                let used = piece.len();
                self.reader.consume(used);
                continue;
            };
            match available[end..] {
                [b'\n', ..] => self.reader.consume(end + 1),
                [_, b'\n', ..] => self.reader.consume(end + 2),
                _ => {
                    self.reader.consume(end + 1);
                    self.end_after_cr()?;
                }
            }
            break;
        }
        if !is_any {
            return Ok(false);
        }
        self.number += 1;
        // The decoder leaves out one mark; files that were put together have another.
        if self.number == 1 && line.text.starts_with(MARK) {
            line.text.drain(..MARK.len());
        }
        Ok(true)
    }

    /// Reads what belongs to an ending whose first CR was read.
    fn end_after_cr(&mut self) -> io::Result<()> {
        match self.reader.fill_buf()? {
            [b'\n', ..] => self.reader.consume(1),
            [b'\r', b'\n', ..] => self.reader.consume(2),
            // The end of the buffer: whether LF follows is in the next one.
            [b'\r'] => {
                self.reader.consume(1);
                match self.reader.fill_buf()? {
                    [b'\n', ..] => self.reader.consume(1),
                    _ => self.is_blank_owed = true,
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// How many blank lines are at the beginning for sure, and their bytes.
fn blank_lines(buffer: &[u8]) -> (usize, u64) {
    const MANY: usize = 512;
    let (mut at, mut lines) = (0, 0);
    loop {
        let rest = &buffer[at..];
        let (bytes, count) = match rest {
            [b'\n', ..] if rest.starts_with(&[b'\n'; MANY]) => (MANY, MANY),
            [b'\n', ..] => (1, 1),
            [b'\r', b'\n', ..] => (2, 1),
            // Another CR may belong to it.
            [b'\r', next, ..] if *next != b'\r' => (1, 1),
            [b'\r', b'\r', b'\n', ..] => (3, 1),
            [b'\r', b'\r', _, ..] => (1, 1),
            _ => return (at, lines),
        };
        at += bytes;
        lines += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn all(text: &[u8], buffer: usize) -> Vec<Line> {
        let mut lines = Lines::new(BufReader::with_capacity(buffer, text));
        let mut all = Vec::new();
        let mut line = Line::default();
        while lines.next_line(&mut line).unwrap() {
            all.push(line.clone());
        }
        all
    }

    #[test]
    fn every_line_ending_ends_a_line_wherever_the_buffer_ends() {
        for (text, wanted) in [
            ("a\nb\n", &["a", "b"][..]),
            ("a\r\nb", &["a", "b"]),
            ("a\rb\r", &["a", "b"]),
            ("a\r\r\nb\r\r\n", &["a", "b"]),
            ("a\r\n\rb\n\n", &["a", "", "b", ""]),
            ("a\r\rb", &["a", "", "b"]),
            ("\n\n", &["", ""]),
            ("", &[]),
        ] {
            for buffer in 1..8 {
                let lines = all(text.as_bytes(), buffer);
                let texts: Vec<&[u8]> = lines.iter().map(|line| line.text.as_slice()).collect();
                let wanted: Vec<&[u8]> = wanted.iter().map(|line| line.as_bytes()).collect();
                assert_eq!(texts, wanted, "{text:?} by {buffer}");
                assert!(
                    lines
                        .iter()
                        .enumerate()
                        .all(|(place, line)| line.number == place as u64 + 1)
                );
            }
        }
    }

    #[test]
    fn blank_lines_are_passed_over_and_counted() {
        let text = format!("{}\r\n\r\r\na\n \n\rb", "\n".repeat(3_000));
        for buffer in [1, 7, 5_000] {
            let mut lines = Lines::new(BufReader::with_capacity(buffer, text.as_bytes()));
            let mut line = Line::default();
            let mut read = Vec::new();
            let mut blank = 0;
            loop {
                lines.pass_blank().unwrap();
                if !lines.next_line(&mut line).unwrap() {
                    break;
                }
                if line.text.is_empty() {
                    blank += 1;
                } else {
                    read.push((line.number, line.text[0]));
                }
            }
            assert_eq!(read, [(3_003, b'a'), (3_004, b' '), (3_006, b'b')]);
            assert_eq!(lines.passed() + blank, 3_003, "by {buffer}");
        }
    }

    #[test]
    fn a_second_mark_is_left_out() {
        assert_eq!(all("\u{FEFF}a\n\u{FEFF}b".as_bytes(), 64)[0].text, b"a");
    }

    #[test]
    fn a_line_without_end_keeps_its_beginning() {
        let mut text = vec![b'x'; MAX_ROW_BYTES * 3];
        text.extend_from_slice(b"\nnext");
        let lines = all(&text, 1_000);
        assert_eq!((lines[0].text.len(), lines[0].is_cut), (MAX_ROW_BYTES, true));
        assert_eq!(
            (lines[1].number, lines[1].text.as_slice(), lines[1].is_cut),
            (2, &b"next"[..], false)
        );
    }
}
