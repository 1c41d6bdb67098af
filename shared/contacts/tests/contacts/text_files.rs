//! CSV in the ways people save it.

use std::fmt::Write;

use crate::support::{file, read, read_with, shown};
use proptest::prelude::*;
use switchboard_contacts::{Detail, Note, ParseOptions, Region, RowOutcome, limits::MAX_CELL_CHARS, preview};

const EXPECTED: [&str; 2] = ["2 +34600000002 Name=Íñigo, hijo", "3 +14155550100 Name=Zoë"];

#[test]
fn every_encoding_delimiter_and_line_ending_reads_the_same() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{FEFF}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(bytes)
            .collect()
    };
    for (delimiter, ending) in [(",", "\n"), (";", "\r\n"), ("\t", "\r"), ("|", "\n")] {
        let text = format!(
            "Name{delimiter}Teléfono|\"Íñigo, hijo\"{delimiter}+34 600 00 00 02|Zoë{delimiter}+14155550100"
        );
        let text = if delimiter == "|" {
            "Name|Teléfono\n\"Íñigo, hijo\"|+34 600 00 00 02\nZoë|+14155550100".to_owned()
        } else {
            text.replace('|', ending)
        };
        let (windows_1252, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
        for content in [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            utf16(&text, u16::to_le_bytes),
            utf16(&text, u16::to_be_bytes),
            windows_1252.to_vec(),
        ] {
            let (reader, outcomes) = read(&content).unwrap();
            assert_eq!(shown(&outcomes), EXPECTED, "{delimiter:?} {ending:?}");
            assert_eq!((reader.phone_column(), reader.progress()), ("Teléfono", 1.0));
        }
    }
}

#[test]
fn wrong_rows_name_line_column_and_reason_and_stop_nothing() {
    let long = "x".repeat(MAX_CELL_CHARS + 1);
    let text = format!(
        "phone_number,name,note\n\
         +14155550100,Ada,\"two\nlines\"\n\
         \n\
         +1 415 555 0100,Again,\n\
         ,Bob,\n\
         12,Cy,\n\
         +14155550101,Dee,a,b\n\
         +14155550102,Eve,{long}\n\
         +14155550103,\"Fay,x\n\
         +14155550104\n"
    );
    let (reader, outcomes) = read(&text).unwrap();
    assert_eq!(
        shown(&outcomes),
        [
            "2 +14155550100 name=Ada note=two\nlines".to_owned(),
            "5 duplicate of 2".to_owned(),
            "6 phone_number empty \"\"".to_owned(),
            "7 phone_number too_short \"12\"".to_owned(),
            "8 - too_many_cells \"b\"".to_owned(),
            format!("9 note value_too_long {:?}", "x".repeat(100)),
            "10 - unbalanced_quote \"+14155550103,\\\"Fay,x\"".to_owned(),
            "11 +14155550104 name= note=".to_owned(),
        ]
    );
    let counts = reader.counts();
    assert_eq!(
        (counts.rows, counts.accepted, counts.rejected, counts.duplicate),
        (8, 2, 5, 1)
    );
    assert_eq!(reader.blank_rows(), 1);
}

#[test]
fn a_default_region_reads_national_numbers() {
    let options = ParseOptions {
        default_region: Region::parse("ES").ok(),
        ..ParseOptions::default()
    };
    let (_, outcomes) = read_with("tel,n\n600 000 002,a\n+1 415 555 0100,b\n", &options).unwrap();
    assert_eq!(shown(&outcomes), ["2 +34600000002 n=a", "3 +14155550100 n=b"]);
}

#[test]
fn a_rejected_row_does_not_claim_its_number() {
    let long = "x".repeat(MAX_CELL_CHARS + 1);
    let (_, outcomes) = read(format!("phone,n\n+14155550100,{long}\n+14155550100,ok\n")).unwrap();
    assert_eq!(shown(&outcomes)[1], "3 +14155550100 n=ok");
}

#[test]
fn files_that_are_no_lists_are_refused_as_a_whole() {
    let html = "<html><table><tr><td>phone</td></tr></table></html>";
    for (content, code) in [
        (&b""[..], "empty"),
        (b"\n\n  \n", "empty"),
        (b"\xEF\xBB\xBF", "empty"),
        (b"\xFF\xFE", "empty"),
        (b",,,\n,,,\n", "empty"),
        (b"phone,name\n", "no_rows"),
        (b"a,b\nx,y\n", "no_phone_column"),
        (html.as_bytes(), "not_a_spreadsheet"),
        (b"%PDF-1.7\nphone\n+14155550100", "not_a_spreadsheet"),
        (b"\x1F\x8B\x08\x00\x00\x00\x00\x00", "damaged"),
        (b"<table><tr><td>phone", "not_a_spreadsheet"),
        (b"{\"phone\": \"+14155550100\"}", "not_a_spreadsheet"),
        (b"[\n  {\"phone\": 1}\n]", "not_a_spreadsheet"),
        (b"MIME-Version: 1.0\nphone,name\n", "not_a_spreadsheet"),
        (b"\x89PNG\r\n\x1A\n\x00\x00\x00\x0D", "not_a_spreadsheet"),
        (b"\x00\x01\x02\x03\x04", "not_a_spreadsheet"),
        (
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            "not_a_spreadsheet",
        ),
        (b"PK\x03\x04 broken", "damaged"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 broken", "damaged"),
    ] {
        let problem = read(content).map(|(_, rows)| rows.len()).unwrap_err();
        assert_eq!(problem.code(), code, "{}", String::from_utf8_lossy(content));
        assert!(!problem.explain().is_empty());
    }
    assert_eq!(
        read(format!("phone{}\n1", ",x".repeat(100)))
            .map(|_| ())
            .unwrap_err()
            .code(),
        "too_many_columns"
    );
}

#[test]
fn too_many_rows_end_the_reading() {
    let options = ParseOptions {
        max_rows: 2,
        ..ParseOptions::default()
    };
    let text = "phone\n+14155550100\n+14155550101\n";
    assert_eq!(read_with(text, &options).unwrap().1.len(), 2);
    let file = file(format!("{text}\n+14155550102\n"));
    let mut reader = switchboard_contacts::open(file.path(), &options).unwrap();
    assert!(reader.next().unwrap().is_ok() && reader.next().unwrap().is_ok());
    assert_eq!(reader.next().unwrap().unwrap_err().code(), "too_many_rows");
    assert!(reader.next().is_none());
}

#[test]
fn a_preview_looks_at_the_first_rows_only() {
    let mut text = "name,phone,name\n".to_owned();
    for n in 0..200 {
        writeln!(text, "n{n},+1415555{:04},x", 100 + n % 100).unwrap();
    }
    let preview = preview(file(&text).path(), &ParseOptions::default(), 5, 5).unwrap();
    assert_eq!(
        (preview.columns, preview.phone_column.as_str()),
        (vec!["name".into(), "phone".into(), "name_2".into()], "phone")
    );
    assert_eq!((preview.first_rows.len(), preview.counts.rows), (5, 5));
    assert_eq!(
        preview.notes,
        [
            Note::DuplicateColumn {
                header: "name".into(),
                name: "name_2".into()
            },
            Note::Understood {
                column: "name".into(),
                detail: Detail::Name
            }
        ]
    );
}

#[test]
fn a_long_file_is_read_to_its_end_and_progress_rises() {
    let mut text = "phone,n\n".to_owned();
    for n in 0..20_000_u32 {
        writeln!(text, "+1{}555{:04},{n}", 201 + n / 100, 100 + n % 100).unwrap();
    }
    let file = file(&text);
    let mut reader = switchboard_contacts::open(file.path(), &ParseOptions::default()).unwrap();
    let (mut before, mut halfway) = (0.0, false);
    while let Some(outcome) = reader.next() {
        outcome.unwrap();
        assert!(reader.progress() >= before);
        before = reader.progress();
        halfway |= (0.4..0.6).contains(&before);
    }
    assert!(halfway, "it is told on the way too");
    // Area codes 211, 311 and 411 are no areas.
    assert_eq!((reader.counts().rows, reader.counts().accepted), (20_000, 19_800));
    assert_eq!(reader.progress(), 1.0);
}

#[test]
fn blank_lines_are_counted_however_many_there_are() {
    let text = format!("\n\nphone\n{}+14155550100\r\n\r\n \n", "\n".repeat(100_000));
    let (reader, outcomes) = read(text).unwrap();
    assert_eq!(shown(&outcomes), ["100004 +14155550100"]);
    assert_eq!(reader.blank_rows(), 100_004);
}

#[test]
fn a_fax_column_is_read_only_where_there_is_no_other() {
    let (reader, _) = read("Fax,Kontakt\n+14155550100,+14155550101\n").unwrap();
    assert_eq!(reader.phone_column(), "Kontakt");
    let (reader, _) = read("Name,Phone/Fax\nAna,+14155550100\n").unwrap();
    assert_eq!(reader.phone_column(), "Phone/Fax");
}

fn csv_of(rows: &[(u64, String, String)]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(["phone_number", "a", "b"]).unwrap();
    for (number, a, b) in rows {
        csv.write_record([&format!("+346{number:08}"), a, b]).unwrap();
    }
    csv.into_inner().unwrap()
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(content in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&content);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "phone[,;\t\"\r\n]([a-z+0-9,;\"\r\n\t\0é]{0,20}[,\"\n]){0,40}") {
        let _ = read(&text);
    }

    #[test]
    fn every_line_of_data_has_one_outcome(lines in prop::collection::vec("[a-z0-9,+]{1,30}", 1..80)) {
        let text = format!("phone,a,b\n{}\n+14155550100\n", lines.join("\n"));
        let (reader, outcomes) = read(&text).unwrap();
        prop_assert_eq!(outcomes.len() as u64 + reader.blank_rows(), lines.len() as u64 + 1);
        let counts = reader.counts();
        prop_assert_eq!(counts.accepted + counts.rejected + counts.duplicate, counts.rows);
    }

    #[test]
    fn rows_that_are_written_come_back(
        rows in prop::collection::vec((0..99_999_999_u64, "[ -~éñ\n]{0,40}", "[a-z\",;\n|\t]{0,20}"), 1..60),
    ) {
        let (_, outcomes) = read(csv_of(&rows)).unwrap();
        prop_assert_eq!(outcomes.len(), rows.len());
        for (outcome, (number, a, b)) in outcomes.iter().zip(&rows) {
            if let RowOutcome::Accepted(contact) = outcome {
                prop_assert_eq!(contact.phone.as_str(), format!("+346{number:08}"));
                prop_assert_eq!(contact.variables["a"].as_str(), a.trim());
                prop_assert_eq!(contact.variables["b"].as_str(), b.trim());
            }
        }
    }
}
