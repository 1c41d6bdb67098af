//! Google's verdicts on three thousand cells, against ours.
//!
//! `tests/agreement` makes the sample and compares many more; `make agreement` runs it. A change of the
//! rules that is meant changes the sample: `make agreement AGREEMENT=--write-sample`.

use std::{fmt::Write, fs, path::Path};

use serde_json::Value;
use switchboard_contacts::{NumberParser, Region};

#[test]
fn numbers_are_read_as_googles_library_reads_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/numbers/agreement.jsonl");
    let sample = fs::read_to_string(path).unwrap();
    let (mut cells, mut report) = (0, String::new());
    for line in sample.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let (raw, region) = (line["raw"].as_str().unwrap(), line["region"].as_str());
        let wanted = (line["e164"].as_str(), line["reason"].as_str());
        let read = NumberParser::parse(raw, region.map(|region| Region::parse(region).unwrap()));
        let ours = match &read {
            Ok(number) => (Some(number.as_str()), None),
            Err(problem) => (None, Some(problem.code())),
        };
        if ours != wanted {
            writeln!(report, "{raw:?} in {region:?}: {ours:?}, wanted {wanted:?}").unwrap();
        }
        cells += 1;
    }
    assert!(cells >= 3_000, "only {cells} cells");
    assert!(report.is_empty(), "{report}");
}
