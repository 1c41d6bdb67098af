//! Recordings that are due and did not come by themselves.

use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use switchboard_domain::RecordingState;
use switchboard_reconcile::{ReconcileError, pull_recording};
use switchboard_service::Causes;
use switchboard_store::{RecordingDue, StoreError};

use crate::{ConversationSync, SyncSummary};

/// A younger one is being fetched by whoever stayed with the call.
const LEFT_TO_OTHERS: SignedDuration = SignedDuration::from_secs(20);
/// How many are fetched at one time.
const AT_ONCE: usize = 4;

impl ConversationSync {
    pub(crate) async fn fetch_recordings(
        &self,
        work_until: Timestamp,
        summary: &mut SyncSummary,
    ) -> Result<(), StoreError> {
        let mut due = self.store.recordings_due().await?;
        let now = self.clock.now();
        due.retain(|due| now.duration_since(due.since) > LEFT_TO_OTHERS);
        let mut fetched = futures::stream::iter(due)
            .map(|due| async move {
                let state = self.fetch(&due, work_until).await;
                (due, state)
            })
            .buffer_unordered(AT_ONCE);
        while let Some((due, state)) = fetched.next().await {
            match state {
                None => summary.complete = false,
                Some(Ok(RecordingState::Stored)) => summary.recordings_stored += 1,
                Some(Ok(RecordingState::Pending | RecordingState::None | RecordingState::Lost)) => {}
                Some(Err(error)) => {
                    tracing::error!(call.id = %due.call_id, error = %Causes(&error), "a recording could not be fetched");
                    summary.failed += 1;
                }
            }
        }
        Ok(())
    }

    /// None when time is up.
    async fn fetch(
        &self,
        due: &RecordingDue,
        work_until: Timestamp,
    ) -> Option<Result<RecordingState, ReconcileError>> {
        let now = self.clock.now();
        if now >= work_until {
            return None;
        }
        // What the carrier recorded is fetched by whoever concludes the call.
        let Some(kind) = due.provider else {
            return Some(Ok(RecordingState::Pending));
        };
        let provider = self.providers.get(kind);
        Some(pull_recording(&self.store, provider.as_ref(), &due.call_id, now).await)
    }
}
