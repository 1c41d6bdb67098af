//! Recordings that are to be fetched: written in the transaction that ends the call, so that none
//! is forgotten.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::{Call, CallId, ProviderId, ProviderKind};

use crate::item::{Item, from_item, to_item};
use crate::{Store, StoreError, keys};

/// A recording that is to be fetched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordingDue {
    /// The call.
    pub call_id: CallId,
    /// Where it is; none: at the carrier, which recorded the line.
    pub provider: Option<ProviderKind>,
    /// The conversation it belongs to, when known.
    pub conversation_id: Option<ProviderId>,
    /// When the call ended.
    pub since: Timestamp,
}

pub(crate) fn due_item(call: &Call) -> Result<Item, StoreError> {
    let mut item = to_item(&RecordingDue {
        call_id: call.call_id.clone(),
        provider: call.provider,
        conversation_id: call.conversation_id.clone(),
        since: call.ended_at.unwrap_or(call.updated_at),
    })?;
    keys::recording_due(&call.call_id).put_into(&mut item);
    Ok(item)
}

impl Store {
    /// Every recording that is to be fetched.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn recordings_due(&self) -> Result<Vec<RecordingDue>, StoreError> {
        let items = self
            .partition(&self.config.system_table, "RECORDINGS_DUE", "")
            .await?;
        items.into_iter().map(from_item).collect()
    }

    /// Notes that a recording is stored, or that there is none: it is not to be fetched any more.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn settle_recording(&self, id: &CallId) -> Result<(), StoreError> {
        self.delete(&self.config.system_table, &keys::recording_due(id))
            .await
    }
}
