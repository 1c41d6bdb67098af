//! The carrier's recording of a call, into our own bucket.

use switchboard_domain::{Recording, RecordingState};
use switchboard_providers::ProviderError;
use switchboard_reconcile::keep_recording;
use tokio::time::sleep;

use crate::event::Recorded;
use crate::receptionist::{Failure, Receptionist};

/// How often a recording is asked for that the carrier told of and does not have yet.
const MOST_ATTEMPTS: u32 = 5;

/// How much longer than what is kept a recording is to be: the carrier counts whole seconds.
const LONGER_BY_SECS: f64 = 1.0;

impl Receptionist {
    /// Fetches a recording. What is not there yet stays due: the sync asks for it later.
    ///
    /// # Errors
    /// When the carrier, the store or the disk fails; doing it again is safe.
    pub(crate) async fn fetch_recording(&self, recorded: &Recorded) -> Result<(), Failure> {
        let Some(call) = self.store.find_call(&recorded.call_id).await? else {
            tracing::warn!(call.id = %recorded.call_id, "there is no call for a recording");
            return Ok(());
        };
        if !is_wanted(&call.recording, recorded.duration_secs) {
            return Ok(());
        }
        let mut wait = self.pace.retry * 5;
        for _ in 0..MOST_ATTEMPTS {
            match self.twilio.recording(&recorded.recording_sid).await {
                Ok(Some(stream)) => {
                    let state = keep_recording(&self.store, &call.call_id, stream, self.clock.now()).await?;
                    tracing::info!(call.id = %call.call_id, ?state, "a recording was fetched");
                    return Ok(());
                }
                Ok(None) => {}
                Err(error @ ProviderError::Unauthorized { .. }) => return Err(error.into()),
                Err(error) if error.is_passing() => {
                    tracing::info!(call.id = %call.call_id, %error, "a recording is asked for again");
                }
                Err(error) => return Err(error.into()),
            }
            sleep(wait).await;
            wait *= 2;
        }
        tracing::warn!(call.id = %call.call_id, "the carrier told of a recording and does not have it yet");
        Ok(())
    }
}

/// Whether a recording is to be fetched: there is none yet, or it is a longer one. When a caller is put through, the
/// carrier records each part of the call for itself.
fn is_wanted(kept: &Recording, told_secs: Option<u64>) -> bool {
    match kept.state {
        RecordingState::Pending => true,
        // Calls are hours long at most: nothing is lost in the conversion.
        RecordingState::Stored => told_secs
            .zip(kept.duration_secs)
            .is_some_and(|(told, kept)| told as f64 > kept + LONGER_BY_SECS),
        RecordingState::None | RecordingState::Lost => false,
    }
}
