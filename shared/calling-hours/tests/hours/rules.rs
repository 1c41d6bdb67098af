//! The examples in each rule file are true.

use std::fs;
use std::path::Path;

use jiff::civil::DateTime;
use switchboard_calling_hours::Rule;

#[test]
fn every_rule_says_what_its_examples_say() {
    let mut seen = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let file: toml::Table = toml::from_str(&text).unwrap();
        let rule = Rule::find(file["id"].as_str().unwrap()).expect("every file is compiled in");
        let examples = file["examples"].as_array().unwrap();
        for kind in [true, false] {
            assert!(
                examples.iter().any(|e| e["open"].as_bool() == Some(kind)),
                "{}: one {kind}",
                rule.id
            );
        }
        for example in examples {
            let at: DateTime = example["at"].as_str().unwrap().parse().unwrap();
            assert_eq!(
                Some(rule.is_open(at)),
                example["open"].as_bool(),
                "{} at {at}",
                rule.id
            );
        }
        seen += 1;
    }
    assert_eq!(seen, Rule::all().len());
}

#[test]
fn every_rule_names_its_source_and_its_date() {
    for rule in Rule::all() {
        assert!(rule.source.len() > 10 && !rule.note.is_empty(), "{}", rule.id);
        assert!(rule.as_of.year() >= 2020, "{}", rule.id);
    }
}
