//! Which column has the phone numbers.

use super::headers::{PhoneHeader, phone_header};
use crate::{NumberParser, NumberProblem, Region, rows::Row};

/// The phone column by its header, else by what is in it.
pub(super) fn find(
    headers: &[String],
    width: usize,
    sample: &[Row],
    region: Option<Region>,
) -> Option<usize> {
    let by_header = headers
        .iter()
        .enumerate()
        .filter_map(|(column, header)| Some((phone_header(header)?, column)));
    match by_header.min() {
        Some((PhoneHeader::Perhaps, column)) => find_by_content(width, sample, region).or(Some(column)),
        Some((_, column)) => Some(column),
        None => find_by_content(width, sample, region),
    }
}

/// The column where most cells are phone numbers; else the one where most are that could be, if only
/// the region were known, so that each row can say so.
fn find_by_content(width: usize, sample: &[Row], region: Option<Region>) -> Option<usize> {
    let counts: Vec<Counts> = (0..width)
        .map(|column| Counts::of(column, sample, region))
        .collect();
    most(&counts, |counts| counts.good)
        .or_else(|| most(&counts, |counts| counts.good + counts.without_country))
}

/// The first of the columns with the highest count, when that is most of its filled cells.
fn most(columns: &[Counts], count: impl Fn(&Counts) -> usize) -> Option<usize> {
    let best = columns.iter().map(&count).max().filter(|best| *best > 0)?;
    columns
        .iter()
        .position(|column| count(column) == best && best * 2 > column.filled)
}

/// The cells of a column.
struct Counts {
    filled: usize,
    good: usize,
    without_country: usize,
}

impl Counts {
    fn of(column: usize, sample: &[Row], region: Option<Region>) -> Self {
        let mut counts = Self {
            filled: 0,
            good: 0,
            without_country: 0,
        };
        for cell in sample
            .iter()
            .map(|row| row.cell(column))
            .filter(|cell| !cell.is_empty())
        {
            counts.filled += 1;
            match NumberParser::parse(cell, region) {
                Ok(_) => counts.good += 1,
                Err(NumberProblem::NoCountry) => counts.without_country += 1,
                Err(_) => {}
            }
        }
        counts
    }
}
