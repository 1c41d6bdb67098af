//! Why no contacts can come of a file.

use std::io;

use crate::limits::MAX_COLUMNS;

/// Why a file as a whole is refused.
///
/// All but [`FileProblem::Unreadable`] are for the uploader: the same file will be refused again.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Its content is none of the formats we read.
    #[error("the file is not a spreadsheet")]
    NotASpreadsheet,
    /// A workbook that opens with a password only.
    #[error("the workbook is protected by a password")]
    PasswordProtected,
    /// It begins like a spreadsheet and cannot be read on.
    #[error("the file is damaged")]
    Damaged {
        /// The last line known to be good, or the one that is not; `None` when nothing could be read.
        line: Option<u64>,
    },
    /// It is larger, unpacked, than we take in.
    #[error("the file is too large once unpacked")]
    TooLarge,
    /// No column looks like phone numbers.
    #[error("no column has phone numbers")]
    NoPhoneColumn {
        /// The columns there are.
        columns_seen: Vec<String>,
    },
    /// The column that was asked for is not there.
    #[error("the phone column that was asked for is not there")]
    PhoneColumnNotFound {
        /// The name that was asked for.
        asked: String,
        /// The columns there are.
        columns_seen: Vec<String>,
    },
    /// The sheet that was asked for is not there.
    #[error("the sheet that was asked for is not there")]
    SheetNotFound {
        /// The name that was asked for.
        asked: String,
        /// The sheets there are.
        sheets: Vec<String>,
    },
    /// A header, and nothing below it.
    #[error("the file has a header and no rows")]
    NoRows,
    /// More rows than allowed.
    #[error("the file has more than {max} rows")]
    TooManyRows {
        /// How many are allowed.
        max: u64,
    },
    /// More columns than [`MAX_COLUMNS`].
    #[error("the file has more than {MAX_COLUMNS} columns")]
    TooManyColumns,
    /// The disk failed, not the file: trying again may help.
    #[error("the file could not be read")]
    Unreadable(#[from] io::Error),
}

impl FileProblem {
    /// The stable code, e.g. `no_phone_column`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotASpreadsheet => "not_a_spreadsheet",
            Self::PasswordProtected => "password_protected",
            Self::Damaged { .. } => "damaged",
            Self::TooLarge => "too_large",
            Self::NoPhoneColumn { .. } => "no_phone_column",
            Self::PhoneColumnNotFound { .. } => "phone_column_not_found",
            Self::SheetNotFound { .. } => "sheet_not_found",
            Self::NoRows => "no_rows",
            Self::TooManyRows { .. } => "too_many_rows",
            Self::TooManyColumns => "too_many_columns",
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// What is wrong and what to do, for the uploader.
    pub fn explain(&self) -> String {
        match self {
            Self::Empty => {
                "The file is empty: upload a CSV, XLSX or XLS file with a column of phone numbers.".to_owned()
            }
            Self::NotASpreadsheet => {
                "The file is not a spreadsheet we can read: save it as CSV, XLSX or XLS and upload that."
                    .to_owned()
            }
            Self::PasswordProtected => {
                "The workbook is protected by a password: save a copy without a password and upload that."
                    .to_owned()
            }
            Self::Damaged { line: Some(line) } => format!(
                "The file is damaged at about line {line}: open it, save it again and upload the new file."
            ),
            Self::Damaged { line: None } => {
                "The file is damaged: open it, save it again and upload the new file.".to_owned()
            }
            Self::TooLarge => "The file is too large once unpacked: split it, or save it as CSV.".to_owned(),
            Self::NoPhoneColumn { columns_seen } => format!(
                "No column has phone numbers: name the column phone_number, or choose it. Columns found: {}.",
                listed(columns_seen)
            ),
            Self::PhoneColumnNotFound { asked, columns_seen } => {
                format!(
                    "There is no column \"{asked}\": choose one of {}.",
                    listed(columns_seen)
                )
            }
            Self::SheetNotFound { asked, sheets } => {
                format!("There is no sheet \"{asked}\": choose one of {}.", listed(sheets))
            }
            Self::NoRows => {
                "The file has a header and no rows below it: add contacts and upload it again.".to_owned()
            }
            Self::TooManyRows { max } => {
                format!("The file has more than {max} rows: split it into smaller files.")
            }
            Self::TooManyColumns => format!(
                "The file has more than {MAX_COLUMNS} columns: keep the phone number and the columns the agent needs."
            ),
            Self::Unreadable(_) => "The file could not be read: try again.".to_owned(),
        }
    }
}

/// The first few names, quoted.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("\"{name}\""))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (1..=count).map(|n| format!("c{n}")).collect()
    }

    #[test]
    fn every_problem_has_its_code_and_says_what_to_do() {
        let (asked, columns_seen) = ("x".to_owned(), names(2));
        let table = [
            (FileProblem::Empty, "empty", "upload a CSV"),
            (
                FileProblem::NotASpreadsheet,
                "not_a_spreadsheet",
                "save it as CSV",
            ),
            (
                FileProblem::PasswordProtected,
                "password_protected",
                "without a password",
            ),
            (
                FileProblem::Damaged { line: Some(7) },
                "damaged",
                "at about line 7:",
            ),
            (
                FileProblem::Damaged { line: None },
                "damaged",
                "is damaged: open it",
            ),
            (FileProblem::TooLarge, "too_large", "split it"),
            (
                FileProblem::NoPhoneColumn {
                    columns_seen: columns_seen.clone(),
                },
                "no_phone_column",
                r#"Columns found: "c1", "c2"."#,
            ),
            (
                FileProblem::PhoneColumnNotFound {
                    asked: asked.clone(),
                    columns_seen,
                },
                "phone_column_not_found",
                r#"no column "x": choose one of "c1", "c2"."#,
            ),
            (
                FileProblem::SheetNotFound {
                    asked,
                    sheets: names(1),
                },
                "sheet_not_found",
                r#"no sheet "x": choose one of "c1"."#,
            ),
            (FileProblem::NoRows, "no_rows", "add contacts"),
            (
                FileProblem::TooManyRows { max: 5 },
                "too_many_rows",
                "more than 5 rows",
            ),
            (
                FileProblem::TooManyColumns,
                "too_many_columns",
                "more than 100 columns",
            ),
            (
                FileProblem::Unreadable(io::Error::other("disk")),
                "unreadable",
                "try again",
            ),
        ];
        for (problem, code, words) in table {
            assert_eq!(problem.code(), code);
            assert!(problem.explain().contains(words), "{}", problem.explain());
        }
    }

    #[test]
    fn twelve_names_are_listed_and_the_others_counted() {
        assert!(listed(&names(12)).ends_with(r#""c11", "c12""#));
        assert!(listed(&names(15)).ends_with(r#""c12" and 3 more"#));
    }
}
