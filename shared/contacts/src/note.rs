//! What the reader changed or assumed by itself.

use std::fmt;

use serde::Serialize;

use crate::Detail;

/// Something the reader changed or assumed by itself; `Display` says it to the uploader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Note {
    /// The first row holds data, so the columns were named `column_1`, `column_2` and so on.
    NoHeader,
    /// A column without a name was given one.
    UnnamedColumn {
        /// Its name now.
        name: String,
    },
    /// A second column of the same name was given another.
    DuplicateColumn {
        /// The name both have in the file.
        header: String,
        /// Its name now.
        name: String,
    },
    /// A name that the voice provider keeps for itself was changed.
    ReservedColumn {
        /// The name in the file.
        header: String,
        /// Its name now.
        name: String,
    },
    /// A long name was cut.
    ShortenedColumn {
        /// Its name now.
        name: String,
    },
    /// The text is not UTF-8 and was read in an older encoding.
    Encoding {
        /// Name of the encoding, e.g. `windows-1252`.
        name: String,
    },
    /// The file was packed with gzip.
    Unpacked,
    /// Rows above the header, such as a title, were left out.
    SkippedRows {
        /// How many.
        count: u64,
    },
    /// The first of several sheets that has cells was read.
    FirstSheet {
        /// Its name.
        name: String,
    },
    /// A column tells us something about the person, besides being a variable.
    Understood {
        /// Name of the column.
        column: String,
        /// What it tells.
        detail: Detail,
    },
    /// Languages that are none we know; they stay variables.
    UnknownLanguages {
        /// How many cells.
        count: u64,
    },
    /// Some bytes of the text are wrong in its encoding and were replaced.
    BrokenCharacters,
    /// Cells that show an error were read as empty.
    ErrorCells {
        /// How many, so far.
        count: u64,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHeader => write!(
                f,
                "The first row has a phone number, so it was read as a contact and the columns were numbered."
            ),
            Self::UnnamedColumn { name } => write!(f, "A column without a name is now \"{name}\"."),
            Self::DuplicateColumn { header, name } => {
                write!(
                    f,
                    "There is more than one column \"{header}\"; this one is now \"{name}\"."
                )
            }
            Self::ReservedColumn { header, name } => {
                write!(
                    f,
                    "\"{header}\" is reserved by the voice provider; the column is now \"{name}\"."
                )
            }
            Self::ShortenedColumn { name } => write!(f, "A long column name was cut to \"{name}\"."),
            Self::Encoding { name } => write!(
                f,
                "The text is not UTF-8 and was read as {name}: check accents, and save as UTF-8 if they are wrong."
            ),
            Self::Unpacked => write!(f, "The file was unpacked from gzip."),
            Self::SkippedRows { count: 1 } => write!(f, "One row above the header was left out."),
            Self::SkippedRows { count } => write!(f, "{count} rows above the header were left out."),
            Self::FirstSheet { name } => write!(
                f,
                "The workbook has several sheets; \"{name}\" was read. Choose another if that is wrong."
            ),
            Self::Understood { column, detail } => write!(f, "\"{column}\" {}", detail.explain()),
            Self::UnknownLanguages { count: 1 } => {
                write!(f, "One language is none we know; it stays a variable only.")
            }
            Self::UnknownLanguages { count } => {
                write!(f, "{count} languages are none we know; they stay variables only.")
            }
            Self::BrokenCharacters => write!(
                f,
                "Some characters could not be read and were replaced by \u{FFFD}."
            ),
            Self::ErrorCells { count } => write!(
                f,
                "{count} cells show an error such as #N/A and were read as empty."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_note_is_a_sentence_with_what_it_is_about() {
        let (name, header) = ("n1".to_owned(), "h1".to_owned());
        let table = [
            (Note::NoHeader, "the columns were numbered"),
            (
                Note::UnnamedColumn { name: name.clone() },
                r#"without a name is now "n1""#,
            ),
            (
                Note::DuplicateColumn {
                    header: header.clone(),
                    name: name.clone(),
                },
                r#"more than one column "h1"; this one is now "n1""#,
            ),
            (
                Note::ReservedColumn {
                    header,
                    name: name.clone(),
                },
                r#""h1" is reserved by the voice provider; the column is now "n1""#,
            ),
            (Note::ShortenedColumn { name: name.clone() }, r#"cut to "n1""#),
            (Note::Encoding { name: name.clone() }, "was read as n1"),
            (Note::Unpacked, "unpacked from gzip"),
            (Note::SkippedRows { count: 1 }, "One row above the header was"),
            (Note::SkippedRows { count: 2 }, "2 rows above the header were"),
            (Note::FirstSheet { name: name.clone() }, r#""n1" was read"#),
            (
                Note::Understood {
                    column: name,
                    detail: Detail::Timezone,
                },
                r#""n1" is the person's time zone"#,
            ),
            (Note::UnknownLanguages { count: 1 }, "One language is none"),
            (Note::UnknownLanguages { count: 2 }, "2 languages are none"),
            (Note::BrokenCharacters, "were replaced by"),
            (Note::ErrorCells { count: 3 }, "3 cells show an error"),
        ];
        for (note, words) in table {
            let text = note.to_string();
            assert!(text.contains(words) && text.ends_with('.'), "{text}");
        }
    }
}
