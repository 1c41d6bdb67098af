//! Exports of the call log and of the do-not-call list.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AgentId, CallStatus, CampaignId, ExportId};

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExportStatus {
    /// Waiting to be taken up.
    Queued,
    /// Being written.
    Running,
    /// Ready to download.
    Completed,
    /// Given up; `failure` says why.
    Failed,
}

/// What an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// The calls, one a row.
    #[default]
    Calls,
    /// The report of a campaign, over every call of it.
    CampaignReport,
    /// The do-not-call list.
    DoNotCall,
}

/// One request to write the call log, what came of a campaign, or the do-not-call list, to a CSV file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Export {
    /// Our id.
    pub export_id: ExportId,
    /// What it is. The conditions below are of calls.
    #[serde(default)]
    pub kind: ExportKind,
    /// How far it is.
    pub status: ExportStatus,
    /// Only calls of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Only calls of this agent.
    pub agent_id: Option<AgentId>,
    /// Only calls in this status.
    pub call_status: Option<CallStatus>,
    /// Only calls created at or after this moment.
    pub since: Option<Timestamp>,
    /// Only calls created before this moment.
    pub until: Option<Timestamp>,
    /// Rows written so far; of a report, calls read so far.
    pub rows: u64,
    /// What went wrong, and what to do.
    pub failure: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was ready, or given up.
    pub finished_at: Option<Timestamp>,
}
