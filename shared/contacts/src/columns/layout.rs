//! The columns of a file, decided from its first rows.

use super::{
    details::Details,
    headers::{is_phone_header, phone_header, plain},
    names, phone,
};
use crate::{
    FileProblem, Note, ParseOptions, RejectReason,
    limits::MAX_COLUMNS,
    numbers::looks_like_a_number,
    rejected_csv::{LINE_COLUMN, OUR_COLUMNS},
    rows::Row,
};

/// Rows above the header that may be a title.
const MAX_TITLE_ROWS: usize = 10;

/// The columns of a file.
#[derive(Debug)]
pub(crate) struct Layout {
    /// Names in the order of the file, all different.
    pub(crate) names: Vec<String>,
    /// Place of the phone column.
    pub(crate) phone: usize,
    /// Rows of the sample before the first contact: the header, and what stands above it.
    pub(crate) rows_above: usize,
    /// Columns that tell something about the person.
    pub(crate) details: Details,
    /// Place of the column with the lines of the file that this one corrects.
    pub(crate) corrects: Option<usize>,
    /// Places of the columns that become variables.
    pub(crate) variables: Vec<usize>,
    /// What was changed or assumed.
    pub(crate) notes: Vec<Note>,
}

impl Layout {
    /// Decides from the first rows, blank ones left out. In text, a cell too many is the sign of a delimiter
    /// that should have been quoted; in a workbook it is a cell beside the others.
    pub(crate) fn detect(sample: &[Row], options: &ParseOptions, is_text: bool) -> Result<Self, FileProblem> {
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
        let header = header_row(sample, asked);
        let rows_above = header.map_or(0, |place| place + 1);
        let rows = &sample[rows_above..];
        if rows.is_empty() {
            return Err(FileProblem::NoRows);
        }
        let headers: Vec<&str> = header.map_or_else(Vec::new, |place| sample[place].cells().collect());
        let width = width(&headers, rows, is_text);
        let mut notes = Vec::new();
        let names = match header {
            Some(skipped) => {
                if skipped > 0 {
                    let count = skipped as u64;
                    notes.push(Note::SkippedRows { count });
                }
                let (names, changed) = names::unique(&headers, width);
                notes.extend(changed);
                names
            }
            None => {
                notes.push(Note::NoHeader);
                names::numbered(width)
            }
        };
        let phone = match asked {
            Some(asked) => named(&names, asked).ok_or_else(|| FileProblem::PhoneColumnNotFound {
                asked: asked.to_owned(),
                columns_seen: names.clone(),
            })?,
            None => phone::find(&headers, width, rows, options.default_region).ok_or_else(|| {
                FileProblem::NoPhoneColumn {
                    columns_seen: names.clone(),
                }
            })?,
        };
        let details = Details::find(&names, phone);
        notes.extend(details.columns().iter().map(|(detail, column)| Note::Understood {
            column: names[*column].clone(),
            detail: *detail,
        }));
        let is_variable = |column: &usize| *column != phone && !names[*column].starts_with(OUR_COLUMNS);
        Ok(Self {
            variables: (0..names.len()).filter(is_variable).collect(),
            corrects: names.iter().position(|name| name == LINE_COLUMN),
            names,
            phone,
            rows_above,
            details,
            notes,
        })
    }
}

/// The row that names the columns: of the rows before the first number, the first that has the header that
/// was asked for or a known one; else the first that fills the columns. Rows above it are a title.
fn header_row(sample: &[Row], asked: Option<&str>) -> Option<usize> {
    let usual = usual_cells(sample);
    let is_wide = |place: &usize| filled_cells(&sample[*place]) * 2 >= usual;
    let is_asked = |cell: &str| asked.is_some_and(|asked| !cell.is_empty() && plain(asked) == plain(cell));
    // A row with one of these is a header however few others it has.
    let is_sure = |cell: &str| is_asked(cell) || is_phone_header(cell);
    let is_named = |cell: &str| is_asked(cell) || phone_header(cell).is_some();
    let has = |place: usize, is_it: &dyn Fn(&str) -> bool| sample[place].cells().any(is_it);

    let before_data = sample
        .iter()
        .take(MAX_TITLE_ROWS)
        .take_while(|row| row.defect.is_none() && !row.cells().any(looks_like_a_number))
        .count();
    if before_data == 0 {
        // A header beside a cell that could be a number is still one: "phone, 2024000001".
        return is_header_with_number(sample, &is_sure, &is_named, is_wide(&0)).then_some(0);
    }
    let named = (0..before_data)
        .find(|place| has(*place, &is_sure) || (is_wide(place) && has(*place, &is_named)))
        // A title may be such a word.
        .map(|first| {
            let wider = (first + 1..before_data)
                .find(|place| is_wide(place) && has(*place, &is_sure))
                .filter(|_| !is_wide(&first));
            wider.unwrap_or(first)
        });
    named.or_else(|| (0..before_data).find(is_wide))
}

/// Whether the first row is a header although a cell of it could be a number. What comes again in the
/// row below, such as the word "mobile", is no header.
fn is_header_with_number(
    sample: &[Row],
    is_sure: &dyn Fn(&str) -> bool,
    is_named: &dyn Fn(&str) -> bool,
    is_wide: bool,
) -> bool {
    let Some(first) = sample.first().filter(|first| first.defect.is_none()) else {
        return false;
    };
    first.cells().enumerate().any(|(column, cell)| {
        let comes_again = sample.get(1).is_some_and(|second| second.cell(column) == cell);
        (is_sure(cell) || (is_wide && is_named(cell))) && !comes_again
    })
}

fn filled_cells(row: &Row) -> usize {
    row.cells().filter(|cell| !cell.is_empty()).count()
}

/// How many cells half of the rows fill at most; one row that is very wide changes nothing.
fn usual_cells(sample: &[Row]) -> usize {
    let mut filled: Vec<usize> = sample.iter().map(filled_cells).collect();
    filled.sort_unstable();
    filled.get(filled.len() / 2).copied().unwrap_or(0)
}

/// Columns that have a header; of those behind the last header, in text only such as the header row itself
/// keeps open and the first rows fill, in a workbook all that these fill.
fn width(headers: &[&str], rows: &[Row], is_text: bool) -> usize {
    let filled = rows.iter().map(Row::width).max().unwrap_or(0);
    let named = headers
        .iter()
        .rposition(|header| !header.is_empty())
        .map_or(0, |last| last + 1);
    if headers.is_empty() {
        filled
    } else if is_text {
        named.max(headers.len().min(filled))
    } else {
        named.max(filled)
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
        let row = |(i, line): (usize, &str)| Row::of(i as u64 + 1, &line.split(',').collect::<Vec<_>>());
        text.lines().enumerate().map(row).collect()
    }

    fn detect(text: &str, phone_column: Option<&str>) -> Result<Layout, FileProblem> {
        let options = ParseOptions {
            phone_column: phone_column.map(str::to_owned),
            ..ParseOptions::default()
        };
        Layout::detect(&rows(text), &options, true)
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
            assert_eq!(layout.rows_above, 1);
            assert_eq!(layout.phone, phone, "{text}");
        }
    }

    #[test]
    fn a_file_without_header_has_numbered_columns() {
        let layout = detect("Ada,+14155550100\nBob,+14155550101,x", None).unwrap();
        assert_eq!((layout.rows_above, layout.phone), (0, 1));
        assert_eq!(layout.names, ["column_1", "column_2", "column_3"]);
    }

    #[test]
    fn a_title_above_the_header_is_left_out() {
        for title in ["Customers 2026", "Phone list", "Report,,\nby Ana"] {
            let rows = title.lines().count();
            let layout = detect(&format!("{title}\nname,phone,city\nAna,+14155550100,Rome"), None).unwrap();
            assert_eq!(layout.names, ["name", "phone", "city"], "{title}");
            assert_eq!(layout.rows_above, rows + 1);
            assert!(layout.notes.contains(&Note::SkippedRows { count: rows as u64 }));
        }
        let data_first = detect("Ana,+14155550100\nname,phone\nBob,+14155550101", None).unwrap();
        assert_eq!(data_first.rows_above, 0);
    }

    #[test]
    fn columns_of_our_own_report_are_no_variables() {
        let layout = detect(
            "switchboard_line,switchboard_reason,phone,name\n7,too_short,+14155550100,Ana",
            None,
        )
        .unwrap();
        assert_eq!((layout.corrects, layout.variables), (Some(0), vec![3]));
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
            Layout::detect(&[], &ParseOptions::default(), true)
                .unwrap_err()
                .code(),
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

    #[test]
    fn in_a_workbook_cells_beside_the_table_are_a_column() {
        let rows = rows("phone,name\n+14155550100,Ana,called");
        let layout = Layout::detect(&rows, &ParseOptions::default(), false).unwrap();
        assert_eq!(layout.names, ["phone", "name", "column_3"]);
    }

    #[test]
    fn a_known_header_needs_no_company_and_one_wide_row_changes_nothing() {
        let wide = format!(
            "phone,name\n+14155550100,Ana\n+14155550101,Bea{}",
            ",x".repeat(20)
        );
        assert_eq!(detect(&wide, None).unwrap().names, ["phone", "name"]);
        let sparse = detect("phone,,,,,,,name\n+14155550100,a,b,c,d,e,f,Ana", None).unwrap();
        assert_eq!((sparse.rows_above, sparse.names.len()), (1, 8));
        let titled = detect(
            "Phone\nname,phone,city\nAna,+14155550100,Rome\nBea,+14155550101,Vigo",
            None,
        )
        .unwrap();
        assert_eq!(titled.rows_above, 2);
        let dated = detect(
            "Report,Customers\nDate,2025-10-13\nphone,name\n+14155550100,Ana",
            None,
        )
        .unwrap();
        assert_eq!(dated.rows_above, 3);
    }

    #[test]
    fn a_word_that_comes_again_is_no_header() {
        let layout = detect("Ana,mobile,+14155550100\nBea,mobile,+14155550101", None).unwrap();
        assert_eq!((layout.rows_above, layout.phone), (0, 2));
        assert_eq!(
            detect("phone,2024000001\n+14155550100,x", None)
                .unwrap()
                .rows_above,
            1
        );
    }
}
