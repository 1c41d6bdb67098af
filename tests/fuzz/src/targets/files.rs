//! Files that people upload, and audio that providers send.

use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::sync::LazyLock;

use switchboard_contacts::{Format, ParseOptions, RejectedCsv, RowOutcome, limits, open, preview};
use switchboard_domain::{PhoneNumber, csv_safe};
use switchboard_reconcile::audio_duration_secs;

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
        .chain(corpus(Format::Ods).to_vec())
        .chain(corpus(Format::Xlsb).to_vec())
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

/// Files of the corpus that are of this format, first the one that parts of others are put into.
fn corpus(format: Format) -> &'static [Vec<u8>] {
    static ODS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| sorted_corpus("ods", "texts.ods"));
    static XLSB: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| sorted_corpus("xlsb", "kinds-of-cells.xlsb"));
    match format {
        Format::Ods => &ODS,
        Format::Xlsb => &XLSB,
        _ => &[],
    }
}

fn sorted_corpus(extension: &str, first: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/contacts");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|its| its == extension))
        .collect();
    paths.sort_by_key(|path| (!path.ends_with(first), path.clone()));
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

pub(super) fn part_samples() -> Vec<Vec<u8>> {
    part_samples_of(&[written_workbook()])
}

/// A workbook of which one part is damaged.
pub(super) fn workbook_part(input: &[u8]) {
    read_with_part(&written_workbook(), input);
}

pub(super) fn ods_part_samples() -> Vec<Vec<u8>> {
    part_samples_of(corpus(Format::Ods))
}

/// The same, of OpenDocument.
pub(super) fn ods_part(input: &[u8]) {
    read_with_part(&corpus(Format::Ods)[0], input);
}

pub(super) fn xlsb_part_samples() -> Vec<Vec<u8>> {
    part_samples_of(corpus(Format::Xlsb))
}

/// The same, of XLSB.
pub(super) fn xlsb_part(input: &[u8]) {
    read_with_part(&corpus(Format::Xlsb)[0], input);
}

/// The parts of all workbooks, each behind the place of its name in the first.
fn part_samples_of(workbooks: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let names: Vec<String> = unpacked(&workbooks[0])
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let parts = workbooks.iter().flat_map(|workbook| unpacked(workbook));
    parts
        .filter_map(|(name, part)| {
            let place = names.iter().position(|its| *its == name)?;
            Some([vec![u8::try_from(place).unwrap()], part].concat())
        })
        .collect()
}

/// Reads a workbook of which one part is replaced, in a package that is whole: what damage to the package
/// itself never lets through. The first byte says which part.
fn read_with_part(workbook: &[u8], input: &[u8]) {
    let Some((which, part)) = input.split_first() else {
        return;
    };
    let mut parts = unpacked(workbook);
    let at = usize::from(*which) % parts.len();
    parts[at].1 = part.to_vec();
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        package
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        package.write_all(&part).unwrap();
    }
    read(&package.finish().unwrap().into_inner());
}

fn unpacked(workbook: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut package = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    (0..package.len())
        .map(|at| {
            let mut part = package.by_index(at).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn read(input: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(input).unwrap();
    file.flush().unwrap();
    let chosen = ParseOptions {
        default_region: "ES".parse().ok(),
        phone_column: Some("phone".to_owned()),
        sheet: Some("Sheet1".to_owned()),
        max_rows: 2,
        first_rows: None,
    };
    for options in [ParseOptions::default(), chosen] {
        read_with(file.path(), &options);
        if let Ok(preview) = preview(file.path(), &options, 2, 2) {
            assert!(preview.counts.rows <= 2 && preview.first_rows.len() + preview.rejected.len() <= 2);
            assert!(preview.columns.len() <= limits::MAX_COLUMNS);
        }
    }
}

/// Every row becomes one thing, every contact has a number, nothing is larger than its limit, and what
/// is rejected can be written down.
fn read_with(path: &Path, options: &ParseOptions) {
    let Ok(mut reader) = open(path, options) else {
        return;
    };
    assert!(reader.columns().len() <= limits::MAX_COLUMNS);
    for name in reader.columns() {
        assert!(name.chars().count() <= limits::MAX_HEADER_CHARS, "{name}");
    }
    // Rows of Excel's files may stand in any order, and are read as they stand.
    let is_in_order = !matches!(reader.format(), Format::Xlsx | Format::Xlsb);
    let mut rejected = RejectedCsv::new(Vec::new(), ["value"].into_iter()).unwrap();
    let (mut accepted, mut wrong, mut twice, mut last_line) = (0, 0, 0, 0);
    for outcome in reader.by_ref() {
        let line = match outcome {
            Ok(RowOutcome::Accepted(row)) => {
                accepted += 1;
                assert!(PhoneNumber::parse(row.phone.as_str()).is_ok());
                for value in row.variables.values() {
                    assert!(value.chars().count() <= limits::MAX_CELL_CHARS);
                }
                row.line
            }
            Ok(RowOutcome::Rejected(row)) => {
                wrong += 1;
                assert!(
                    !row.reason.code().is_empty() && row.value.chars().count() <= limits::MAX_SHOWN_CHARS
                );
                rejected
                    .write(&(&row).into(), [row.value.as_str()].into_iter())
                    .unwrap();
                row.line
            }
            Ok(RowOutcome::Duplicate { line, first_line, .. }) => {
                twice += 1;
                assert!(first_line < line || !is_in_order);
                line
            }
            Err(problem) => {
                assert!(!problem.explain().is_empty());
                return;
            }
        };
        assert!(
            line > 0 && (line > last_line || !is_in_order),
            "line {line} after {last_line}"
        );
        last_line = line;
    }
    let counts = reader.counts();
    assert_eq!(
        (counts.accepted, counts.rejected, counts.duplicate),
        (accepted, wrong, twice)
    );
    assert_eq!(counts.rows, accepted + wrong + twice);
    assert!(counts.rows <= options.max_rows && (counts.rows <= last_line || !is_in_order));
    assert_rejected_rows(&rejected.finish().unwrap(), wrong);
}

/// The file of rejected rows has one record for each, and no cell that begins as a formula does.
fn assert_rejected_rows(file: &[u8], wrong: u64) {
    let mut count = 0;
    for record in csv::Reader::from_reader(file).records() {
        let record = record.unwrap();
        assert_eq!(record.len(), 6);
        assert!(record.iter().all(|cell| !begins_as_formula(cell)), "{record:?}");
        count += 1;
    }
    assert_eq!(count, wrong);
}

fn begins_as_formula(cell: &str) -> bool {
    cell.trim_start_matches('\u{feff}')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
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
    assert!(!begins_as_formula(&safe));
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
    if let Some(secs) = audio_duration_secs(input).unwrap() {
        assert!(secs.is_finite() && secs >= 0.0);
        assert!(
            secs <= input.len() as f64 / 20.0 + 1.0,
            "{secs} s of {} bytes",
            input.len()
        );
    }
}
