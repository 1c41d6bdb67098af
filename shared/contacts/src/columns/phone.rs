//! Which column has the phone numbers.

use super::headers::{PhoneHeader, is_fax, phone_header};
use crate::{NumberParser, NumberProblem, Region, rows::Row};

/// The phone column by its header, else by what is in it. A column of fax numbers only where no other fits.
pub(super) fn find(headers: &[&str], width: usize, sample: &[Row], region: Option<Region>) -> Option<usize> {
    let is_fax: Vec<bool> = headers.iter().map(|header| is_fax(header)).collect();
    let is_fax = |column: usize| is_fax.get(column).copied().unwrap_or(false);
    let by_content = |wanted: bool| {
        let columns = (0..width).filter(|column| is_fax(*column) == wanted);
        find_by_content(columns, sample, region)
    };
    let by_header = |wanted: bool| {
        let known = headers
            .iter()
            .enumerate()
            .filter(|(column, _)| is_fax(*column) == wanted);
        known
            .filter_map(|(column, header)| Some((phone_header(header)?, column)))
            .min()
    };
    let found = match by_header(false) {
        Some((PhoneHeader::Perhaps, column)) => by_content(false).or(Some(column)),
        Some((_, column)) => Some(column),
        None => by_content(false),
    };
    found
        .or_else(|| by_content(true))
        .or_else(|| by_header(true).map(|(_, column)| column))
}

/// The column where most cells are phone numbers; else the one where most are that could be, if only
/// the region were known, so that each row can say so.
fn find_by_content(
    columns: impl Iterator<Item = usize>,
    sample: &[Row],
    region: Option<Region>,
) -> Option<usize> {
    let counts: Vec<Counts> = columns.map(|column| Counts::of(column, sample, region)).collect();
    most(&counts, |counts| counts.good)
        .or_else(|| most(&counts, |counts| counts.good + counts.without_country))
}

/// The first of the columns with the highest count, when that is most of its filled cells.
fn most(columns: &[Counts], count: impl Fn(&Counts) -> usize) -> Option<usize> {
    let best = columns.iter().map(&count).max().filter(|best| *best > 0)?;
    columns
        .iter()
        .find(|column| count(column) == best && best * 2 > column.filled)
        .map(|column| column.place)
}

/// The cells of a column.
struct Counts {
    place: usize,
    filled: usize,
    good: usize,
    without_country: usize,
}

impl Counts {
    fn of(column: usize, sample: &[Row], region: Option<Region>) -> Self {
        let mut counts = Self {
            place: column,
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
