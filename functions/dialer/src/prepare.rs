//! Everything up to the moment of dialling.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{
    Answer, Call, Campaign, CampaignStatus, DialSettings, FrequencyLimits, Recipient, RecipientEvent,
    RecipientStatus, SPEND_CAP_REACHED, SkipReason, Turn,
};
use switchboard_store::{BeginDial, DialLimits, SpendLimits, StoreError};

use crate::Dialer;
use crate::waiting::Waiting;

/// How long somebody who was called too often waits in a campaign that has no end.
const CAP_PATIENCE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long somebody waits whose campaign has nothing left to spend until calls in progress end.
const SPENT_REST: SignedDuration = SignedDuration::from_mins(1);

/// The beginning of the next day, in UTC.
fn tomorrow(now: Timestamp) -> Timestamp {
    let day = 86_400;
    let next = (now.as_second() / day + 1) * day;
    Timestamp::from_second(next).unwrap_or(Timestamp::MAX)
}

/// Where the preparation of a call led.
pub(crate) enum Prepared {
    /// `placing` is written and a slot is held: ask the provider.
    Begun(Box<Call>),
    /// Something changed meanwhile: read the call again.
    LookAgain,
    /// No dial now; whatever was to be written is written.
    Done,
}

impl Dialer {
    /// Checks what may have changed since the call was queued, and begins the dial.
    pub(crate) async fn prepare(
        &self,
        call: Call,
        hand_over_at: Timestamp,
        waiting: &mut Waiting,
    ) -> Result<Prepared, StoreError> {
        let (campaign, recipient) = match self.company(&call).await? {
            Company::Whole(campaign, recipient) => (*campaign, *recipient),
            Company::Gone => return Ok(Prepared::Done),
        };
        let now = self.clock.now();
        if call.dial_before.is_some_and(|bound| bound <= now) {
            return self
                .too_late(&call, campaign.as_ref(), recipient.as_ref(), now)
                .await;
        }
        if let (Some(campaign), Some(recipient)) = (&campaign, &recipient)
            && let Some(elsewhere) = self.check_campaign(&call, campaign, recipient, now).await?
        {
            return Ok(elsewhere);
        }
        self.begin(
            &call,
            campaign.as_ref(),
            recipient.as_ref(),
            hand_over_at,
            waiting,
        )
        .await
    }

    /// Its time has passed: the person is skipped when the campaign's has, else waits for another call.
    async fn too_late(
        &self,
        call: &Call,
        campaign: Option<&Campaign>,
        recipient: Option<&Recipient>,
        now: Timestamp,
    ) -> Result<Prepared, StoreError> {
        let goes_on = campaign.is_some_and(|campaign| campaign.end_at.is_none_or(|end| end > now));
        if let Some(recipient) = recipient.filter(|_| goes_on) {
            return self.withdraw(call, recipient, now, now).await;
        }
        let skip = RecipientEvent::Skipped(SkipReason::WindowClosed);
        let failure = "The time in which it could be called has passed.";
        self.give_up(call, recipient, skip, failure).await
    }

    async fn company(&self, call: &Call) -> Result<Company, StoreError> {
        let (Some(campaign_id), Some(recipient_id)) = (&call.campaign_id, &call.recipient_id) else {
            return Ok(Company::Whole(Box::default(), Box::default()));
        };
        let campaign = self.store.find_campaign(campaign_id).await?;
        let recipient = self.store.find_recipient(campaign_id, recipient_id).await?;
        match (campaign, recipient) {
            (Some(campaign), Some(recipient))
                if recipient.status == RecipientStatus::Queued
                    && recipient.call_id.as_ref() == Some(&call.call_id) =>
            {
                Ok(Company::Whole(
                    Box::new(Some(campaign)),
                    Box::new(Some(recipient)),
                ))
            }
            // The recipient has moved on: this call is nobody's any more.
            _ => {
                let now = self.clock.now();
                let failure = "Its recipient was cancelled or got another call.";
                self.store
                    .give_up_queued(call, None, RecipientEvent::Cancelled, failure, now)
                    .await?;
                Ok(Company::Gone)
            }
        }
    }

    /// Where the campaign leads instead of to a dial, if it does.
    async fn check_campaign(
        &self,
        call: &Call,
        campaign: &Campaign,
        recipient: &Recipient,
        now: Timestamp,
    ) -> Result<Option<Prepared>, StoreError> {
        let reason = campaign.reason_to_skip(recipient, now);
        let elsewhere = match campaign.status {
            CampaignStatus::Running if let Some(reason) = reason => {
                let failure = match reason {
                    SkipReason::NoConsent => "This row does not say that the person consented to be called.",
                    _ => "A variable that the agent needs has no value in this row.",
                };
                self.give_up(call, Some(recipient), RecipientEvent::Skipped(reason), failure)
                    .await?
            }
            // The agent or the line was changed since it was queued: it gets another call.
            CampaignStatus::Running if !is_as_now(call, campaign, recipient) => {
                self.withdraw(call, recipient, now, now).await?
            }
            CampaignStatus::Running => {
                match recipient.may_be_called(&campaign.rules.calling_hours, now).answer {
                    Answer::Open { .. } => return Ok(None),
                    Answer::Closed { opens_at, .. } => self.withdraw(call, recipient, opens_at, now).await?,
                    Answer::Never { because } => {
                        let skip = RecipientEvent::Skipped(SkipReason::WindowClosed);
                        self.give_up(call, Some(recipient), skip, &because.to_string())
                            .await?
                    }
                }
            }
            CampaignStatus::Paused | CampaignStatus::Scheduled | CampaignStatus::Draft => {
                self.withdraw(call, recipient, now, now).await?
            }
            CampaignStatus::Cancelled | CampaignStatus::Completed | CampaignStatus::Failed => {
                let failure = "The campaign ended before the call.";
                self.give_up(call, Some(recipient), RecipientEvent::Cancelled, failure)
                    .await?
            }
        };
        Ok(Some(elsewhere))
    }

    async fn begin(
        &self,
        call: &Call,
        campaign: Option<&Campaign>,
        recipient: Option<&Recipient>,
        hand_over_at: Timestamp,
        waiting: &mut Waiting,
    ) -> Result<Prepared, StoreError> {
        loop {
            let now = self.clock.now();
            if call.dial_before.is_some_and(|bound| bound <= now)
                || !self.look_up(waiting, call, campaign).await?
            {
                return Ok(Prepared::LookAgain);
            }
            let may_wait = self.has_patience(waiting, now, hand_over_at);
            if !self.store.has_room(call, campaign, &waiting.limits).await? {
                if !may_wait {
                    return self.put_off(call, recipient, now, now).await;
                }
                self.wait(waiting, call, self.pace.retry_slot).await?;
                continue;
            }
            // A call without an agent is refused where it would be placed.
            let turn = match call.provider {
                Some(kind) => self.store.take_turn(kind, now).await?,
                None => Turn::Now,
            };
            match turn {
                Turn::Now | Turn::Take(_) => {}
                Turn::NotBefore(at) if may_wait && at < hand_over_at => {
                    // Not longer than between two tries for a slot: the call may be stopped or overtaken meanwhile.
                    let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
                    self.wait(waiting, call, wait).await?;
                    continue;
                }
                Turn::NotBefore(at) | Turn::Down(at) => return self.put_off(call, recipient, at, now).await,
            }
            let mut call = call.clone();
            // As they are in this moment, whatever was waited for.
            let settings = self.store.dial_settings().await?;
            let mut limits = self.limits_of(&call, campaign, &settings).await?;
            if let (Some(campaign), Some(recipient)) = (campaign, recipient) {
                let decision = recipient.may_be_called(&campaign.rules.calling_hours, now);
                if !decision.is_open() {
                    return Ok(Prepared::LookAgain);
                }
                call.hours = Some((&decision).into());
                limits.frequency = FrequencyLimits::of(campaign, &decision);
            }
            let (call, until) = (&call, self.watched_until(now));
            match self
                .store
                .begin_dial(call, recipient, campaign, &limits, until, now)
                .await?
            {
                BeginDial::Begun(call) => return Ok(Prepared::Begun(call)),
                BeginDial::Changed | BeginDial::CampaignChanged => return Ok(Prepared::LookAgain),
                BeginDial::DoNotCall => {
                    let skip = RecipientEvent::Skipped(SkipReason::DoNotCall);
                    return self
                        .give_up(call, recipient, skip, "The number is on the do-not-call list.")
                        .await;
                }
                BeginDial::CampaignSpent => return self.spent(call, campaign, recipient, now).await,
                BeginDial::DaySpent => {
                    return self.put_off(call, recipient, tomorrow(now), now).await;
                }
                BeginDial::TooOften(allowed) => {
                    return self.too_often(call, campaign, recipient, allowed, now).await;
                }
                BeginDial::NoSlot if may_wait => {
                    // It may be a limit that was set meanwhile: the next look knows it.
                    waiting.limits = limits;
                    self.wait(waiting, call, self.pace.retry_slot).await?;
                }
                BeginDial::NoSlot | BeginDial::QueueStopped => {
                    return self.put_off(call, recipient, now, now).await;
                }
            }
        }
    }

    /// What the dial must not exceed, as people have set it.
    pub(crate) async fn limits_of(
        &self,
        call: &Call,
        campaign: Option<&Campaign>,
        settings: &DialSettings,
    ) -> Result<DialLimits, StoreError> {
        let line = call.phone_line_id.as_ref();
        let outbound = match settings.inbound_share {
            0 => None,
            share => {
                let queue = self.store.find_queue_settings().await?;
                Some(queue.map_or(0, |queue| queue.concurrency_limit.saturating_sub(share)))
            }
        };
        Ok(DialLimits {
            frequency: FrequencyLimits::default(),
            spend: SpendLimits::of(campaign.and_then(|c| c.rules.spend_cap_cents), settings),
            agent: call
                .agent_id
                .as_ref()
                .and_then(|agent| settings.agent_limits.get(agent).copied()),
            phone_line: line.and_then(|line| settings.phone_line_limits.get(line).copied()),
            outbound,
        })
    }

    /// One more call could cost more than the campaign may: it pauses, and its people wait.
    async fn spent(
        &self,
        call: &Call,
        campaign: Option<&Campaign>,
        recipient: Option<&Recipient>,
        now: Timestamp,
    ) -> Result<Prepared, StoreError> {
        // What is reserved for calls in progress may come back when they end.
        if let Some(campaign) = campaign {
            let spent = self.store.spent_by_campaign(&campaign.campaign_id).await?;
            if spent.committed == spent.settled {
                self.store
                    .pause_because(&campaign.campaign_id, SPEND_CAP_REACHED, now)
                    .await?;
            }
        }
        let later = now.saturating_add(SPENT_REST).unwrap_or(now);
        self.put_off(call, recipient, later, now).await
    }

    /// The person had enough calls: they wait, unless that takes longer than the campaign or anybody would.
    async fn too_often(
        &self,
        call: &Call,
        campaign: Option<&Campaign>,
        recipient: Option<&Recipient>,
        allowed: Timestamp,
        now: Timestamp,
    ) -> Result<Prepared, StoreError> {
        let patience = now.saturating_add(CAP_PATIENCE).unwrap_or(Timestamp::MAX);
        let end = campaign.and_then(|campaign| campaign.end_at);
        if allowed < end.unwrap_or(patience) {
            return self.put_off(call, recipient, allowed, now).await;
        }
        let skip = RecipientEvent::Skipped(SkipReason::FrequencyCap);
        self.give_up(call, recipient, skip, "The person was called too often lately.")
            .await
    }

    async fn put_off(
        &self,
        call: &Call,
        recipient: Option<&Recipient>,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Result<Prepared, StoreError> {
        match recipient {
            Some(recipient) => self.withdraw(call, recipient, due_at, now).await,
            // It stays queued; the scheduler sends it again when there is room.
            None => Ok(Prepared::Done),
        }
    }

    async fn withdraw(
        &self,
        call: &Call,
        recipient: &Recipient,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Result<Prepared, StoreError> {
        match self.store.withdraw(call, recipient, due_at, now).await? {
            true => Ok(Prepared::Done),
            false => Ok(Prepared::LookAgain),
        }
    }

    async fn give_up(
        &self,
        call: &Call,
        recipient: Option<&Recipient>,
        event: RecipientEvent,
        failure: &str,
    ) -> Result<Prepared, StoreError> {
        match self
            .store
            .give_up_queued(call, recipient, event, failure, self.clock.now())
            .await?
        {
            true => Ok(Prepared::Done),
            false => Ok(Prepared::LookAgain),
        }
    }
}

/// Whether the call has the agent and the line that its person would be called with now.
fn is_as_now(call: &Call, campaign: &Campaign, recipient: &Recipient) -> bool {
    let (agent, at_provider) = campaign.agent_for(recipient);
    let (line, _) = campaign.line_for(recipient);
    call.agent_id.as_ref() == Some(agent)
        && call.provider_agent_id.as_ref() == Some(at_provider)
        && call.phone_line_id.as_ref() == Some(line)
}

enum Company {
    /// The campaign and the recipient of a campaign's call; neither for a call of its own.
    Whole(Box<Option<Campaign>>, Box<Option<Recipient>>),
    /// The recipient has moved on.
    Gone,
}
