//! Nasty files in `tests/fixtures/contacts`, each with what a person would want of it.
//!
//! `make.py` there writes the files and the expectations. Here each file is read and compared; a
//! difference is shown line by line.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};
use switchboard_contacts::{FileProblem, ParseOptions, Region, RowOutcome, open};

/// Files that are not read as wanted yet, and why. One that is read as wanted must leave the list.
const KNOWN: &[(&str, &str)] = &[
    (
        "cr-in-quotes.csv",
        "lines are counted alike wherever they end: a lone CR in a cell is one, as LF and CRLF there are",
    ),
    (
        "national-mx.csv",
        "the mobile 1 that Mexico gave up: Google's library knows no such number either",
    ),
    (
        "utf16-parts.xlsx",
        "calamine reads parts in UTF-8 only; the file is called damaged",
    ),
];

#[test]
fn every_file_of_the_corpus_is_read_as_a_person_would_want() {
    let known: BTreeMap<&str, &str> = KNOWN.iter().copied().collect();
    let expectations = expectations();
    assert!(expectations.len() >= 45, "only {} files", expectations.len());
    let mut report = String::new();
    for (name, file, wanted) in &expectations {
        let differences = differences(wanted, &read(file, &options(wanted)));
        match (differences.is_empty(), known.get(name.as_str())) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(_)) => writeln!(report, "{name}: read as wanted now, take it off the list").unwrap(),
            (false, None) => writeln!(report, "{name}\n{}", differences.join("\n")).unwrap(),
        }
    }
    for name in known.keys() {
        assert!(
            expectations.iter().any(|(found, ..)| found == name),
            "no file {name}"
        );
    }
    assert!(report.is_empty(), "\n{report}");
}

/// Name, path and expectation of each file.
fn expectations() -> Vec<(String, PathBuf, Map<String, Value>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/contacts");
    let mut found: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| {
            let file_name = entry.unwrap().file_name().into_string().unwrap();
            let name = file_name.strip_suffix(".expected.json")?.to_owned();
            let wanted = serde_json::from_slice(&fs::read(folder.join(&file_name)).unwrap()).unwrap();
            Some((name.clone(), folder.join(name), wanted))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn options(wanted: &Map<String, Value>) -> ParseOptions {
    let text = |key: &str| wanted["options"][key].as_str().map(str::to_owned);
    let default = ParseOptions::default();
    ParseOptions {
        default_region: text("default_region").map(|code| Region::parse(&code).unwrap()),
        phone_column: text("phone_column"),
        sheet: text("sheet"),
        max_rows: wanted["options"]["max_rows"].as_u64().unwrap_or(default.max_rows),
        ..default
    }
}

/// What the reader makes of a file, in the words of an expectation.
fn read(file: &Path, options: &ParseOptions) -> Map<String, Value> {
    let read = || -> Result<Value, FileProblem> {
        let mut reader = open(file, options)?;
        let rows = reader
            .by_ref()
            .map(|row| Ok(row_of(row?)))
            .collect::<Result<Vec<_>, FileProblem>>()?;
        let notes: Vec<Value> = reader.notes().iter().map(|note| json!(note)).collect();
        let (understood, notes): (Vec<_>, Vec<_>) =
            notes.into_iter().partition(|note| note["code"] == "understood");
        let understood = understood.iter().map(|note| {
            let column = note["column"].as_str().unwrap_or_default();
            (column.to_owned(), note["detail"].clone())
        });
        Ok(json!({
            "format": reader.format(),
            "columns": reader.columns(),
            "phone_column": reader.phone_column(),
            "sheets": reader.sheets(),
            "understood": understood.collect::<Map<_, _>>(),
            "notes": notes.iter().map(|note| note["code"].clone()).collect::<Vec<_>>(),
            "rows": rows,
        }))
    };
    match read() {
        Ok(Value::Object(read)) => read,
        Ok(other) => panic!("not an object: {other}"),
        Err(problem) => Map::from_iter([("problem".to_owned(), json!(problem.code()))]),
    }
}

fn row_of(row: RowOutcome) -> Value {
    match row {
        RowOutcome::Accepted(row) => {
            let mut shown = json!(row);
            shown["accepted"] = shown["phone"].take();
            shown
        }
        RowOutcome::Rejected(row) => {
            json!({ "line": row.line, "rejected": row.reason.code(), "column": row.column })
        }
        RowOutcome::Duplicate { line, first_line, .. } => {
            json!({ "line": line, "duplicate_of": first_line })
        }
    }
}

/// Where an answer is not what was wanted; what the expectation leaves out may be anything.
fn differences(wanted: &Map<String, Value>, got: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(problem) = got.get("problem").filter(|_| !wanted.contains_key("problem")) {
        return vec![format!("    refused as {problem}")];
    }
    for (key, wanted) in wanted.iter().filter(|(key, _)| *key != "options") {
        let got = got.get(key).unwrap_or(&Value::Null);
        match (key.as_str(), wanted, got) {
            ("rows", Value::Array(wanted), Value::Array(got)) => rows(wanted, got, &mut found),
            ("notes", Value::Array(wanted), Value::Array(got)) => {
                let sorted = |notes: &[Value]| {
                    let mut notes: Vec<String> = notes.iter().map(Value::to_string).collect();
                    notes.sort();
                    notes.join(", ")
                };
                differ("notes", &json!(sorted(wanted)), &json!(sorted(got)), &mut found);
            }
            _ => differ(key, wanted, got, &mut found),
        }
    }
    found
}

fn rows(wanted: &[Value], got: &[Value], found: &mut Vec<String>) {
    if wanted.len() != got.len() {
        found.push(format!("    {} rows wanted, {} came", wanted.len(), got.len()));
    }
    for place in 0..wanted.len().max(got.len()) {
        let (wanted, got) = (wanted.get(place), got.get(place));
        let (Some(Value::Object(wanted)), Some(Value::Object(got))) = (wanted, got) else {
            let shown = |row: Option<&Value>| row.map_or("nothing".to_owned(), Value::to_string);
            found.push(format!(
                "    row: wanted {}\n         came   {}",
                shown(wanted),
                shown(got)
            ));
            continue;
        };
        let is_other = |(key, wanted): (&String, &Value)| got.get(key).unwrap_or(&Value::Null) != wanted;
        if wanted.iter().any(is_other) {
            found.push(format!(
                "    row: wanted {}\n         came   {}",
                cut(&json!(wanted)),
                cut(&json!(got))
            ));
        }
    }
}

fn differ(what: &str, wanted: &Value, got: &Value, found: &mut Vec<String>) {
    if wanted != got {
        found.push(format!(
            "    {what}: wanted {}\n        came {}",
            cut(wanted),
            cut(got)
        ));
    }
}

fn cut(value: &Value) -> String {
    value.to_string().chars().take(400).collect()
}
