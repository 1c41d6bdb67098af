//! Which sheet is read.

use calamine::{Sheet, SheetType, SheetVisible};

use crate::FileProblem;

/// Names of the sheets that have cells, in the order of the workbook.
pub(super) fn names(sheets: &[Sheet]) -> Vec<String> {
    worksheets(sheets).map(|sheet| sheet.name.clone()).collect()
}

/// Sheets to try, best first: the one that was asked for alone, else visible ones before hidden ones.
pub(super) fn candidates(sheets: &[Sheet], asked: Option<&str>) -> Result<Vec<String>, FileProblem> {
    let Some(asked) = asked else {
        let (visible, hidden): (Vec<_>, Vec<_>) =
            worksheets(sheets).partition(|sheet| sheet.visible == SheetVisible::Visible);
        return Ok(visible
            .into_iter()
            .chain(hidden)
            .map(|sheet| sheet.name.clone())
            .collect());
    };
    match worksheets(sheets).find(|sheet| sheet.name == asked) {
        Some(sheet) => Ok(vec![sheet.name.clone()]),
        None => Err(FileProblem::SheetNotFound {
            asked: asked.to_owned(),
            sheets: names(sheets),
        }),
    }
}

fn worksheets(sheets: &[Sheet]) -> impl Iterator<Item = &Sheet> {
    sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet)
}
