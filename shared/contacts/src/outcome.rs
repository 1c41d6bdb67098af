//! What became of a row.

use std::fmt;

use serde::Serialize;
use switchboard_domain::{ContactDetails, DynamicVariables, PhoneNumber};

use crate::RejectReason;

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    /// It is a contact.
    Accepted(ContactRow),
    /// Something is wrong with it.
    Rejected(RejectedRow),
    /// Its number came earlier in the file; the earlier row stands.
    Duplicate {
        /// Line of this row.
        line: u64,
        /// Line of the row that has the number; 0 where it was known before the file was read.
        first_line: u64,
        /// The number.
        phone: PhoneNumber,
    },
}

/// A row that is a contact. `Debug` shows no personal data.
#[derive(Clone, PartialEq, Serialize)]
pub struct ContactRow {
    /// Line of the file, from 1; the row number in a workbook.
    pub line: u64,
    /// The number.
    pub phone: PhoneNumber,
    /// What the row says about the person, by columns that are known.
    pub details: ContactDetails,
    /// The other columns by name; an empty cell is an empty value.
    pub variables: DynamicVariables,
}

/// A row with something wrong. `Debug` shows no personal data.
#[derive(Clone, PartialEq, Serialize)]
pub struct RejectedRow {
    /// Line of the file, from 1; the row number in a workbook.
    pub line: u64,
    /// The column that is wrong; `None` when it is the row as a whole.
    pub column: Option<String>,
    /// What is written there, cut short. For the uploader's eyes, never for a log.
    pub value: String,
    /// Why.
    pub reason: RejectReason,
}

impl fmt::Debug for ContactRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactRow")
            .field("line", &self.line)
            .field("phone", &self.phone)
            .field("variables", &self.variables.keys())
            .finish()
    }
}

impl fmt::Debug for RejectedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RejectedRow")
            .field("line", &self.line)
            .field("column", &self.column)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_of_a_row_has_no_words_of_its_person() {
        let row = ContactRow {
            line: 7,
            phone: "+34612345678".parse().unwrap(),
            details: ContactDetails::default(),
            variables: [("name".to_owned(), "Ana".to_owned())].into(),
        };
        let printed = format!("{row:?}");
        assert!(
            printed.contains("line: 7") && printed.contains("name"),
            "{printed}"
        );
        assert!(
            !printed.contains("Ana") && !printed.contains("612345"),
            "{printed}"
        );
        let row = RejectedRow {
            line: 8,
            column: Some("phone".to_owned()),
            value: "Ana".to_owned(),
            reason: RejectReason::RowTooLong,
        };
        let printed = format!("{row:?}");
        assert!(
            printed.contains("line: 8") && printed.contains("RowTooLong"),
            "{printed}"
        );
        assert!(!printed.contains("Ana"), "{printed}");
    }
}
