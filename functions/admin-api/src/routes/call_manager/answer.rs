//! What the call-manager answers.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_domain::{Campaign, CampaignCounts, CampaignId, CampaignStatus, Recipient, RecipientStatus};
use switchboard_domain::{PhoneNumber, RecipientId};
use utoipa::ToSchema;

use crate::routes::campaigns::CampaignAnswer;

/// The envelope of every answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchAnswer {
    /// Always true: what went wrong is a problem document.
    pub(super) success: bool,
    /// The batch.
    pub(super) data: BatchData,
}

/// A batch.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchData {
    /// Its number.
    pub(super) batch_id: u64,
    /// Id of its campaign.
    pub(super) external_batch_id: CampaignId,
    /// How far it is.
    pub(super) call_manager_response: Batch,
    /// The campaign as `GET /api/campaigns/{campaign_id}` shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) database_record: Option<CampaignAnswer>,
}

/// Where a batch is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum BatchStatus {
    /// Waits for its time.
    Pending,
    /// Calls people, or is paused.
    InProgress,
    /// Everybody was called.
    Completed,
    /// Cannot go on.
    Failed,
    /// Ended by somebody.
    Cancelled,
}

impl From<CampaignStatus> for BatchStatus {
    fn from(status: CampaignStatus) -> Self {
        match status {
            CampaignStatus::Draft | CampaignStatus::Scheduled => Self::Pending,
            CampaignStatus::Running | CampaignStatus::Paused => Self::InProgress,
            CampaignStatus::Completed => Self::Completed,
            CampaignStatus::Failed => Self::Failed,
            CampaignStatus::Cancelled => Self::Cancelled,
        }
    }
}

/// Where somebody of a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum BatchRecipientStatus {
    /// Not called yet.
    Pending,
    /// About to be called.
    Dispatched,
    /// Being called.
    InProgress,
    /// Reached.
    Completed,
    /// Not reached.
    Failed,
    /// Not called any more.
    Cancelled,
    /// A machine answered.
    Voicemail,
}

impl From<RecipientStatus> for BatchRecipientStatus {
    fn from(status: RecipientStatus) -> Self {
        match status {
            RecipientStatus::Pending => Self::Pending,
            RecipientStatus::Queued => Self::Dispatched,
            RecipientStatus::Calling => Self::InProgress,
            RecipientStatus::Completed => Self::Completed,
            RecipientStatus::NoAnswer
            | RecipientStatus::Busy
            | RecipientStatus::Failed
            | RecipientStatus::Skipped => Self::Failed,
            RecipientStatus::Voicemail => Self::Voicemail,
            RecipientStatus::Cancelled | RecipientStatus::Removed => Self::Cancelled,
        }
    }
}

/// How far a batch is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Batch {
    /// Id of the campaign.
    id: CampaignId,
    /// Its name.
    name: String,
    /// Where it is on its way.
    status: BatchStatus,
    /// People to be called.
    total_calls_scheduled: u64,
    /// People whose call was begun.
    total_calls_dispatched: u64,
    /// People with whom it is done.
    total_calls_finished: u64,
    /// When it was made, in seconds since 1970.
    created_at_unix: i64,
    /// When it begins, in seconds since 1970.
    scheduled_time_unix: i64,
    /// When it last changed, in seconds since 1970.
    last_updated_at_unix: i64,
    /// The people.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipients: Option<Vec<BatchRecipient>>,
}

/// Somebody of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchRecipient {
    /// Our id.
    id: RecipientId,
    /// The number.
    phone_number: PhoneNumber,
    /// Where they are.
    status: BatchRecipientStatus,
    /// The conversation of the last call.
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<String>,
}

impl From<Recipient> for BatchRecipient {
    fn from(recipient: Recipient) -> Self {
        Self {
            id: recipient.recipient_id,
            phone_number: recipient.phone_number,
            status: recipient.status.into(),
            conversation_id: recipient.conversation_id,
        }
    }
}

impl Batch {
    pub(super) fn of(
        campaign: &Campaign,
        counts: &CampaignCounts,
        recipients: Option<Vec<BatchRecipient>>,
    ) -> Self {
        let waiting = counts.pending + counts.queued + counts.cancelled + counts.skipped + counts.removed;
        let unix = Timestamp::as_second;
        Self {
            id: campaign.campaign_id.clone(),
            name: campaign.name.clone(),
            status: campaign.status.into(),
            total_calls_scheduled: counts.total,
            total_calls_dispatched: counts.total.saturating_sub(waiting),
            total_calls_finished: counts.finished(),
            created_at_unix: unix(campaign.created_at),
            scheduled_time_unix: unix(campaign.start_at.unwrap_or(campaign.created_at)),
            last_updated_at_unix: unix(campaign.updated_at),
            recipients,
        }
    }
}
