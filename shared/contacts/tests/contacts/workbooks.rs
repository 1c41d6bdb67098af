//! Workbooks as Excel and other programs write them.
use crate::support::{file, read, read_with, shown};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Formula, Workbook};
use switchboard_contacts::{Format, Note, ParseOptions, RowOutcome, open};

/// An empty sheet, then one with every kind of cell.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Cover").unwrap();
    let sheet = book.add_worksheet().set_name("People").unwrap();
    for (column, header) in ["Name", "Phone", "Since", "Active", "Amount", "Total", ""]
        .iter()
        .enumerate()
    {
        sheet.write(2, column as u16, *header).unwrap();
    }
    let date = CellFormat::new().set_num_format("yyyy-mm-dd");
    sheet.write(3, 0, "Ada").unwrap();
    sheet.write(3, 1, 34_631_021_622.0).unwrap();
    sheet
        .write_with_format(3, 2, ExcelDateTime::from_ymd(2025, 10, 13).unwrap(), &date)
        .unwrap();
    sheet.write(3, 3, true).unwrap();
    sheet.write(3, 4, 12.5).unwrap();
    sheet.write(3, 5, Formula::new("=E4*2").set_result("25")).unwrap();
    sheet.write(5, 0, "Bob").unwrap();
    sheet.write(5, 1, "oops").unwrap();
    sheet.write(6, 0, "Cy").unwrap();
    sheet.write(6, 1, "'+1 (415) 555-0100").unwrap();
    sheet
        .write(6, 5, Formula::new("=1/0").set_result("#DIV/0!"))
        .unwrap();
    sheet.set_row_hidden(6).unwrap();
    sheet.write(7, 1, "+34 631 021 622").unwrap();
    let other = book.add_worksheet().set_name("Other").unwrap();
    other.write(0, 0, "phone").unwrap();
    other.write(1, 0, "+14155550111").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn xlsx_cells_become_text_and_lines_are_excel_rows() {
    let (reader, outcomes) = read(workbook()).unwrap();
    assert_eq!(
        shown(&outcomes),
        [
            "4 +34631021622 Active=true Amount=12.5 Name=Ada Since=2025-10-13 Total=25",
            "6 Phone not_a_number \"oops\"",
            "7 +14155550100 Active= Amount= Name=Cy Since= Total=",
            "8 duplicate of 4",
        ]
    );
    assert_eq!(reader.format(), Format::Xlsx);
    assert_eq!(reader.sheets(), ["Cover", "People", "Other"]);
    assert_eq!(reader.progress(), 1.0);
}

#[test]
fn the_last_row_that_a_sheet_can_have_is_read() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "phone").unwrap();
    sheet.write(1_048_575, 0, "+34 631 021 622").unwrap();
    let (_, outcomes) = read(book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(shown(&outcomes), ["1048576 +34631021622"]);
}

#[test]
fn a_sheet_can_be_named() {
    let options = |sheet: &str| ParseOptions {
        sheet: Some(sheet.to_owned()),
        ..ParseOptions::default()
    };
    let (_, outcomes) = read_with(workbook(), &options("Other")).unwrap();
    assert_eq!(shown(&outcomes), ["2 +14155550111"]);
    let problem = |sheet| read_with(workbook(), &options(sheet)).map(|_| ()).unwrap_err();
    assert_eq!(problem("Cover").code(), "empty");
    assert_eq!(problem("people").code(), "sheet_not_found");
    assert!(problem("people").explain().contains("\"People\""));
}

#[test]
fn the_first_sheet_with_contacts_is_read_unless_one_is_named() {
    let mut book = Workbook::new();
    let cover = book.add_worksheet().set_name("Read me").unwrap();
    cover.write(0, 0, "How to use this").unwrap();
    cover.write(1, 0, "Fill in the next sheet").unwrap();
    let header = book.add_worksheet().set_name("Empty").unwrap();
    header.write(0, 0, "phone").unwrap();
    let blank = book.add_worksheet().set_name("Blank").unwrap();
    blank.write(0, 0, "  ").unwrap();
    let people = book.add_worksheet().set_name("People").unwrap();
    people
        .write(0, 0, "phone")
        .unwrap()
        .write(1, 0, "+14155550100")
        .unwrap();
    let content = book.save_to_buffer().unwrap();
    let (reader, outcomes) = read(&content).unwrap();
    assert_eq!(shown(&outcomes), ["2 +14155550100"]);
    let name = "People".to_owned();
    assert_eq!(reader.notes(), [Note::FirstSheet { name }]);
    for (sheet, code) in [
        ("Read me", "no_phone_column"),
        ("Empty", "no_rows"),
        ("Blank", "empty"),
    ] {
        let options = ParseOptions {
            sheet: Some(sheet.to_owned()),
            ..ParseOptions::default()
        };
        assert_eq!(
            read_with(&content, &options).map(|_| ()).unwrap_err().code(),
            code
        );
    }
}

#[test]
fn where_no_sheet_has_contacts_the_first_one_says_why() {
    let mut book = Workbook::new();
    for (name, header) in [("A", "name"), ("B", "phone")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        sheet.write(0, 0, header).unwrap();
    }
    book.worksheet_from_index(0).unwrap().write(1, 0, "Ana").unwrap();
    let problem = read(book.save_to_buffer().unwrap()).map(|_| ()).unwrap_err();
    assert_eq!(problem.code(), "no_phone_column");
}

#[test]
fn error_cells_are_empty_and_noted() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "phone").unwrap().write(0, 1, "x").unwrap();
    sheet.write(1, 0, "+14155550100").unwrap();
    sheet
        .write(1, 1, Formula::new("=NA()").set_result("#N/A"))
        .unwrap();
    let content = book.save_to_buffer().unwrap();
    let (reader, outcomes) = read(content).unwrap();
    assert_eq!(shown(&outcomes), ["2 +14155550100 x="]);
    assert_eq!(reader.notes(), [Note::ErrorCells { count: 1 }]);
}

#[test]
fn xls_reads_like_xlsx() {
    let content = include_bytes!("../fixtures/contacts.xls");
    let (reader, outcomes) = read(content).unwrap();
    assert_eq!(
        shown(&outcomes),
        [
            "2 +14155550100 Active=true Amount=12.5 Name=Ada Since=2025-10-13",
            "3 +34631021622 Active=false Amount=3 Name=José Since=2024-02-29",
            "5 Teléfono not_a_number \"nonsense\"",
        ]
    );
    assert_eq!(
        (reader.format(), reader.sheets()),
        (Format::Xls, &["Empty".to_owned(), "Contacts".to_owned()][..])
    );
}

#[test]
fn many_rows_stream_and_a_dropped_reader_ends_its_thread() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "phone").unwrap();
    for row in 1..=5_000_u32 {
        sheet.write(row, 0, format!("+346{row:08}")).unwrap();
    }
    let file = file(book.save_to_buffer().unwrap());
    let mut reader = open(file.path(), &ParseOptions::default()).unwrap();
    assert!(matches!(reader.next(), Some(Ok(RowOutcome::Accepted(_)))));
    drop(reader);
    let reader = open(file.path(), &ParseOptions::default()).unwrap();
    assert_eq!(
        reader
            .filter(|outcome| matches!(outcome, Ok(RowOutcome::Accepted(_))))
            .count(),
        5_000
    );
}

#[test]
fn a_cut_workbook_is_damaged() {
    let content = workbook();
    let problem = read(&content[..content.len() / 2]).map(|_| ()).unwrap_err();
    assert_eq!(problem.code(), "damaged");
}

/// Some bytes of a good workbook changed.
fn damage(content: &[u8], changes: &[(usize, u8)]) -> Vec<u8> {
    let mut content = content.to_vec();
    for (at, byte) in changes {
        let at = at % content.len();
        content[at] = *byte;
    }
    content
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_damaged_workbook_never_panics(
        changes in prop::collection::vec((any::<usize>(), any::<u8>()), 1..40),
        is_xlsx in any::<bool>(),
    ) {
        let content = if is_xlsx { workbook() } else { include_bytes!("../fixtures/contacts.xls").to_vec() };
        let _ = read(damage(&content, &changes));
    }
}
