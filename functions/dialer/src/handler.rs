//! What to do with one message.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Call, CallStatus, Clock};
use switchboard_reconcile::pull_recording;
use switchboard_service::Providers;
use switchboard_store::{DialMessage, Store, StoreError, UpdateOutcome};

use crate::Pace;
use crate::prepare::Prepared;
use crate::waiting::Waiting;

/// How often a call is read anew when somebody else changes it.
const MAX_ROUNDS: u32 = 20;
/// How often a recording is asked for before it is left to the sync.
const RECORDING_TRIES: u32 = 3;

/// What becomes of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Done with it.
    Acknowledge,
    /// Visible again for a successor, which goes on with the call.
    HandOver,
}

/// Places calls and stays with them.
#[derive(Clone)]
pub struct Dialer {
    pub(crate) store: Store,
    pub(crate) providers: Providers,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pace: Pace,
}

impl Dialer {
    /// A dialer; one serves any number of messages.
    pub fn new(store: Store, providers: Providers, clock: Arc<dyn Clock>, pace: Pace) -> Self {
        Self {
            store,
            providers,
            clock,
            pace,
        }
    }

    /// Brings the call of a message to its end, or to the deadline.
    ///
    /// The queue may deliver a message twice, and at the same time: the conditional write of
    /// `placing` decides who dials, and the sign of life who watches.
    ///
    /// # Errors
    /// When the store does not answer for long. The call is looked after by the scheduler then.
    pub async fn handle(&self, message: &DialMessage, deadline: Timestamp) -> Result<Verdict, StoreError> {
        let hand_over_at = deadline
            .saturating_sub(SignedDuration::try_from(self.pace.hand_over).unwrap_or(SignedDuration::MAX))
            .unwrap_or(Timestamp::MIN);
        let mut waiting = Waiting::default();
        let placed = self.place_or_take(message, hand_over_at, &mut waiting).await;
        self.wait_no_more(&waiting, &message.call_id).await;
        let Some(placed) = placed? else {
            return Ok(Verdict::Acknowledge);
        };
        let Some(ended) = self.watch(placed, hand_over_at).await? else {
            return Ok(Verdict::HandOver);
        };
        self.fetch_recording(&ended).await;
        Ok(Verdict::Acknowledge)
    }

    /// Places a call that is queued, or takes over a live one; none when there is nothing to stay with.
    async fn place_or_take(
        &self,
        message: &DialMessage,
        hand_over_at: Timestamp,
        waiting: &mut Waiting,
    ) -> Result<Option<Call>, StoreError> {
        for _ in 0..MAX_ROUNDS {
            // A call that was withdrawn is gone; its recipient gets another one.
            let Some(call) = self.store.find_call(&message.call_id).await? else {
                return Ok(None);
            };
            return match call.status {
                CallStatus::Queued => match self.prepare(call, hand_over_at, waiting).await? {
                    Prepared::Begun(call) => self.place(*call).await.map(Some),
                    Prepared::LookAgain => continue,
                    Prepared::Done => Ok(None),
                },
                // None where another invocation is with it.
                _ if call.status.is_live() => self.take_watch(&call).await,
                _ => Ok(None),
            };
        }
        tracing::warn!(call.id = %message.call_id, "the call changed all the time; it goes back to the scheduler");
        Ok(None)
    }

    /// Takes over a live call that nobody watches. One that was `placing` lost its answer with
    /// whoever asked.
    async fn take_watch(&self, call: &Call) -> Result<Option<Call>, StoreError> {
        let now = self.clock.now();
        let until = self.watched_until(now);
        if !self.store.take_over_slot(&call.call_id, until, now).await? {
            return Ok(None);
        }
        let taken = self
            .store
            .update_call(&call.call_id, |call| call.lose_answer(now))
            .await?;
        Ok(match taken {
            UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) => Some(*call),
            UpdateOutcome::NotFound => None,
        })
    }

    pub(crate) fn watched_until(&self, now: Timestamp) -> Timestamp {
        let life = SignedDuration::try_from(self.pace.heartbeat * 3).unwrap_or(SignedDuration::MAX);
        now.saturating_add(life).unwrap_or(Timestamp::MAX)
    }

    /// The recording while we are here; what does not come now is due, and the sync fetches it.
    async fn fetch_recording(&self, call: &Call) {
        let Some(kind) = call.provider else { return };
        let (id, provider) = (&call.call_id, self.providers.get(kind));
        for attempt in 1..=RECORDING_TRIES {
            match pull_recording(&self.store, provider.as_ref(), id, self.clock.now()).await {
                Ok(switchboard_domain::RecordingState::Pending) => {}
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(call.id = %id, %error, attempt, "the recording did not come yet")
                }
            }
            if attempt < RECORDING_TRIES {
                tokio::time::sleep(self.pace.retry_slot * attempt).await;
            }
        }
    }
}
