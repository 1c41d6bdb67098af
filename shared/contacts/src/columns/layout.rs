//! The columns of a file, decided from its first rows.

use super::{
    headers::{phone_header, plain},
    names, phone,
};
use crate::{
    FileProblem, Note, ParseOptions, RejectReason, limits::MAX_COLUMNS, numbers::looks_like_a_number,
    rows::Row,
};

/// The columns of a file.
#[derive(Debug)]
pub(crate) struct Layout {
    /// Names in the order of the file, all different.
    pub(crate) names: Vec<String>,
    /// Place of the phone column.
    pub(crate) phone: usize,
    /// Whether the first row is the header.
    pub(crate) has_header: bool,
    /// What was changed or assumed.
    pub(crate) notes: Vec<Note>,
}

impl Layout {
    /// Decides from the first rows, blank ones left out.
    pub(crate) fn detect(sample: &[Row], options: &ParseOptions) -> Result<Self, FileProblem> {
        let first = sample.first().ok_or(FileProblem::Empty)?;
        match first.defect {
            None => {}
            Some(RejectReason::TooManyCells) => return Err(FileProblem::TooManyColumns),
            Some(_) => {
                return Err(FileProblem::Damaged {
                    line: Some(first.line),
                });
            }
        }
        let asked = options.phone_column.as_deref();
        let has_header = is_header(first, asked);
        let rows = if has_header { &sample[1..] } else { sample };
        if rows.is_empty() {
            return Err(FileProblem::NoRows);
        }
        let headers = if has_header { first.cells.as_slice() } else { &[] };
        let width = width(headers, rows);
        let (names, notes) = if has_header {
            names::unique(headers, width)
        } else {
            (names::numbered(width), vec![Note::NoHeader])
        };
        let phone = match asked {
            Some(asked) => named(&names, asked).ok_or_else(|| FileProblem::PhoneColumnNotFound {
                asked: asked.to_owned(),
                columns_seen: names.clone(),
            })?,
            None => phone::find(headers, width, rows, options.default_region).ok_or_else(|| {
                FileProblem::NoPhoneColumn {
                    columns_seen: names.clone(),
                }
            })?,
        };
        Ok(Self {
            names,
            phone,
            has_header,
            notes,
        })
    }
}

/// Whether the first row names the columns: it has the header that was asked for or a known one, or
/// nothing in it could be a phone number.
fn is_header(first: &Row, asked: Option<&str>) -> bool {
    let is_named = |cell: &String| {
        asked.is_some_and(|asked| plain(asked) == plain(cell)) || phone_header(cell).is_some()
    };
    first.cells.iter().any(is_named) || !first.cells.iter().any(|cell| looks_like_a_number(cell))
}

/// Columns that have a header; of those behind the last header, only such as the header row itself
/// keeps open and the first rows fill.
fn width(headers: &[String], rows: &[Row]) -> usize {
    let filled = rows.iter().map(Row::width).max().unwrap_or(0);
    let named = headers
        .iter()
        .rposition(|header| !header.is_empty())
        .map_or(0, |last| last + 1);
    if headers.is_empty() {
        filled
    } else {
        named.max(headers.len().min(filled))
    }
    .min(MAX_COLUMNS)
}

/// The column of this name: exactly, else without case and accents.
fn named(names: &[String], asked: &str) -> Option<usize> {
    names
        .iter()
        .position(|name| name == asked.trim())
        .or_else(|| names.iter().position(|name| plain(name) == plain(asked)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        let row =
            |(i, line): (usize, &str)| Row::new(i as u64 + 1, line.split(',').map(str::to_owned).collect());
        text.lines().enumerate().map(row).collect()
    }

    fn detect(text: &str, phone_column: Option<&str>) -> Result<Layout, FileProblem> {
        let options = ParseOptions {
            phone_column: phone_column.map(str::to_owned),
            ..ParseOptions::default()
        };
        Layout::detect(&rows(text), &options)
    }

    #[test]
    fn the_phone_column_is_found_by_header_then_by_content() {
        for (text, phone) in [
            ("name,phone_number,mobile\na,+14155550100,+14155550101", 1),
            ("mobile,phone_number\n+14155550101,+14155550100", 1),
            ("Número,Nombre\n+34600000002,Ana", 0),
            ("number,who\n12,+34600000002", 1),
            ("a,b\nx,+14155550100\ny,+14155550101", 1),
            ("a,b\nx,600000002\ny,600000003", 1),
        ] {
            let layout = detect(text, None).unwrap();
            assert!(layout.has_header);
            assert_eq!(layout.phone, phone, "{text}");
        }
    }

    #[test]
    fn a_file_without_header_has_numbered_columns() {
        let layout = detect("Ada,+14155550100\nBob,+14155550101,x", None).unwrap();
        assert_eq!((layout.has_header, layout.phone), (false, 1));
        assert_eq!(layout.names, ["column_1", "column_2", "column_3"]);
    }

    #[test]
    fn a_column_that_was_asked_for_is_taken_or_missed() {
        for asked in ["B b", "b_b"] {
            assert_eq!(
                detect("a,B b\n+14155550100,+14155550101", Some(asked))
                    .unwrap()
                    .phone,
                1
            );
        }
        let missed = detect("a,b\n1,2", Some("c")).unwrap_err();
        assert_eq!(missed.code(), "phone_column_not_found");
        assert!(missed.explain().contains("\"a\", \"b\""));
    }

    #[test]
    fn files_without_phones_or_rows_are_refused() {
        assert_eq!(detect("a,b\nx,y", None).unwrap_err().code(), "no_phone_column");
        assert_eq!(detect("phone,b", None).unwrap_err().code(), "no_rows");
        assert_eq!(
            Layout::detect(&[], &ParseOptions::default()).unwrap_err().code(),
            "empty"
        );
        assert_eq!(
            detect(&"h,".repeat(200), None).unwrap_err().code(),
            "too_many_columns"
        );
    }

    #[test]
    fn open_header_cells_count_when_something_is_below_them() {
        assert_eq!(
            detect("phone,,\n+14155550100,x,", None).unwrap().names,
            ["phone", "column_2"]
        );
        assert_eq!(detect("phone\n+14155550100,x", None).unwrap().names, ["phone"]);
    }
}
