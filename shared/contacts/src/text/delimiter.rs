//! Which character separates the cells.

use super::quotes::{QuoteState, follow};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
const LINES: usize = 30;

/// The delimiter of a file by its first lines: the one that splits most of them like the first one, which
/// is a header as a rule and has no odd characters, into most cells. A comma when nothing splits it.
pub(super) fn detect(sample: &str) -> u8 {
    let mut best = (b',', 0, 0);
    for delimiter in DELIMITERS {
        let (alike, cells) = regularity(sample, delimiter);
        if cells > 1 && (alike, cells) > (best.1, best.2) {
            best = (delimiter, alike, cells);
        }
    }
    best.0
}

/// The delimiter that a first line `sep=;` names, as Excel writes and reads it.
pub(super) fn declared(first_line: &str) -> Option<u8> {
    match first_line
        .trim_end_matches(['\r', '\n'])
        .strip_prefix("sep=")?
        .as_bytes()
    {
        [byte] if byte.is_ascii() && *byte != b'"' => Some(*byte),
        _ => None,
    }
}

/// How many records have as many cells as the first one, and how many those are.
fn regularity(sample: &str, delimiter: u8) -> (usize, usize) {
    let mut widths: Vec<usize> = Vec::new();
    let (mut state, mut cells) = (QuoteState::CellStart, 1);
    for line in sample.lines().filter(|line| !line.trim().is_empty()).take(LINES) {
        let (after, ended) = follow(line.as_bytes(), delimiter, state);
        cells += ended;
        if after == QuoteState::Quoted {
            state = after;
        } else {
            widths.push(cells);
            (state, cells) = (QuoteState::CellStart, 1);
        }
    }
    let first = widths.first().copied().unwrap_or(0);
    (widths.iter().filter(|width| **width == first).count(), first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_that_splits_lines_alike_wins() {
        for (sample, delimiter) in [
            ("phone,name\n1,a\n2,b\n", b','),
            ("phone;name;amount\n1;a;3,50\n2;b;4,20\n", b';'),
            ("phone\tname\n1\ta, b\n2\tc\n", b'\t'),
            ("phone|name\n1|a\n", b'|'),
            ("phone\n+34600000002\n", b','),
            ("phone,note\n1,\"a;b;c\nd;e;f\"\n2,x\n", b','),
            ("phone,note\n1,a|b\n2,a|b\n3,\"a,b\"\n4,a|b,x\n", b','),
            ("", b','),
        ] {
            assert_eq!(detect(sample), delimiter, "{sample}");
        }
    }

    #[test]
    fn a_declared_delimiter_is_read() {
        assert_eq!(declared("sep=;\r\n"), Some(b';'));
        assert_eq!(declared("sep=;;"), None);
        assert_eq!(declared("phone"), None);
    }
}
