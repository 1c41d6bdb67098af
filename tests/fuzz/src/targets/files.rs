//! Files that people upload, and audio that providers send.

use std::io::Write;

use switchboard_contacts::{ParseOptions, RejectedCsv, RowOutcome, csv_safe, open};
use switchboard_reconcile::mp3_duration_secs;

use super::from_folder;

pub(super) fn text_samples() -> Vec<Vec<u8>> {
    let mut samples = from_folder("events");
    samples.retain(|sample| sample.starts_with(b"phone"));
    samples.push(b"nombre;tel\xe9fono;ciudad\n\"Ana \"\"la\"\"\";600 000 001;M\xe1laga\n;;\n".to_vec());
    samples.push("\u{feff}phone\tname\n00 34 600 000 002\tÅsa\n3.4600000003E+10\tB\n".into());
    samples.push("phone,name\n+14155550100,\"two\nlines\"\n=1+1,x\n'+14155550101,y\n".into());
    let utf16: Vec<u8> = "phone,name\n+14155550100,Ada\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    samples.push([b"\xff\xfe".to_vec(), utf16].concat());
    samples
}

pub(super) fn text_file(input: &[u8]) {
    // Whatever looks like a workbook is the other target's.
    if !input.starts_with(b"PK") && !input.starts_with(b"\xd0\xcf\x11\xe0") {
        read(input);
    }
}

pub(super) fn workbook_samples() -> Vec<Vec<u8>> {
    from_folder("shared/contacts/tests/fixtures")
        .into_iter()
        .chain([written_workbook(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()])
        .collect()
}

fn written_workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let rows = [("phone", "name"), ("+14155550100", "Ada"), ("oops", "=1+1")];
    for (row, (phone, name)) in (0u32..).zip(rows) {
        sheet.write(row, 0, phone).unwrap();
        sheet.write(row, 1, name).unwrap();
    }
    book.save_to_buffer().unwrap()
}

pub(super) fn workbook(input: &[u8]) {
    read(input);
}

/// Every row becomes one thing, every contact has a number, and every rejected row can be written down.
fn read(input: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(input).unwrap();
    file.flush().unwrap();
    let options = ParseOptions::default();
    let Ok(mut reader) = open(file.path(), &options) else {
        return;
    };
    let mut rejected = RejectedCsv::new(Vec::new()).unwrap();
    let (mut accepted, mut wrong, mut twice) = (0, 0, 0);
    for outcome in reader.by_ref() {
        match outcome {
            Ok(RowOutcome::Accepted(row)) => {
                accepted += 1;
                let number = row.phone.as_str();
                assert!(
                    number.starts_with('+') && number[1..].bytes().all(|b| b.is_ascii_digit()),
                    "{number}"
                );
            }
            Ok(RowOutcome::Rejected(row)) => {
                wrong += 1;
                assert!(!row.reason.code().is_empty());
                rejected.write(&row).unwrap();
            }
            Ok(RowOutcome::Duplicate { .. }) => twice += 1,
            Err(_) => return,
        }
    }
    let counts = reader.counts();
    assert_eq!(
        (counts.accepted, counts.rejected, counts.duplicate),
        (accepted, wrong, twice)
    );
    assert_eq!(counts.rows, accepted + wrong + twice);
    rejected.finish().unwrap();
}

pub(super) fn cell_samples() -> Vec<Vec<u8>> {
    [
        "=cmd|' /C calc'!A0",
        "+34600",
        "@SUM(A1)",
        "-1",
        "\t=1",
        "Ada, \"the\" first",
    ]
    .map(|text| text.into())
    .to_vec()
}

/// No cell that we write begins as a formula does, and what is written is read back.
pub(super) fn csv_cell(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let safe = csv_safe(&text);
    let seen = safe.trim_start_matches('\u{feff}');
    assert!(!seen.starts_with(['=', '+', '-', '@', '\t', '\r']));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["begin", safe.as_ref()]).unwrap();
    let written = writer.into_inner().unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(written.as_slice());
    let row = reader.records().next().unwrap().unwrap();
    assert_eq!((&row[0], &row[1]), ("begin", safe.as_ref()));
}

pub(super) fn audio_samples() -> Vec<Vec<u8>> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0x64];
    frame.resize(417, 0);
    let tagged = [b"ID3\x04\0\0\0\0\x02\0".to_vec(), vec![0; 256], frame.repeat(4)].concat();
    vec![frame.repeat(20), tagged]
}

/// A length is never negative, and never longer than the bytes could play at the lowest rate.
pub(super) fn audio_length(input: &[u8]) {
    if let Some(secs) = mp3_duration_secs(input).unwrap() {
        assert!(secs.is_finite() && secs >= 0.0);
        assert!(
            secs <= input.len() as f64 / 20.0 + 1.0,
            "{secs} s of {} bytes",
            input.len()
        );
    }
}
