//! Why an export was given up, for the person who asked for it.

use switchboard_domain::ExportKind;
use switchboard_store::StoreError;

/// Why a file was not finished.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfinished {
    /// Time ran out.
    #[error("time ran out after {rows} rows")]
    OutOfTime {
        /// Rows written until then.
        rows: u64,
    },
    /// Another invocation was faster; its file is there.
    #[error("another invocation completed it")]
    Overtaken {
        /// Rows of its file.
        rows: u64,
    },
    /// A report of no campaign.
    #[error("a report was asked for without its campaign")]
    NoCampaign,
    /// Calls could not be read, or the file not be written.
    #[error("the store did not answer")]
    Store(#[from] StoreError),
}

impl Unfinished {
    /// What happened and what to do.
    pub(crate) fn explain(&self, kind: ExportKind) -> String {
        match self {
            Self::OutOfTime { rows } if kind == ExportKind::DoNotCall => format!(
                "Time ran out after {rows} numbers. Export again; if it stays like this, tell the people who run this \
                 service."
            ),
            Self::OutOfTime { rows } => format!(
                "Time ran out after {rows} calls. Export a shorter time, one campaign or one agent at a time."
            ),
            Self::NoCampaign => "A report is of one campaign. Ask for it on the campaign's page.".to_owned(),
            Self::Overtaken { .. } => "The file is there: download it.".to_owned(),
            Self::Store(StoreError::Unreadable(_)) => {
                "A row could not be read. Export a time without it, and tell the people who run this service."
                    .to_owned()
            }
            Self::Store(_) => {
                "The rows could not be read, or the file could not be written. It is tried again by itself; if it \
                 stays like this for ten minutes, export again."
                    .to_owned()
            }
        }
    }
}
