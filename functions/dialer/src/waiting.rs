//! Waiting for a slot. It costs reads and a sign of life now and then; a dial that is tried and refused, or a call that is
//! taken off the queue and put onto it again, costs dozens of writes.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Call, Campaign, CampaignStatus};
use switchboard_store::{DialLimits, StoreError};

use crate::Dialer;

/// The scheduler takes a message for lost when its call is queued for thirty seconds and nobody gives signs of life.
const WONDERED_AT: SignedDuration = SignedDuration::from_secs(10);

/// How long a dialer has waited with its call, and what it knows.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// In all.
    pub(crate) total: Duration,
    /// Before the last look at the campaign and the limits.
    looked_up: Duration,
    /// Limits of the agent and the line, as they were then.
    pub(crate) limits: DialLimits,
    /// Before the last sign of life; none: there was none.
    told: Option<Duration>,
}

impl Dialer {
    /// Whether it may wait on.
    pub(crate) fn has_patience(&self, waiting: &Waiting, now: Timestamp, hand_over_at: Timestamp) -> bool {
        waiting.total < self.pace.wait_for_slot && now < hand_over_at
    }

    /// Waits so long, not longer than until the next look, and gives a sign of life when one is due.
    pub(crate) async fn wait(
        &self,
        waiting: &mut Waiting,
        call: &Call,
        at_most: Duration,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let is_due = match waiting.told {
            Some(before) => waiting.total >= before + self.pace.heartbeat,
            None => call
                .enqueued_at
                .is_none_or(|sent| now.duration_since(sent) >= WONDERED_AT),
        };
        if is_due {
            self.store
                .keep_waiting(&call.call_id, self.watched_until(now))
                .await?;
            waiting.told = Some(waiting.total);
        }
        let wait = at_most.clamp(Duration::from_millis(10), self.pace.retry_slot);
        tokio::time::sleep(wait).await;
        waiting.total += wait;
        Ok(())
    }

    /// Looks at what people may have changed while it waits, when that is due: false when the campaign does not run as it
    /// did.
    pub(crate) async fn look_up(
        &self,
        waiting: &mut Waiting,
        call: &Call,
        campaign: Option<&Campaign>,
    ) -> Result<bool, StoreError> {
        if waiting.total < waiting.looked_up + self.pace.look_up {
            return Ok(true);
        }
        waiting.looked_up = waiting.total;
        if let Some(before) = campaign {
            let now = self.store.glance_at_campaign(&before.campaign_id).await?;
            let is_same = |now: Campaign| {
                now.status == CampaignStatus::Running && now.rules_version == before.rules_version
            };
            if !now.is_some_and(is_same) {
                return Ok(false);
            }
        }
        let settings = self.store.dial_settings().await?;
        waiting.limits = self.limits_of(call, campaign, &settings).await?;
        Ok(true)
    }

    /// Takes the sign of life away. One that stays is ignored after a minute.
    pub(crate) async fn wait_no_more(&self, waiting: &Waiting, call: &switchboard_domain::CallId) {
        if waiting.told.is_none() {
            return;
        }
        if let Err(error) = self.store.wait_no_more(call).await {
            tracing::warn!(call.id = %call, %error, "a sign of life of a wait that is over stays");
        }
    }
}
