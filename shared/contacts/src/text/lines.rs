//! Physical lines, never longer than a row may be.

use std::{
    collections::VecDeque,
    io::{self, BufRead},
};

use crate::limits::MAX_ROW_BYTES;

/// One line without its ending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// The line, or its beginning when it is too long.
    pub(super) text: Vec<u8>,
    /// Whether the rest of it was left out.
    pub(super) is_cut: bool,
}

/// Reads lines that end in LF, CRLF or, in files of old, in CR alone.
pub(super) struct Lines<R> {
    reader: R,
    ending: u8,
    number: u64,
    returned: VecDeque<Line>,
}

impl<R: BufRead> Lines<R> {
    /// Reads from here; `ending` is the byte that ends a line.
    pub(super) fn new(reader: R, ending: u8) -> Self {
        Self {
            reader,
            ending,
            number: 0,
            returned: VecDeque::new(),
        }
    }

    pub(super) fn reader(&self) -> &R {
        &self.reader
    }

    /// Gives lines back; they come again, in this order, before all others.
    pub(super) fn give_back(&mut self, lines: impl DoubleEndedIterator<Item = Line>) {
        for line in lines.rev() {
            self.returned.push_front(line);
        }
    }

    /// The next line; `None` at the end.
    pub(super) fn next_line(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.returned.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Line {
            number: self.number + 1,
            text: Vec::new(),
            is_cut: false,
        };
        let mut is_any = false;
        loop {
            let available = self.reader.fill_buf()?;
            if available.is_empty() {
                break;
            }
            is_any = true;
            let end = available.iter().position(|b| *b == self.ending);
            let piece = &available[..end.unwrap_or(available.len())];
            let room = MAX_ROW_BYTES - line.text.len();
            line.is_cut |= piece.len() > room;
            line.text.extend_from_slice(&piece[..piece.len().min(room)]);
            let used = piece.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !is_any {
            return Ok(None);
        }
        self.number += 1;
        if self.ending == b'\n' && line.text.last() == Some(&b'\r') {
            line.text.pop();
        }
        Ok(Some(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], ending: u8) -> Vec<Line> {
        let mut lines = Lines::new(text, ending);
        std::iter::from_fn(|| lines.next_line().unwrap()).collect()
    }

    #[test]
    fn every_line_ending_ends_a_line() {
        for (text, ending) in [("a\nb\n", b'\n'), ("a\r\nb", b'\n'), ("a\rb\r", b'\r')] {
            let lines = all(text.as_bytes(), ending);
            assert_eq!(
                lines
                    .iter()
                    .map(|l| (l.number, l.text.as_slice()))
                    .collect::<Vec<_>>(),
                [(1, &b"a"[..]), (2, b"b")]
            );
        }
        assert_eq!(all(b"\n\n", b'\n').len(), 2);
        assert_eq!(all(b"", b'\n').len(), 0);
    }

    #[test]
    fn a_line_without_end_keeps_its_beginning() {
        let mut text = vec![b'x'; MAX_ROW_BYTES * 3];
        text.extend_from_slice(b"\nnext");
        let lines = all(&text, b'\n');
        assert_eq!((lines[0].text.len(), lines[0].is_cut), (MAX_ROW_BYTES, true));
        assert_eq!(
            (lines[1].number, lines[1].text.as_slice(), lines[1].is_cut),
            (2, &b"next"[..], false)
        );
    }
}
