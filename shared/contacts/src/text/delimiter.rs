//! Which character separates the cells.

use super::quotes::{QuoteState, follow};
use crate::{columns::is_phone_header, numbers::looks_like_a_number};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
const LINES: usize = 30;
/// Lines above the header that may be a title.
const TITLE_LINES: usize = 5;

/// How a file writes its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// What stands between two cells.
    pub(super) delimiter: u8,
    /// Whether each line is in quotes as a whole: `"phone,name"`.
    pub(super) is_wrapped: bool,
}

/// The dialect of a file by its first lines.
pub(super) fn detect(sample: &str) -> Dialect {
    if let Some(inner) = unwrapped(sample)
        && let Some(delimiter) = splits_alike(&inner)
    {
        return Dialect {
            delimiter,
            is_wrapped: true,
        };
    }
    Dialect {
        delimiter: delimiter(sample),
        is_wrapped: false,
    }
}

/// The delimiter that splits most of the first lines like the first one, which is a header as a rule and has
/// no odd characters, into most cells. A comma when nothing splits it. Where the first lines are a title,
/// those below it decide.
fn delimiter(sample: &str) -> u8 {
    let widths = DELIMITERS.map(|delimiter| (delimiter, widths(sample, delimiter)));
    let first = regular(&widths, 0);
    if first.is_usual {
        return first.delimiter;
    }
    let is_title = |line: &&str| !is_phone_header(line) && !looks_like_a_number(line);
    let titles = filled(sample).take(TITLE_LINES).take_while(is_title).count();
    (1..=titles)
        .map(|skipped| regular(&widths, skipped))
        .find(|below| below.is_usual)
        .unwrap_or(first)
        .delimiter
}

struct Regular {
    delimiter: u8,
    /// Whether it splits most records into as many cells.
    is_usual: bool,
}

/// The delimiter that splits most records behind those that are skipped like the first of them.
fn regular(widths: &[(u8, Vec<usize>)], skipped: usize) -> Regular {
    let (mut best, mut most) = (
        Regular {
            delimiter: b',',
            is_usual: false,
        },
        (0, 0),
    );
    for (delimiter, widths) in widths {
        let records = widths.get(skipped..).unwrap_or_default();
        let cells = records.first().copied().unwrap_or(0);
        let alike = records.iter().filter(|width| **width == cells).count();
        if cells > 1 && (alike, cells) > most {
            most = (alike, cells);
            best = Regular {
                delimiter: *delimiter,
                is_usual: alike * 2 > records.len() && (alike > 1 || skipped == 0),
            };
        }
    }
    best
}

/// The first lines without the quotes around each; none when one of them is not quoted as a whole.
fn unwrapped(sample: &str) -> Option<String> {
    let whole = &sample[..=sample.rfind('\n').unwrap_or(sample.len().checked_sub(1)?)];
    let lines = filled(whole).take(LINES).map(|line| {
        let inner = line.trim().strip_prefix('"')?.strip_suffix('"')?;
        // A quote that is not doubled ends a cell.
        let is_one = !inner.replace("\"\"", "").contains('"');
        is_one.then(|| inner.replace("\"\"", "\"") + "\n")
    });
    lines.collect()
}

/// The delimiter that splits every line into as many cells, and more than one.
fn splits_alike(sample: &str) -> Option<u8> {
    DELIMITERS.into_iter().find(|delimiter| {
        let widths = widths(sample, *delimiter);
        widths
            .first()
            .is_some_and(|first| *first > 1 && widths.iter().all(|width| width == first))
    })
}

fn filled(sample: &str) -> impl Iterator<Item = &str> {
    sample.lines().filter(|line| !line.trim().is_empty())
}

/// The delimiter that a first line `sep=;` names, as Excel writes and reads it.
pub(super) fn declared(first_line: &str) -> Option<u8> {
    match first_line
        .trim_end_matches(['\r', '\n'])
        .trim_matches('"')
        .strip_prefix("sep=")?
        .as_bytes()
    {
        [byte] if byte.is_ascii() && *byte != b'"' => Some(*byte),
        _ => None,
    }
}

/// How many cells each of the first records has.
fn widths(sample: &str, delimiter: u8) -> Vec<usize> {
    let mut widths: Vec<usize> = Vec::new();
    let (mut state, mut cells) = (QuoteState::CellStart, 1);
    for line in filled(sample).take(LINES) {
        let (after, ended) = follow(line.as_bytes(), delimiter, state);
        cells += ended;
        if after == QuoteState::Quoted {
            state = after;
        } else {
            widths.push(cells);
            (state, cells) = (QuoteState::CellStart, 1);
        }
    }
    widths
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
            ("Customers\nname;phone\nAna;1\n", b';'),
            ("Customers, 2025\nby Ana\nname;phone\nAna;1\nBea;2\n", b';'),
            ("phone\n1;2\n3;4\n", b','),
            ("600000001\n600000002;600000003\n600000004;600000005\n", b','),
        ] {
            let dialect = Dialect {
                delimiter,
                is_wrapped: false,
            };
            assert_eq!(detect(sample), dialect, "{sample}");
        }
    }

    #[test]
    fn lines_in_quotes_as_a_whole_are_told() {
        let wrapped = Dialect {
            delimiter: b';',
            is_wrapped: true,
        };
        assert_eq!(detect("\"phone;name\"\n\"1;\"\"a\"\"\"\n"), wrapped);
        for other in [
            "\"phone\",\"name\"\n\"1\",\"a\"\n",
            "\"name\"\n\"Ruiz, Ana\"\n",
            "\"a,b\"\nc,d\n",
            "\"",
        ] {
            assert!(!detect(other).is_wrapped, "{other}");
        }
    }

    #[test]
    fn a_declared_delimiter_is_read() {
        assert_eq!(declared("sep=;\r\n"), Some(b';'));
        assert_eq!(declared("\"sep=;\"\r\n"), Some(b';'));
        assert_eq!(declared("sep=;;"), None);
        assert_eq!(declared("phone"), None);
    }

    #[test]
    fn one_sign_declares_a_delimiter_unless_it_is_a_quote() {
        assert_eq!(
            (declared("sep=\t\n"), declared("sep=|")),
            (Some(b'\t'), Some(b'|'))
        );
        assert_eq!(
            (declared("sep="), declared("sep=é"), declared("sep=a\"b")),
            (None, None, None)
        );
    }

    #[test]
    fn five_lines_of_titles_are_looked_over_and_no_more() {
        let below = |titles: usize| {
            let sample = "Our customers\n".repeat(titles) + "a;b\n1;2\n3;4\n5;6\n7;8\n9;0\n1;2\n3;4\n";
            delimiter(&sample)
        };
        assert_eq!((below(5), below(6)), (b';', b','));
        // One line below a title is not enough to tell.
        assert_eq!(delimiter("Customers\nname;phone\n"), b',');
    }
}
