//! Calls that nobody looks after: their dialer died, or their message was lost.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Call, CallStatus, QueueSettings, QueueState, SlotHolder};
use switchboard_reconcile::look_after;
use switchboard_store::{CallFilter, DialMessage, StoreError, UpdateOutcome};

use crate::tick::Scheduler;

/// Calls looked at per status and round.
const MOST: u32 = 200;
/// A queued call whose message is older than this may have lost it.
const MESSAGE_PATIENCE: SignedDuration = SignedDuration::from_secs(30);
/// How long the scheduler has a call that it takes over.
const WATCH: SignedDuration = SignedDuration::from_secs(15);
/// A recording that is due for longer did not come by itself.
const RECORDING_PATIENCE: SignedDuration = SignedDuration::from_secs(60);

impl Scheduler {
    /// Looks after calls that nobody watches; answers how many it brought further.
    pub(crate) async fn recover(&self, settings: &QueueSettings) -> Result<u64, StoreError> {
        let mut recovered = 0;
        for slot in self.store.slot_holders().await? {
            if slot.is_unwatched(self.clock.now()) {
                recovered += u64::from(self.recover_live(&slot).await?);
            }
        }
        if settings.state == QueueState::Running {
            recovered += self.resend_lost(settings).await?;
        }
        Ok(recovered)
    }

    /// Takes over one live call for a moment, and asks the provider how it is.
    async fn recover_live(&self, slot: &SlotHolder) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let until = now.saturating_add(WATCH).unwrap_or(Timestamp::MAX);
        if !self.store.take_over_slot(&slot.call_id, until, now).await? {
            return Ok(false);
        }
        // Whoever asked the provider died before the answer was written.
        let taken = self
            .store
            .update_call(&slot.call_id, |call| call.lose_answer(now))
            .await?;
        let (UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call)) = taken else {
            tracing::error!(call.id = %slot.call_id, "a slot is held by a call that does not exist");
            return Ok(false);
        };
        let Some(kind) = call.provider else {
            return Ok(false);
        };
        match look_after(&self.store, self.providers.get(kind).as_ref(), &call, now).await {
            Ok(_) => Ok(true),
            Err(error) => {
                tracing::warn!(call.id = %call.call_id, error = %error, "an unwatched call could not be settled yet");
                Ok(false)
            }
        }
    }

    /// Sends messages again that the queue has lost. One too many does no harm: the conditional
    /// write of `placing` decides.
    async fn resend_lost(&self, settings: &QueueSettings) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let filter = CallFilter {
            status: Some(CallStatus::Queued),
            oldest_first: true,
            ..CallFilter::default()
        };
        let queued = self.store.list_calls(&filter, None, MOST).await?.items;
        let old = |call: &&Call| {
            call.enqueued_at
                .is_none_or(|sent| now.duration_since(sent) > MESSAGE_PATIENCE)
        };
        let mut old: Vec<&Call> = queued.iter().filter(old).collect();
        if !old.is_empty() {
            let waited_with = self.store.waited_with(now).await?;
            old.retain(|call| !waited_with.contains(&call.call_id));
        }
        if old.is_empty() {
            return Ok(0);
        }
        // Messages that are there stand for the youngest calls at worst; only the surplus is lost.
        let there = self.store.dial_queue_depth().await?.visible;
        let lost = old
            .len()
            .saturating_sub(usize::try_from(there).unwrap_or(usize::MAX));
        let room = usize::try_from(settings.concurrency_limit).unwrap_or(usize::MAX);
        let resent: Vec<&Call> = old.into_iter().take(lost.min(room)).collect();
        let message = |call: &&Call| DialMessage {
            call_id: call.call_id.clone(),
            campaign_id: call.campaign_id.clone(),
        };
        let messages: Vec<_> = resent.iter().map(message).collect();
        self.store.send_dials(&messages).await?;
        for call in &resent {
            self.store.record_enqueued(&call.call_id, now).await?;
        }
        Ok(resent.len() as u64)
    }

    /// Lets the sync fetch recordings that did not come by themselves.
    pub(crate) async fn chase_recordings(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let due = self.store.recordings_due().await?;
        if due
            .iter()
            .any(|due| now.duration_since(due.since) > RECORDING_PATIENCE)
        {
            self.store.functions().start_sync(&serde_json::json!({})).await?;
        }
        Ok(())
    }
}
