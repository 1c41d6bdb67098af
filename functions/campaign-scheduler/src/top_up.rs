//! The dial queue, kept just full enough.

use futures::StreamExt;
use switchboard_domain::{
    CallId, Campaign, QueueSettings, QueueState, Recipient, RecipientEvent, RecipientStatus, SkipReason,
};
use switchboard_store::{DialMessage, Enqueued, StoreError};

use crate::new_call::new_call;
use crate::tick::Scheduler;

/// Recipients queued side by side: each takes a few requests to the tables.
const AT_ONCE: usize = 16;

/// How many calls wait on the queue beyond the free slots: enough that a slot that frees between
/// two steps is taken at once, few enough that pause and cancel bite at once.
fn wanted_on_queue(settings: &QueueSettings) -> u64 {
    match settings.state {
        QueueState::Stopped => 0,
        QueueState::Running => {
            u64::from(settings.free_slots()) + u64::from((settings.concurrency_limit / 2).max(2))
        }
    }
}

impl Scheduler {
    /// Puts due recipients onto the dial queue until it is full enough; answers how many.
    /// `turn` moves on with every step, so that no shard and no campaign is always last.
    pub(crate) async fn top_up(
        &self,
        settings: &QueueSettings,
        running: &[Campaign],
        turn: u64,
    ) -> Result<u64, StoreError> {
        let mut room = wanted_on_queue(settings);
        let mut open = Vec::new();
        for campaign in running {
            let counts = self.store.campaign_counts(&campaign.campaign_id).await?;
            room = room.saturating_sub(counts.queued);
            let now = self.clock.now();
            if campaign.end_at.is_some_and(|end| end <= now) {
                self.skip_after_end(campaign).await?;
                continue;
            }
            let is_open = campaign.window.as_ref().is_none_or(|window| window.is_open(now));
            if counts.pending > 0 && is_open {
                let own = campaign.concurrency_limit.map_or(u64::MAX, |limit| {
                    u64::from(limit)
                        .saturating_add(2)
                        .saturating_sub(counts.calling + counts.queued)
                });
                open.push((campaign, own));
            }
        }
        let mut enqueued = 0;
        while room > 0 && !open.is_empty() {
            // The most important ones share the room evenly; what they leave goes to the next.
            let top = open
                .iter()
                .map(|(campaign, _)| campaign.priority)
                .max()
                .unwrap_or_default();
            let (mut first, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|(c, _)| c.priority == top);
            let offset = usize::try_from(turn).unwrap_or(0) % first.len();
            first.rotate_left(offset);
            let mut sharing = first.len() as u64;
            for (campaign, own) in first {
                let share = room.div_ceil(sharing).min(own);
                let taken = self.enqueue_due(campaign, share, turn).await?;
                enqueued += taken;
                room = room.saturating_sub(taken);
                sharing -= 1;
            }
            open = rest;
        }
        Ok(enqueued)
    }

    async fn enqueue_due(&self, campaign: &Campaign, share: u64, turn: u64) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let limit = usize::try_from(share).unwrap_or(usize::MAX);
        let due = self
            .store
            .due_recipients(&campaign.campaign_id, now, turn, limit)
            .await?;
        let queued: Vec<_> = futures::stream::iter(due)
            .map(|seen| self.enqueue_one(campaign, seen))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let (mut messages, mut failed) = (Vec::new(), Ok(()));
        for outcome in queued {
            match outcome {
                Ok(message) => messages.extend(message),
                Err(error) => failed = Err(error),
            }
        }
        let sent = messages.len() as u64;
        // Whoever is queued is called, also when the table failed for somebody else.
        let refused = self.store.send_dials(&messages).await?;
        if !refused.is_empty() {
            tracing::warn!(refused = refused.len(), "the dial queue refused messages");
            messages.retain(|message| refused.contains(&message.call_id));
            // Once more; of what is refused again the recovery takes care.
            self.store.send_dials(&messages).await?;
        }
        failed.map(|()| sent)
    }

    /// Queues the call of one recipient; its message is still to be sent. None when there is none.
    async fn enqueue_one(
        &self,
        campaign: &Campaign,
        seen: Recipient,
    ) -> Result<Option<DialMessage>, StoreError> {
        let now = self.clock.now();
        // The index is a moment old.
        let current = self
            .store
            .find_recipient(&campaign.campaign_id, &seen.recipient_id)
            .await?;
        let Some(recipient) = current.filter(|r| r.status == RecipientStatus::Pending && r.due_at <= now)
        else {
            return Ok(None);
        };
        if let Some(reason) = self.reason_to_skip(campaign, &recipient).await? {
            let skip = RecipientEvent::Skipped(reason);
            self.store.move_idle_recipient(&recipient, skip, now, now).await?;
            return Ok(None);
        }
        let call = new_call(campaign, &recipient, CallId::generate(now, &mut rand::rng()), now);
        let enqueued = self.store.enqueue(&call, &recipient, now).await?;
        Ok((enqueued == Enqueued::Yes).then_some(DialMessage {
            call_id: call.call_id,
            campaign_id: call.campaign_id,
        }))
    }

    /// Checked here so that no call is made in vain; the moment of dialling checks again.
    async fn reason_to_skip(
        &self,
        campaign: &Campaign,
        recipient: &Recipient,
    ) -> Result<Option<SkipReason>, StoreError> {
        if campaign
            .required_variables
            .iter()
            .any(|name| !recipient.variables.contains_key(name))
        {
            return Ok(Some(SkipReason::MissingVariable));
        }
        let listed = self.store.find_do_not_call(&recipient.phone_number).await?;
        Ok(listed.map(|_| SkipReason::DoNotCall))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn settings(limit: u32, in_use: u32, state: QueueState) -> QueueSettings {
        QueueSettings {
            state,
            concurrency_limit: limit,
            slots_in_use: in_use,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_queue_holds_a_little_more_than_the_free_slots() {
        assert_eq!(wanted_on_queue(&settings(15, 0, QueueState::Running)), 22);
        assert_eq!(wanted_on_queue(&settings(15, 15, QueueState::Running)), 7);
        assert_eq!(wanted_on_queue(&settings(1, 0, QueueState::Running)), 3);
        assert_eq!(wanted_on_queue(&settings(15, 0, QueueState::Stopped)), 0);
    }
}
