//! Recordings that somebody should know of: lost ones, and ones that are shorter than their call.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::{Call, CallId, RecordingState};

use crate::item::{s, to_item};
use crate::{Cursor, Page, Store, StoreError, keys};

/// Kind of these records in the index by time.
const KIND: &str = "recording_noted";

/// A recording that somebody should know of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotedRecording {
    /// The call.
    pub call_id: CallId,
    /// `lost`, or `stored` when it is shorter than the call.
    pub state: RecordingState,
    /// Its length in seconds, where it is stored.
    pub audio_secs: Option<f64>,
    /// The call's length in seconds.
    pub call_secs: Option<u64>,
    /// When it was noticed.
    pub noted_at: Timestamp,
}

impl Store {
    /// Notes a recording that is lost or too short; nothing of any other.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn note_recording(&self, call: &Call, now: Timestamp) -> Result<(), StoreError> {
        let recording = &call.recording;
        let key = keys::noted_recording(&call.call_id);
        let table = &self.config.system_table;
        if recording.state != RecordingState::Lost && recording.whole != Some(false) {
            return Ok(());
        }
        let mut item = to_item(&NotedRecording {
            call_id: call.call_id.clone(),
            state: recording.state,
            audio_secs: recording.duration_secs,
            call_secs: call.duration_secs,
            noted_at: now,
        })?;
        key.put_into(&mut item);
        item.insert("kind".into(), s(KIND));
        item.insert("sort".into(), keys::time_and(now, call.call_id.as_str()));
        self.put(table, item).await
    }

    /// Takes a recording off the list: somebody has seen to it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn forget_noted_recording(&self, call: &CallId) -> Result<(), StoreError> {
        self.delete(&self.config.system_table, &keys::noted_recording(call))
            .await
    }

    /// Recordings that are lost or too short, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_noted_recordings(
        &self,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<NotedRecording>, StoreError> {
        self.list_kind(&self.config.system_table, KIND, cursor, limit)
            .await
    }
}
