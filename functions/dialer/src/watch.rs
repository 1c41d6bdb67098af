//! Staying with a call to its end.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_domain::{Call, CallStatus};
use switchboard_reconcile::{ReconcileError, Settled, look_after};
use switchboard_store::StoreError;

use crate::Dialer;

/// Looks in a row at which the table may stumble before the call is left to the scheduler.
const MAX_STUMBLES: u32 = 10;

impl Dialer {
    /// Watches a live call until it is over; none when the deadline came first and the call is
    /// marked for a successor.
    ///
    /// The end is learned from our table, where webhooks bring it, and less often from the
    /// provider, in case the webhook never comes.
    pub(crate) async fn watch(
        &self,
        mut call: Call,
        hand_over_at: Timestamp,
    ) -> Result<Option<Call>, StoreError> {
        let begun = self.clock.now();
        let mut next_question = begun;
        let mut asked_at = begun;
        let mut next_heartbeat = later(begun, self.pace.heartbeat);
        // What was not confirmed is asked for at once; what was, is heard of by itself.
        if call.status == CallStatus::InProgress {
            next_question = later(begun, self.pace.ask_provider);
        }
        let (mut stumbles, mut looked) = (0, false);
        while !call.status.is_final() {
            let now = self.clock.now();
            if now >= hand_over_at {
                self.mark_hand_over(&call).await?;
                return Ok(None);
            }
            if now >= next_heartbeat {
                self.heartbeat(&call).await?;
                next_heartbeat = later(now, self.pace.heartbeat);
            }
            if let Some(hung_up_at) = call.hung_up_at {
                next_question = next_question.min(later(hung_up_at.max(asked_at), self.pace.ask_outcome));
            }
            if now >= next_question {
                let told = self.ask(&call).await?;
                asked_at = self.clock.now();
                next_question = later(asked_at, self.pace.ask_provider);
                looked = false;
                // While the provider works on what is left to tell, a webhook may bring it any moment.
                if let Some(told) = told.filter(|told| told.status.is_final() || told.hung_up_at.is_none()) {
                    call = told;
                    continue;
                }
            } else {
                let age = Duration::try_from(now.duration_since(begun)).unwrap_or_default();
                let until_question =
                    Duration::try_from(next_question.duration_since(now)).unwrap_or_default();
                tokio::time::sleep(self.pace.look(age).min(until_question)).await;
                // The provider's answer is worth a look, and never the only thing that is looked at.
                if looked && self.clock.now() >= next_question {
                    continue;
                }
            }
            looked = true;
            // It may be a moment old: then the next look sees what this one does not.
            match self.store.glance_at_call(&call.call_id).await {
                Ok(Some(seen)) => (call, stumbles) = (seen, 0),
                Ok(None) => return Ok(Some(call)),
                Err(error) if stumbles >= MAX_STUMBLES => return Err(error),
                Err(_) => stumbles += 1,
            }
        }
        Ok(Some(call))
    }

    /// Asks the provider how the call is; answers the call as it is then, if that is known. What cannot be learned now
    /// is asked again later.
    async fn ask(&self, call: &Call) -> Result<Option<Call>, StoreError> {
        let Some(kind) = call.provider else {
            return Ok(None);
        };
        match look_after(
            &self.store,
            self.providers.get(kind).as_ref(),
            call,
            self.clock.now(),
        )
        .await
        {
            Ok(Settled::Live(call) | Settled::Over(call)) => Ok(Some(*call)),
            Ok(Settled::Unknown | Settled::NotFound) => Ok(None),
            Err(ReconcileError::Store(error)) => Err(error),
            Err(error) => {
                tracing::warn!(call.id = %call.call_id, error = %error, "the provider did not say how the call is");
                Ok(None)
            }
        }
    }

    async fn heartbeat(&self, call: &Call) -> Result<(), StoreError> {
        let until = self.watched_until(self.clock.now());
        // A slot that is gone says that the call is over, which the next look shows.
        self.store.keep_slot(&call.call_id, until).await.map(|_| ())
    }

    /// From now on a successor may watch.
    async fn mark_hand_over(&self, call: &Call) -> Result<(), StoreError> {
        let now = self.clock.now();
        tracing::info!(call.id = %call.call_id, "handing the call over");
        self.store.keep_slot(&call.call_id, now).await.map(|_| ())
    }
}

fn later(from: Timestamp, by: Duration) -> Timestamp {
    let by = jiff::SignedDuration::try_from(by).unwrap_or(jiff::SignedDuration::MAX);
    from.saturating_add(by).unwrap_or(Timestamp::MAX)
}
