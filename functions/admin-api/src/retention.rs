//! How long things are kept.

use serde::Serialize;
use utoipa::ToSchema;

/// For how many days things are kept; none: until somebody deletes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Retention {
    /// Uploaded files.
    pub uploads_days: u32,
    /// Lists of rejected rows.
    pub rejected_days: u32,
    /// Exports.
    pub exports_days: u32,
    /// Bodies of webhooks.
    pub webhooks_days: u32,
    /// Recordings.
    pub recordings_days: Option<u32>,
    /// Calls and their transcripts.
    pub calls_days: Option<u32>,
}

impl Retention {
    /// Files that work leaves behind for `files` days, webhooks for `webhooks`, calls for good.
    pub fn of(files: u32, webhooks: u32) -> Self {
        Self {
            uploads_days: files,
            rejected_days: files,
            exports_days: files,
            webhooks_days: webhooks,
            recordings_days: None,
            calls_days: None,
        }
    }
}

impl Default for Retention {
    /// As `template.yaml` has it.
    fn default() -> Self {
        Self::of(30, 90)
    }
}
