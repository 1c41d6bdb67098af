//! A call onto the dial queue, off it again, and the moment of dialling.

use jiff::Timestamp;
use switchboard_domain::{
    Call, CallEvent, CallId, Campaign, FrequencyLimits, QueueSettings, Recipient, RecipientEvent,
    RecipientStatus, SkipReason,
};

use crate::calls::call_item;
use crate::item::{from_item, n, s};
use crate::recipients::recipient_item;
use crate::slots::slot_item;
use crate::spend::SpendLimits;
use crate::transaction::{NotCommitted, Transaction, When};
use crate::{Store, StoreError, keys};

/// What became of putting a recipient's call onto the dial queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// The call is written; its message may be sent.
    Yes,
    /// The recipient changed meanwhile, or the campaign does not run.
    No,
}

/// What became of beginning a dial.
#[derive(Debug, Clone, PartialEq)]
pub enum BeginDial {
    /// The slot is taken and `placing` is written: ask the provider, once.
    Begun(Box<Call>),
    /// Every slot is taken, by this queue or by the campaign's own limit.
    NoSlot,
    /// Somebody stopped the queue.
    QueueStopped,
    /// The campaign does not run, or not by the rules that were read.
    CampaignChanged,
    /// The number is on the do-not-call list.
    DoNotCall,
    /// One more call could cost more than its campaign may.
    CampaignSpent,
    /// One more call could cost more than the day's calls may.
    DaySpent,
    /// The person was called too often lately; another call is allowed from this moment on.
    TooOften(Timestamp),
    /// The call or its recipient changed meanwhile. Read them again.
    Changed,
}

/// What a dial must not exceed besides the slots; nothing by default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DialLimits {
    /// How often the person may be called.
    pub frequency: FrequencyLimits,
    /// What may be spent; none: no cap.
    pub spend: Option<SpendLimits>,
    /// Most calls of its agent in progress at one time.
    pub agent: Option<u32>,
    /// Most calls from its phone line in progress at one time.
    pub phone_line: Option<u32>,
    /// Slots that outbound calls may take in all; none: every one.
    pub outbound: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Call,
    Recipient,
    Counts,
    Queue,
    Slot,
    Campaign,
    CampaignSlots,
    DoNotCall,
    Event,
    Dialled,
    CampaignSpend,
    DaySpend,
    AgentSlots,
    LineSlots,
    Callback,
}

impl Store {
    /// Writes the queued call of a recipient. The message is sent afterwards: if that is lost, the
    /// scheduler finds the call and sends it again.
    ///
    /// # Errors
    /// When the tables do not answer.
    pub async fn enqueue(
        &self,
        call: &Call,
        recipient: &Recipient,
        now: Timestamp,
    ) -> Result<Enqueued, StoreError> {
        let mut queued = recipient.clone();
        let Ok(status) = recipient.status.after(RecipientEvent::Enqueued) else {
            return Ok(Enqueued::No);
        };
        queued.status = status;
        queued.call_id = Some(call.call_id.clone());
        queued.updated_at = now;
        let mut tx = Transaction::new();
        tx.put(
            Part::Call,
            &self.config.calls_table,
            call_item(call, call.version)?,
            When::absent(),
        );
        self.move_recipient(&mut tx, Part::Recipient, Part::Counts, recipient.status, &queued)?;
        tx.check(
            Part::Campaign,
            &self.config.campaigns_table,
            &keys::campaign(&recipient.campaign_id),
            When::expression("#status = :running")
                .name("#status", "status")
                .value(":running", s("running")),
        );
        match tx.commit(&self.db).await {
            Ok(()) => Ok(Enqueued::Yes),
            Err(NotCommitted::Refused(_)) => Ok(Enqueued::No),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    /// Writes a queued call that has no recipient.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the call exists already.
    pub async fn create_call(&self, call: &Call) -> Result<(), StoreError> {
        match self
            .create(&self.config.calls_table, call_item(call, call.version)?)
            .await?
        {
            true => Ok(()),
            false => Err(StoreError::Stale),
        }
    }

    /// Takes a queued call off the dial queue before any dial: the call is gone, the recipient
    /// waits again until `due_at`. Answers whether there was still something to take off.
    ///
    /// # Errors
    /// When the tables do not answer.
    pub async fn withdraw(
        &self,
        call: &Call,
        recipient: &Recipient,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Ok(status) = recipient.status.after(RecipientEvent::Withdrawn) else {
            return Ok(false);
        };
        let mut waiting = recipient.clone();
        waiting.status = status;
        waiting.call_id = None;
        waiting.due_at = due_at;
        waiting.updated_at = now;
        let mut tx = Transaction::new();
        tx.delete(
            Part::Call,
            &self.config.calls_table,
            &keys::call(&call.call_id),
            When::version(call.version),
        );
        self.move_recipient(&mut tx, Part::Recipient, Part::Counts, recipient.status, &waiting)?;
        match tx.commit(&self.db).await {
            Ok(()) => Ok(true),
            Err(NotCommitted::Refused(_)) => Ok(false),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    /// Gives a queued call up for good, and its recipient with it; its callback is due again. Answers false when it is not
    /// queued any more, or somebody changed one of them meanwhile.
    ///
    /// # Errors
    /// When the tables do not answer.
    pub async fn give_up_queued(
        &self,
        call: &Call,
        recipient: Option<&Recipient>,
        event: RecipientEvent,
        failure: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut given_up = call.clone();
        let Ok(status) = call.status.after(CallEvent::GivenUp) else {
            return Ok(false);
        };
        given_up.status = status;
        given_up.ended_at = Some(now);
        given_up.updated_at = now;
        given_up.failure = Some(failure.to_owned());
        given_up.results_complete = true;
        given_up.recording.state = switchboard_domain::RecordingState::None;
        let mut tx = Transaction::new();
        let item = call_item(&given_up, call.version + 1)?;
        tx.put(
            Part::Call,
            &self.config.calls_table,
            item,
            When::version(call.version),
        );
        let wanted = self.wanted_events().await?;
        let mut events = Vec::from_iter(wanted.call(&given_up, call.version + 1));
        if let Some(recipient) = recipient {
            let Some(ended) = ended_recipient(recipient, event, now) else {
                return Ok(false);
            };
            self.move_recipient(&mut tx, Part::Recipient, Part::Counts, recipient.status, &ended)?;
            events.extend(wanted.recipient(recipient.status, &ended));
        }
        let callback = self.callback_after(&given_up).await?;
        self.move_callback(&mut tx, Part::Callback, callback.as_ref())?;
        self.put_events(&mut tx, Part::Event, &events)?;
        match tx.commit(&self.db).await {
            Ok(()) => {
                self.announce(&events).await;
                Ok(true)
            }
            Err(NotCommitted::Refused(_)) => Ok(false),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    /// The moment of dialling. Everything that must hold is part of one write: a free slot under
    /// the limit of this moment, the queue running, the campaign running by the rules as read, the number not on the
    /// do-not-call list nor called too often, the call and the recipient as they were read.
    ///
    /// # Errors
    /// When the tables do not answer. The provider must not be asked then.
    pub async fn begin_dial(
        &self,
        call: &Call,
        recipient: Option<&Recipient>,
        campaign: Option<&Campaign>,
        limits: &DialLimits,
        watched_until: Timestamp,
        now: Timestamp,
    ) -> Result<BeginDial, StoreError> {
        let mut placing = call.clone();
        let Ok(status) = call.status.after(CallEvent::DialBegan) else {
            return Ok(BeginDial::Changed);
        };
        placing.status = status;
        placing.placing_at = Some(now);
        placing.updated_at = now;
        placing.version = call.version + 1;
        placing.reserved_micros = limits.spend.as_ref().map(|spend| spend.reserve);

        let mut tx = Transaction::new();
        let item = call_item(&placing, placing.version)?;
        tx.put(
            Part::Call,
            &self.config.calls_table,
            item,
            When::version(call.version),
        );
        if let Some(recipient) = recipient {
            let Some(calling) = ended_recipient(recipient, RecipientEvent::DialBegan, now) else {
                return Ok(BeginDial::Changed);
            };
            self.move_recipient(&mut tx, Part::Recipient, Part::Counts, recipient.status, &calling)?;
        }
        self.take_slot(&mut tx, &placing, limits, watched_until, now)?;
        if let Some(spend) = &limits.spend {
            let parts = (Part::CampaignSpend, Part::DaySpend);
            self.reserve(&mut tx, parts, call.campaign_id.as_ref(), spend, now);
        }
        if let Some(campaign) = campaign {
            self.check_campaign(&mut tx, campaign);
        }
        if let Some(number) = &call.phone_number {
            tx.check(
                Part::DoNotCall,
                &self.config.contacts_table,
                &keys::do_not_call(number),
                When::absent(),
            );
            let dialled = self.dialled(number).await?;
            let allowed = limits.frequency.next_allowed(&dialled, now);
            if allowed > now {
                return Ok(BeginDial::TooOften(allowed));
            }
            self.remember_dial(&mut tx, Part::Dialled, number, &dialled, &call.call_id, now);
        }
        match tx.commit(&self.db).await {
            Ok(()) => Ok(BeginDial::Begun(Box::new(placing))),
            Err(NotCommitted::Refused(refused)) => Ok(why_not(refused)),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    fn take_slot(
        &self,
        tx: &mut Transaction<Part>,
        call: &Call,
        limits: &DialLimits,
        watched_until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let free = match limits.outbound {
            None => When::expression("#state = :running AND slots_in_use < concurrency_limit"),
            // Conditions cannot subtract: the limit as it was just read, and never above that of this moment.
            Some(outbound) => When::expression(
                "#state = :running AND slots_in_use < concurrency_limit AND slots_in_use < :outbound",
            )
            .value(":outbound", n(outbound)),
        };
        tx.update(
            Part::Queue,
            &self.config.system_table,
            &keys::queue_settings(),
            "ADD slots_in_use :one",
            free.name("#state", "state")
                .value(":running", s("running"))
                .value(":one", n(1)),
        );
        self.take_own_slots(
            tx,
            (Part::AgentSlots, limits.agent),
            (Part::LineSlots, limits.phone_line),
            call,
        );
        let item = slot_item(call, watched_until, now)?;
        tx.put(Part::Slot, &self.config.system_table, item, When::absent());
        Ok(())
    }

    fn check_campaign(&self, tx: &mut Transaction<Part>, campaign: &Campaign) {
        let table = &self.config.campaigns_table;
        tx.check(
            Part::Campaign,
            table,
            &keys::campaign(&campaign.campaign_id),
            When::expression("#status = :running AND rules_version = :rules")
                .name("#status", "status")
                .value(":running", s("running"))
                .value(":rules", n(campaign.rules_version)),
        );
        let free = match campaign.concurrency_limit {
            Some(limit) => {
                When::expression("attribute_not_exists(in_use) OR in_use < :limit").value(":limit", n(limit))
            }
            None => When::always(),
        };
        let slots = keys::campaign_slots(&campaign.campaign_id);
        tx.update(
            Part::CampaignSlots,
            table,
            &slots,
            "ADD in_use :one",
            free.value(":one", n(1)),
        );
    }

    /// Moves a recipient and the counts of its campaign together. `to` has the version as read.
    pub(crate) fn move_recipient<T: Copy>(
        &self,
        tx: &mut Transaction<T>,
        recipient_part: T,
        counts_part: T,
        from: RecipientStatus,
        to: &Recipient,
    ) -> Result<(), StoreError> {
        let table = &self.config.campaigns_table;
        let item = recipient_item(to, to.version + 1)?;
        tx.put(recipient_part, table, item, When::version(to.version));
        if from != to.status {
            let shard = keys::recipient_shard(&to.recipient_id) % keys::COUNTER_SHARDS;
            tx.update(
                counts_part,
                table,
                &keys::counts(&to.campaign_id, shard),
                "ADD #from :minus, #to :plus",
                When::always()
                    .name("#from", from.as_str())
                    .name("#to", to.status.as_str())
                    .value(":minus", n(-1))
                    .value(":plus", n(1)),
            );
        }
        Ok(())
    }

    /// Writes down that a call's message was sent (again) to the dial queue.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn record_enqueued(&self, id: &CallId, now: Timestamp) -> Result<(), StoreError> {
        self.update_call(id, |call| {
            let queued = call.status == switchboard_domain::CallStatus::Queued;
            call.enqueued_at = Some(now);
            queued
        })
        .await
        .map(|_| ())
    }
}

fn ended_recipient(recipient: &Recipient, event: RecipientEvent, now: Timestamp) -> Option<Recipient> {
    let mut ended = recipient.clone();
    ended.status = recipient.status.after(event).ok()?;
    ended.skip_reason = match event {
        RecipientEvent::Skipped(reason) => Some(reason),
        _ => ended.skip_reason,
    };
    ended.updated_at = now;
    Some(ended)
}

/// The reason that decides what to do next, of all that refused.
fn why_not(refused: Vec<(Part, Option<crate::item::Item>)>) -> BeginDial {
    let is = |part| refused.iter().any(|(refusing, _)| *refusing == part);
    if is(Part::Call) || is(Part::Recipient) || is(Part::Slot) {
        return BeginDial::Changed;
    }
    if is(Part::DoNotCall) {
        return BeginDial::DoNotCall;
    }
    if is(Part::Dialled) {
        return BeginDial::Changed;
    }
    if is(Part::Campaign) {
        return BeginDial::CampaignChanged;
    }
    if is(Part::CampaignSpend) {
        return BeginDial::CampaignSpent;
    }
    if is(Part::DaySpend) {
        return BeginDial::DaySpent;
    }
    let queue = refused
        .into_iter()
        .find(|(part, _)| *part == Part::Queue)
        .and_then(|(_, item)| item);
    match queue.and_then(|item| from_item::<QueueSettings>(item).ok()) {
        Some(settings) if settings.is_stopped() => BeginDial::QueueStopped,
        _ => BeginDial::NoSlot,
    }
}

impl BeginDial {
    /// The reason to skip the recipient for good, where there is one.
    pub fn skip_reason(&self) -> Option<SkipReason> {
        (*self == Self::DoNotCall).then_some(SkipReason::DoNotCall)
    }
}
