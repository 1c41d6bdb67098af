//! What is compared does the same work, on the same file.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const OURS: &str = env!("CARGO_BIN_EXE_ours");
const BARE: &str = env!("CARGO_BIN_EXE_bare");

fn generate(folder: &Path) {
    let done = Command::new(env!("CARGO_BIN_EXE_generate"))
        .arg(folder)
        .args(["--csv-rows", "1000", "--xlsx-rows", "1000"])
        .status()
        .unwrap();
    assert!(done.success());
}

/// What a program says of each row; why it rejects one is its own affair.
fn lines(program: &str, file: &Path) -> Vec<Value> {
    let done = Command::new(program).arg(file).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let without_reason = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if let Some(reason) = line.get_mut("reason") {
            *reason = Value::Null;
        }
        line
    };
    String::from_utf8(done.stdout)
        .unwrap()
        .lines()
        .map(without_reason)
        .collect()
}

#[test]
fn the_bare_program_and_ours_say_the_same_of_every_row() {
    let folder = tempfile::tempdir().unwrap();
    generate(folder.path());
    for file in ["contacts-1000.csv", "contacts-1000.xlsx"] {
        let file = folder.path().join(file);
        let ours = lines(OURS, &file);
        assert_eq!(ours, lines(BARE, &file));
        let count = |key: &str| ours.iter().filter(|line| line.get(key).is_some()).count();
        let counts = [count("phone"), count("reason"), count("first_line")];
        assert_eq!(counts.iter().sum::<usize>(), 1000);
        assert!(counts.iter().all(|count| *count > 10), "{counts:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_rows() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [one, other] = folders.each_ref().map(|folder| {
        generate(folder.path());
        std::fs::read(folder.path().join("contacts-1000.csv")).unwrap()
    });
    assert!(one == other);
}
