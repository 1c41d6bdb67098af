//! One file on its way to a contact list.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ContactDetails, DoNotCallImport, DynamicVariables, ListId, PhoneNumber, UploadId};

/// Where an upload is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UploadStatus {
    /// A link was given; the file has not come yet, or its import was not asked for yet.
    AwaitingFile,
    /// Being read.
    Parsing,
    /// Its contact list is ready, or its numbers are on the do-not-call list.
    Completed,
    /// Nothing came of it; `failure` says why.
    Failed,
}

impl UploadStatus {
    /// The status that follows, when the step is allowed: forwards, or again from the start after
    /// an interrupted reading.
    ///
    /// # Errors
    /// When a finished upload would change.
    pub fn to(self, next: Self) -> Result<Self, IllegalUploadEvent> {
        use UploadStatus as S;
        match (self, next) {
            (S::AwaitingFile | S::Parsing, S::Parsing | S::Failed) | (S::Parsing, S::Completed) => Ok(next),
            _ => Err(IllegalUploadEvent { from: self, to: next }),
        }
    }
}

/// A step that an upload cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an upload that is {from:?} cannot become {to:?}")]
pub struct IllegalUploadEvent {
    /// The status it is in.
    pub from: UploadStatus,
    /// The status it was to take.
    pub to: UploadStatus,
}

/// Rows of an upload, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadCounts {
    /// Rows read, the header and blank rows left out.
    pub rows: u64,
    /// Rows that became contacts, or, in a file for the do-not-call list, numbers that are new on it.
    pub accepted: u64,
    /// Rows with something wrong.
    pub rejected: u64,
    /// Rows whose number came earlier in the file, or is on the list that the file is added to.
    pub duplicate: u64,
    /// Rows whose number is on the do-not-call list already; they become no contacts.
    #[serde(default)]
    pub do_not_call: u64,
    /// Accepted rows that correct a row of an earlier file.
    #[serde(default)]
    pub corrected: u64,
}

impl UploadCounts {
    /// Rows that became no contacts.
    pub fn left_out(&self) -> u64 {
        self.rejected + self.duplicate + self.do_not_call
    }
}

/// A rejected row, kept for a first look; all of them are in the file of rejected rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RejectedSample {
    /// Line of the file.
    pub line: u64,
    /// The column that is wrong.
    pub column: Option<String>,
    /// What it says, cut short; the middle of a number is hidden.
    pub value: String,
    /// Code of the reason.
    pub reason: String,
    /// The reason, and what to do.
    pub explanation: String,
}

/// A row as it would be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewRow {
    /// Line of the file.
    pub line: u64,
    /// The number.
    pub phone_number: PhoneNumber,
    /// Whether the number is on the do-not-call list: the row would become no contact.
    pub do_not_call: bool,
    /// What the row says about the person.
    pub details: ContactDetails,
    /// The other columns by name.
    pub variables: DynamicVariables,
}

/// The first rows of a file as an import would read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadPreview {
    /// Names of all columns, the phone column included, in the order of the file.
    pub columns: Vec<String>,
    /// Name of the phone column.
    pub phone_column: String,
    /// What the file is: `csv`, `xlsx`, `xls`, `xlsb` or `ods`.
    pub format: String,
    /// Names of the columns that become dynamic variables.
    pub variables: Vec<String>,
    /// Sheets of the workbook; none for text.
    pub sheets: Vec<String>,
    /// The sheet that was read; none for text.
    pub sheet: Option<String>,
    /// What became of the rows looked at.
    pub counts: UploadCounts,
    /// What would become of all rows, as far as the rows looked at can tell.
    pub estimate: UploadCounts,
    /// Contacts among the rows looked at, by the region of their number: ISO 3166 code and count.
    pub regions: BTreeMap<String, u64>,
    /// Contacts among them.
    pub first_rows: Vec<PreviewRow>,
    /// Rejected rows among them.
    pub rejected: Vec<RejectedSample>,
    /// What the reader changed or assumed by itself.
    pub notes: Vec<String>,
}

/// Why no contact list came of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadFailure {
    /// Code, e.g. `no_phone_column`.
    pub code: String,
    /// What is wrong, and what to do.
    pub explanation: String,
}

/// One file on its way to a contact list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Upload {
    /// Our id.
    pub upload_id: UploadId,
    /// The contact list it makes; of a file for the do-not-call list, there is none.
    pub list_id: ListId,
    /// The file's numbers go onto the do-not-call list; none: it makes a contact list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub do_not_call: Option<DoNotCallImport>,
    /// Name of the file as the person has it.
    pub file_name: String,
    /// Size in bytes, as declared; the stored file cannot have another.
    pub bytes: u64,
    /// Where it is on its way.
    pub status: UploadStatus,
    /// The import begins when the file is there; until then it waits, so that it can be previewed.
    pub import_asked: bool,
    /// Region of numbers without a country code, as ISO 3166 code, e.g. `ES`.
    pub default_region: Option<String>,
    /// Column of the phone number, where the person chose it.
    pub phone_column: Option<String>,
    /// Sheet to read, where the person chose it.
    pub sheet: Option<String>,
    /// Name of the contact list.
    pub list_name: String,
    /// The list was there before: the contacts join it.
    #[serde(default)]
    pub joins_list: bool,
    /// The upload whose rejected rows this file corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<UploadId>,
    /// Files that corrected rows of this one, with how many rows each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, u64>))]
    pub corrected_by: BTreeMap<UploadId, u64>,
    /// First place of its contacts in the list; none before the import has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_place: Option<u64>,
    /// Places from the first on that are written: an interrupted import goes on behind them.
    #[serde(default)]
    pub places_written: u64,
    /// Rows so far.
    pub counts: UploadCounts,
    /// How much of the file is read, 0 to 1.
    pub progress: f64,
    /// Columns found.
    pub columns: Vec<String>,
    /// The first rejected rows.
    pub rejected: Vec<RejectedSample>,
    /// What the reader changed by itself: columns renamed, and the like.
    pub notes: Vec<String>,
    /// Why it failed.
    pub failure: Option<UploadFailure>,
    /// When the link was given.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes; every write is conditional on it.
    pub version: u64,
}

#[cfg(test)]
mod step_tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [UploadStatus; 4] = [
        UploadStatus::AwaitingFile,
        UploadStatus::Parsing,
        UploadStatus::Completed,
        UploadStatus::Failed,
    ];

    fn is_final(status: UploadStatus) -> bool {
        matches!(status, UploadStatus::Completed | UploadStatus::Failed)
    }

    proptest! {
        /// Steps in any order, repeated, with any of them missing.
        #[test]
        fn a_finished_upload_stays_as_it_is(steps in prop::collection::vec(prop::sample::select(ALL.to_vec()), 0..40)) {
            let mut status = UploadStatus::AwaitingFile;
            for step in steps {
                let Ok(next) = status.to(step) else { continue };
                prop_assert!(!is_final(status), "{:?} -> {:?}", status, next);
                prop_assert_ne!(next, UploadStatus::AwaitingFile);
                status = next;
            }
        }
    }

    #[test]
    fn every_status_before_the_end_has_an_exit() {
        for status in ALL.into_iter().filter(|status| !is_final(*status)) {
            assert!(status.to(UploadStatus::Failed).is_ok(), "{status:?}");
            assert!(
                status.to(UploadStatus::Parsing).is_ok(),
                "an interrupted reading begins again"
            );
        }
    }
}
