//! A recording that was sent to us. Usually we fetch them: larger ones do not fit into a function.

use bytes::Bytes;
use switchboard_domain::{CallId, ProviderId, RecordingState};
use switchboard_store::{FileStore, StoreError, UpdateOutcome};

use super::Webhooks;
use super::event::Verdict;
use crate::audio_duration_secs;

impl Webhooks<'_> {
    pub(crate) async fn apply_audio(
        &self,
        conversation_id: &ProviderId,
        audio: Vec<u8>,
    ) -> Result<Verdict, StoreError> {
        let Some(call) = self.store.find_call_by_conversation(conversation_id).await? else {
            return Ok(Verdict::early(
                "No call of ours is known for it yet; the sync fetches the recording again.",
            ));
        };
        if audio.is_empty() {
            return Ok(Verdict::ignored(Some(call.call_id), "There was no audio in it."));
        }
        if call.recording.state != RecordingState::Stored {
            self.store_recording(&call.call_id, audio).await?;
        }
        Ok(Verdict::applied(call.call_id))
    }

    async fn store_recording(&self, call_id: &CallId, audio: Vec<u8>) -> Result<(), StoreError> {
        let secs = audio_duration_secs(audio.as_slice())?;
        let bytes = audio.len() as u64;
        let key = FileStore::recording_key(call_id);
        self.store
            .files()
            .put(&key, "audio/mpeg", Bytes::from(audio))
            .await?;
        let now = self.now;
        let outcome = self
            .store
            .update_call(call_id, |call| {
                let wanted = call.recording.state != RecordingState::Stored;
                call.recording.state = RecordingState::Stored;
                call.recording.bytes = Some(bytes);
                call.recording.stored_at = Some(now);
                call.recording.duration_secs = secs;
                call.recording.whole = secs.and_then(|secs| call.has_whole(secs));
                call.updated_at = now;
                wanted
            })
            .await?;
        if let UpdateOutcome::Changed(call) = &outcome {
            self.store.note_recording(call, now).await?;
        }
        self.store.settle_recording(call_id).await
    }
}
