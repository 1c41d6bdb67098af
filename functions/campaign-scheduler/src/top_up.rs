//! The dial queue, kept just full enough.

use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt;
use jiff::Timestamp;
use switchboard_domain::{
    Answer, Balance, CallId, Campaign, Claim, DialSettings, QueueSettings, QueueState, Recipient,
    RecipientEvent, RecipientStatus, Rule, RuleConfirmation, SkipReason, share,
};
use switchboard_store::{DialMessage, Enqueued, StoreError};

use crate::new_call::new_call;
use crate::tick::Scheduler;

/// Recipients queued side by side: each takes a few requests to the tables.
const AT_ONCE: usize = 16;

/// How often a campaign's due recipients are read in one step, when many of them may not be called now.
const MOST_ROUNDS: u32 = 4;
/// Recipients read then.
const LOOK_AHEAD: usize = 200;

/// Ids of calling rules that somebody confirmed.
type Confirmed = BTreeSet<&'static str>;

/// How many calls wait on the queue beyond the free slots: enough that a slot that frees between
/// two steps is taken at once, few enough that pause and cancel bite at once.
fn wanted_on_queue(settings: &QueueSettings, inbound_share: u32) -> u64 {
    match settings.state {
        QueueState::Stopped => 0,
        QueueState::Running => {
            let free = settings.free_slots().saturating_sub(inbound_share);
            u64::from(free) + u64::from((settings.concurrency_limit / 2).max(2))
        }
    }
}

/// What came of filling the dial queue.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ToppedUp {
    /// Calls that were put onto it.
    pub(crate) enqueued: u64,
    /// Whether somebody on the queue may be waiting for a call to end.
    pub(crate) people_wait: bool,
}

/// What came of looking at a due recipient.
enum Looked {
    /// Its call is written, and this message is to be sent.
    Queued(DialMessage),
    /// It may not be called now: it waits for later, or is skipped.
    Moved,
    /// There is no room, or it is not due any more.
    LeftAlone,
}

/// How many dials begin in the second of `now` at so many a minute: evenly, also when it is less than one.
fn starts_now(per_minute: u64, now: Timestamp) -> u64 {
    let begun = |second: i64| u64::try_from(second).unwrap_or(0).saturating_mul(per_minute) / 60;
    begun(now.as_second()).saturating_sub(begun(now.as_second() - 1))
}

impl Scheduler {
    /// Puts due recipients onto the dial queue until it is full enough; says what came of it.
    /// `turn` moves on with every step, so that no shard and no campaign is always last.
    pub(crate) async fn top_up(
        &self,
        settings: &QueueSettings,
        running: &[Campaign],
        turn: u64,
    ) -> Result<ToppedUp, StoreError> {
        let rules = self.store.dial_settings().await?;
        let confirmed = self.confirmed_rules(&rules).await?;
        let mut room = wanted_on_queue(settings, rules.inbound_share);
        let mut open = Vec::new();
        let mut people_wait = false;
        let running_queue = settings.state == QueueState::Running;
        for campaign in running {
            let counts = self.store.campaign_counts(&campaign.campaign_id).await?;
            room = room.saturating_sub(counts.queued);
            // Who is due is queued before there is a slot; nobody else waits for one.
            people_wait |= running_queue && counts.queued > 0;
            let now = self.clock.now();
            if campaign.end_at.is_some_and(|end| end <= now) {
                self.skip_after_end(campaign).await?;
                continue;
            }
            if counts.pending > 0 {
                let has = counts.calling + counts.queued;
                let most = Self::most_of(campaign, settings.concurrency_limit, has, now).min(counts.pending);
                let weight = campaign.weight;
                let ahead = self.balance().ahead(&campaign.campaign_id);
                let claim = Claim {
                    weight,
                    has,
                    most,
                    ahead,
                };
                open.push((campaign, claim, counts.calling));
            }
        }
        if let Some(starts) = rules.starts_per_second {
            room = room.min(u64::from(starts));
        }
        // Who could take nothing has no share.
        let in_progress: Vec<_> = open
            .iter()
            .filter(|(_, claim, _)| claim.most > 0)
            .map(|(campaign, claim, calling)| (&campaign.campaign_id, claim.weight, *calling))
            .collect();
        // No campaign is always the one that gets what is left over.
        let offset = usize::try_from(turn).unwrap_or(0) % open.len().max(1);
        open.rotate_left(offset);
        let mut enqueued = 0;
        for _ in 0..MOST_ROUNDS {
            let claims: Vec<Claim> = open.iter().map(|(_, claim, _)| *claim).collect();
            let shares = share(room, &claims);
            if shares.iter().all(|share| *share == 0) {
                break;
            }
            for ((campaign, claim, _), share) in open.iter_mut().zip(shares) {
                let taken = match share {
                    0 => continue,
                    share => {
                        self.enqueue_due(campaign, confirmed.as_ref(), share, turn)
                            .await?
                    }
                };
                (claim.has, claim.most) = (claim.has + taken, claim.most - taken);
                // Nobody else of it is due: the others get what it leaves.
                if taken < share {
                    claim.most = 0;
                }
                enqueued += taken;
                room = room.saturating_sub(taken);
            }
        }
        self.balance().count(enqueued, &in_progress);
        Ok(ToppedUp {
            enqueued,
            people_wait: (people_wait || enqueued > 0) && settings.slots_in_use > 0,
        })
    }

    fn balance(&self) -> std::sync::MutexGuard<'_, Balance> {
        self.balance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The calling rules that somebody confirmed; none where nobody has to. Whoever starts a campaign is told
    /// before; people who come later, or are very many, are seen here.
    async fn confirmed_rules(&self, settings: &DialSettings) -> Result<Option<Confirmed>, StoreError> {
        if !settings.require_confirmed_rules {
            return Ok(None);
        }
        let confirmations = self.store.rule_confirmations().await?;
        Ok(Some(RuleConfirmation::in_force(&confirmations)))
    }

    /// Most calls that a campaign can take besides those that it has: by its own limit, while it ramps up,
    /// and by its pace. A step is taken about once a second.
    fn most_of(campaign: &Campaign, limit: u32, has: u64, now: Timestamp) -> u64 {
        let own = match campaign.concurrency_limit.is_some() || campaign.rules.ramp_up_secs.is_some() {
            // A few more, so that a slot that frees between two steps is taken at once.
            true => u64::from(campaign.limit_at(limit, now))
                .saturating_add(2)
                .saturating_sub(has),
            false => u64::MAX,
        };
        match campaign.rules.starts_per_minute {
            Some(starts) => own.min(starts_now(u64::from(starts), now)),
            None => own,
        }
    }

    /// Queues due recipients of one campaign. Who may not be called now makes room for the next one, for a
    /// few rounds: whole regions may have closed since they were due.
    async fn enqueue_due(
        &self,
        campaign: &Campaign,
        confirmed: Option<&Confirmed>,
        share: u64,
        turn: u64,
    ) -> Result<u64, StoreError> {
        let mut sent = 0;
        for round in 0..MOST_ROUNDS {
            let wanted = usize::try_from(share - sent).unwrap_or(usize::MAX);
            let looked_at = match round {
                0 => wanted,
                _ => wanted.max(LOOK_AHEAD),
            };
            let now = self.clock.now();
            let due = self
                .store
                .due_recipients(&campaign.campaign_id, now, turn, looked_at)
                .await?;
            let (queued, moved) = self.enqueue_these(campaign, confirmed, due, wanted).await?;
            sent += queued;
            if sent >= share || moved == 0 {
                break;
            }
        }
        Ok(sent)
    }

    /// Queues at most `wanted` of these recipients; the others are only looked at. Answers how many were
    /// queued, and how many made room because they may not be called now.
    async fn enqueue_these(
        &self,
        campaign: &Campaign,
        confirmed: Option<&Confirmed>,
        due: Vec<Recipient>,
        wanted: usize,
    ) -> Result<(u64, u64), StoreError> {
        let room = AtomicUsize::new(wanted);
        let room = &room;
        let queued: Vec<_> = futures::stream::iter(due)
            .map(|seen| self.enqueue_one(campaign, confirmed, seen, room))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let (mut messages, mut moved, mut failed) = (Vec::new(), 0, Ok(()));
        for outcome in queued {
            match outcome {
                Ok(Looked::Queued(message)) => messages.push(message),
                Ok(Looked::Moved) => moved += 1,
                Ok(Looked::LeftAlone) => {}
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
        failed.map(|()| (sent, moved))
    }

    /// Queues the call of one recipient; its message is still to be sent.
    async fn enqueue_one(
        &self,
        campaign: &Campaign,
        confirmed: Option<&Confirmed>,
        seen: Recipient,
        room: &AtomicUsize,
    ) -> Result<Looked, StoreError> {
        let now = self.clock.now();
        // The index is a moment old; what is read may be too, and everything that is written here is refused then.
        let current = self
            .store
            .glance_at_recipient(&campaign.campaign_id, &seen.recipient_id)
            .await?;
        let Some(recipient) = current.filter(|r| r.status == RecipientStatus::Pending && r.due_at <= now)
        else {
            return Ok(Looked::LeftAlone);
        };
        let rules = campaign.rules_of(&recipient.phone_number);
        let is_open = |rule: &&Rule| confirmed.is_some_and(|confirmed| !confirmed.contains(rule.id));
        if let Some(rule) = rules.into_iter().find(is_open) {
            let name = rule.name;
            let reason = format!(
                "Nobody has confirmed the calling rule \"{name}\". Look at it in the settings, confirm it, then resume \
                 the campaign."
            );
            self.pause(campaign, &reason).await?;
            return Ok(Looked::LeftAlone);
        }
        if let Some(reason) = self.reason_to_skip(campaign, &recipient).await? {
            let skip = RecipientEvent::Skipped(reason);
            self.store.move_idle_recipient(&recipient, skip, now, now).await?;
            return Ok(Looked::Moved);
        }
        let decision = recipient.may_be_called(&campaign.rules.calling_hours, now);
        let until = match decision.answer {
            Answer::Open { until } => until,
            Answer::Closed { opens_at, .. } => {
                self.store.put_off(&recipient, opens_at, now).await?;
                return Ok(Looked::Moved);
            }
            Answer::Never { .. } => {
                let skip = RecipientEvent::Skipped(SkipReason::WindowClosed);
                self.store.move_idle_recipient(&recipient, skip, now, now).await?;
                return Ok(Looked::Moved);
            }
        };
        let taken = |left: usize| left.checked_sub(1);
        if room
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, taken)
            .is_err()
        {
            return Ok(Looked::LeftAlone);
        }
        let call_id = CallId::generate(now, &mut rand::rng());
        let call = new_call(campaign, &recipient, call_id, until, now);
        let enqueued = self.store.enqueue(&call, &recipient, now).await?;
        Ok(match enqueued {
            Enqueued::Yes => Looked::Queued(DialMessage {
                call_id: call.call_id,
                campaign_id: call.campaign_id,
            }),
            Enqueued::No => Looked::LeftAlone,
        })
    }

    /// Checked here so that no call is made in vain; the moment of dialling checks again.
    async fn reason_to_skip(
        &self,
        campaign: &Campaign,
        recipient: &Recipient,
    ) -> Result<Option<SkipReason>, StoreError> {
        if let Some(reason) = campaign.reason_to_skip(recipient, self.clock.now()) {
            return Ok(Some(reason));
        }
        if self.store.may_be_listed(&recipient.phone_number).await? {
            return Ok(Some(SkipReason::DoNotCall));
        }
        let Some(days) = campaign
            .rules
            .skip_called_within_days
            .filter(|_| recipient.attempts == 0)
        else {
            return Ok(None);
        };
        let dialled = self.store.dialled(&recipient.phone_number).await?;
        let lately = dialled.called_within(days, self.clock.now());
        Ok(lately.then_some(SkipReason::FrequencyCap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(limit: u32, in_use: u32, state: QueueState) -> QueueSettings {
        QueueSettings {
            state,
            concurrency_limit: limit,
            slots_in_use: in_use,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn starts_are_spread_over_the_minute() {
        for per_minute in [1, 6, 45, 60, 90, 600] {
            let of_a_minute: u64 = (600..660)
                .map(|second| starts_now(per_minute, Timestamp::from_second(second).unwrap()))
                .sum();
            assert_eq!(of_a_minute, per_minute);
        }
    }

    #[test]
    fn the_queue_holds_a_little_more_than_the_free_slots() {
        assert_eq!(wanted_on_queue(&settings(15, 0, QueueState::Running), 0), 22);
        assert_eq!(wanted_on_queue(&settings(15, 15, QueueState::Running), 0), 7);
        assert_eq!(wanted_on_queue(&settings(1, 0, QueueState::Running), 0), 3);
        assert_eq!(wanted_on_queue(&settings(15, 0, QueueState::Stopped), 0), 0);
        assert_eq!(wanted_on_queue(&settings(15, 0, QueueState::Running), 5), 17);
    }
}
