//! Which sheet is read.

use calamine::{DataType, Sheet, SheetType, SheetVisible};

use crate::FileProblem;

/// Names of the sheets that have cells, in the order of the workbook.
pub(super) fn names(sheets: &[Sheet]) -> Vec<String> {
    worksheets(sheets).map(|sheet| sheet.name.clone()).collect()
}

/// Which sheet is wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// The one that was asked for.
    pub(crate) asked: Option<String>,
    /// Sheets that were tried before and had no contacts.
    pub(crate) tried: Vec<String>,
}

/// Sheets to try, best first: the one that was asked for alone, else visible ones before hidden ones.
pub(super) fn candidates(sheets: &[Sheet], wanted: &Wanted) -> Result<Vec<String>, FileProblem> {
    if sheets.is_empty() {
        return Err(FileProblem::Damaged { line: None });
    }
    let Some(asked) = &wanted.asked else {
        let (visible, hidden): (Vec<_>, Vec<_>) =
            worksheets(sheets).partition(|sheet| sheet.visible == SheetVisible::Visible);
        return Ok(visible
            .into_iter()
            .chain(hidden)
            .map(|sheet| sheet.name.clone())
            .filter(|name| !wanted.tried.contains(name))
            .collect());
    };
    match worksheets(sheets).find(|sheet| sheet.name == *asked) {
        Some(sheet) => Ok(vec![sheet.name.clone()]),
        None => Err(FileProblem::SheetNotFound {
            asked: asked.clone(),
            sheets: names(sheets),
        }),
    }
}

/// Whether a cell has something in it that one can see.
pub(super) fn is_filled(cell: &impl DataType) -> bool {
    !cell.is_empty() && cell.get_string().is_none_or(|text| !text.trim().is_empty())
}

fn worksheets(sheets: &[Sheet]) -> impl Iterator<Item = &Sheet> {
    sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet)
}
