//! Names for columns: what the header says, made unique and safe.

use std::collections::HashSet;

use crate::{Note, limits::MAX_HEADER_CHARS};

/// Prefix that ElevenLabs keeps for its own dynamic variables (their documentation, "Dynamic
/// variables": names that begin with it cannot be set).
const RESERVED: &str = "system__";

/// Names of as many columns, all different, and what had to be changed.
pub(super) fn unique(headers: &[&str], count: usize) -> (Vec<String>, Vec<Note>) {
    let mut taken = HashSet::new();
    let (mut names, mut notes) = (Vec::with_capacity(count), Vec::new());
    for column in 0..count {
        let header = headers.get(column).copied().unwrap_or_default();
        let (wanted, note) = allowed(header, column);
        let name = free(&wanted, &taken);
        match note {
            None if name != wanted => {
                notes.push(Note::DuplicateColumn {
                    header: header.to_owned(),
                    name: name.clone(),
                });
            }
            Some(note) => notes.push(note(name.clone())),
            None => {}
        }
        taken.insert(name.clone());
        names.push(name);
    }
    (names, notes)
}

/// Names of columns without a header.
pub(super) fn numbered(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("column_{number}")).collect()
}

type NoteOf = Box<dyn FnOnce(String) -> Note>;

/// The name a header asks for, and the note it takes when that is not the header itself.
fn allowed(header: &str, column: usize) -> (String, Option<NoteOf>) {
    let short: String = header.chars().take(MAX_HEADER_CHARS).collect();
    let short = short.trim_end();
    if short.is_empty() {
        let unnamed: NoteOf = Box::new(|name| Note::UnnamedColumn { name });
        return (format!("column_{}", column + 1), Some(unnamed));
    }
    let reserved = short.to_ascii_lowercase().starts_with(RESERVED);
    if reserved {
        let rest = short[RESERVED.len()..].trim_start_matches('_');
        let header = short.to_owned();
        let note: NoteOf = Box::new(move |name| Note::ReservedColumn { header, name });
        // `system__system__x` must not become reserved again.
        let is_free = !rest.is_empty() && !rest.to_ascii_lowercase().starts_with(RESERVED);
        let name = if is_free {
            rest.to_owned()
        } else {
            format!("column_{}", column + 1)
        };
        return (name, Some(note));
    }
    let cut: Option<NoteOf> =
        (short.len() < header.len()).then(|| Box::new(|name| Note::ShortenedColumn { name }) as NoteOf);
    (short.to_owned(), cut)
}

/// The name, or the name with the first number that makes it new.
fn free(wanted: &str, taken: &HashSet<String>) -> String {
    if !taken.contains(wanted) {
        return wanted.to_owned();
    }
    (2..)
        .map(|number| format!("{wanted}_{number}"))
        .find(|name| !taken.contains(name))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(headers: &[&str]) -> (Vec<String>, Vec<Note>) {
        unique(headers, headers.len())
    }

    #[test]
    fn names_are_unique_and_every_change_is_noted() {
        let (names, notes) = named(&["name", "name", "", "name_2", "system__time", "First Name"]);
        assert_eq!(
            names,
            ["name", "name_2", "column_3", "name_2_2", "time", "First Name"]
        );
        assert_eq!(notes.len(), 4);
    }

    #[test]
    fn no_name_is_reserved_or_too_long() {
        let long = "x".repeat(150);
        let (names, notes) = named(&["system__", "System__system__x", &long]);
        assert_eq!(names[..2], ["column_1", "column_2"]);
        assert_eq!(names[2].len(), MAX_HEADER_CHARS);
        assert_eq!(notes.len(), 3);
    }

    #[test]
    fn names_of_columns_without_a_header_are_numbers() {
        assert_eq!(numbered(3), ["column_1", "column_2", "column_3"]);
        let (names, notes) = unique(&["a"], 3);
        assert_eq!(names, ["a", "column_2", "column_3"]);
        assert_eq!(notes.len(), 2);
    }

    #[test]
    fn a_name_may_be_just_as_long_as_is_said() {
        let header = "é".repeat(MAX_HEADER_CHARS);
        let (names, notes) = named(&[&header]);
        assert_eq!((&names[0], notes.len()), (&header, 0));
        let (names, notes) = named(&[&format!("{header}x")]);
        assert_eq!(names[0], header);
        assert!(matches!(&notes[..], [Note::ShortenedColumn { name }] if *name == header));
    }

    #[test]
    fn a_note_says_what_became_of_a_column() {
        let (names, notes) = named(&["a", "a", "", "SYSTEM__time", "system___x"]);
        assert_eq!(names, ["a", "a_2", "column_3", "time", "x"]);
        let told: Vec<String> = notes.iter().map(ToString::to_string).collect();
        assert!(
            told[0].contains(r#"one column "a"; this one is now "a_2""#),
            "{told:?}"
        );
        assert!(told[1].contains(r#"is now "column_3""#), "{told:?}");
        assert!(
            told[2].contains(r#""SYSTEM__time" is reserved"#) && told[2].contains(r#""time""#),
            "{told:?}"
        );
        assert_eq!(told.len(), 4);
    }
}
