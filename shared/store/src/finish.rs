//! The end of a call: call, recipient, counts, slot and statistics in one transaction.

use jiff::Timestamp;
use switchboard_domain::{
    Call, CallFacts, CallId, CallOrigin, CallStatus, Callback, Campaign, CampaignStatus, Conclusion,
    Disclosure, Ending, OutgoingEvent, Recipient, RecordingState, conclude, late_callback,
};

use crate::calls::call_item;
use crate::item::s;
use crate::recordings_due::due_item;
use crate::slots::{CountedBy, Hold};
use crate::transaction::{NotCommitted, Transaction, When};
use crate::{Store, StoreError, UpdateOutcome, keys};

/// How often an ending is tried again when somebody else changed the call meanwhile.
const MAX_RACES: u32 = 10;

/// What became of an ending.
#[derive(Debug, Clone, PartialEq)]
pub enum Finished {
    /// It is written.
    Now(Box<Call>),
    /// The call was over already; nothing changed.
    Before(Box<Call>),
    /// There is no such call.
    NotFound,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Call,
    Recipient,
    Counts,
    Slot,
    Queue,
    CampaignSlots,
    Stats,
    RecordingDue,
    Dialled,
    CampaignSpend,
    DaySpend,
    AgentSlots,
    LineSlots,
    Event,
    Campaign,
    Callback,
}

const COUNTED: CountedBy<Part> = CountedBy {
    queue: Part::Queue,
    agent: Part::AgentSlots,
    line: Part::LineSlots,
};

impl Store {
    /// Brings a call to its end, once: a repeated, late or early ending changes nothing.
    ///
    /// The transcript, where there is one, is written before (`put_transcript`).
    ///
    /// # Errors
    /// When the tables do not answer. Then nothing is written, and it may be done again.
    pub async fn finish_call(
        &self,
        id: &CallId,
        ending: &Ending,
        now: Timestamp,
    ) -> Result<Finished, StoreError> {
        // Its future is as large as all that it reads: whoever waits for it need not hold it within.
        Box::pin(self.finish_call_with(id, ending, now, |_| {})).await
    }

    /// Brings a call to its end with a change to it that is written in the same transaction.
    pub(crate) async fn finish_call_with(
        &self,
        id: &CallId,
        ending: &Ending,
        now: Timestamp,
        mut change: impl FnMut(&mut Call),
    ) -> Result<Finished, StoreError> {
        for _ in 0..MAX_RACES {
            let Some(mut call) = self.find_call(id).await? else {
                return Ok(Finished::NotFound);
            };
            let (recipient, campaign) = self.concerned(&call).await?;
            let before = call.clone();
            let asked = campaign
                .as_ref()
                .and_then(|campaign| campaign.rules.disclosure.as_ref());
            if let Ending::Ended { facts, .. } = ending {
                call.judge_disclosure(asked, facts);
            }
            let goes_on = campaign
                .as_ref()
                .filter(|campaign| campaign.status != CampaignStatus::Cancelled);
            let Ok(mut conclusion) = conclude(call, recipient, goes_on, ending, now) else {
                return self.add_late_facts(before, asked, ending, now).await;
            };
            change(&mut conclusion.call);
            conclusion.recording_due &= conclusion.call.recording.state == RecordingState::Pending;
            // Before the end is written: whoever writes it again after a crash does this again as well.
            self.keep_opt_out(&conclusion.call, campaign.as_ref(), now)
                .await?;
            let hold = self.hold_freed_by(&conclusion).await?;
            if let Hold::LineFree { since } = hold {
                let hung_up_at = &mut conclusion.call.hung_up_at;
                *hung_up_at = hung_up_at.or(since);
            }
            let events = self.wanted_events().await?.conclusion(&conclusion);
            let callback = self.callback_after(&conclusion.call).await?;
            match self
                .write_conclusion(&conclusion, callback.as_ref(), &events, hold)
                .await
            {
                Ok(()) => {
                    self.announce(&events).await;
                    self.observe_end(&conclusion.call);
                    self.end_if_opted_out(&conclusion, now).await;
                    return Ok(Finished::Now(Box::new(conclusion.call)));
                }
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    /// The recipient of a call, and its campaign.
    async fn concerned(&self, call: &Call) -> Result<(Option<Recipient>, Option<Campaign>), StoreError> {
        let (Some(campaign_id), Some(recipient_id)) = (&call.campaign_id, &call.recipient_id) else {
            return Ok((None, None));
        };
        let campaign = self.find_campaign(campaign_id).await?;
        Ok((self.find_recipient(campaign_id, recipient_id).await?, campaign))
    }

    /// An ending that came after the end can still carry what was missing then.
    async fn add_late_facts(
        &self,
        before: Call,
        asked: Option<&Disclosure>,
        ending: &Ending,
        now: Timestamp,
    ) -> Result<Finished, StoreError> {
        let Ending::Ended { facts, .. } = ending else {
            return Ok(Finished::Before(Box::new(before)));
        };
        let mut after = before.clone();
        let is_news = take_late_facts(&mut after, asked, facts);
        let (recipient, campaign) = self.concerned(&after).await?;
        if !is_news {
            // Whoever wrote it may have died before the next step.
            if let (Some(recipient), Some(campaign)) = (recipient, campaign) {
                self.keep_callback(&before, recipient, &campaign, now).await?;
            }
            return Ok(Finished::Before(Box::new(before)));
        }
        // Before it is written: whoever writes it again after a crash does this again as well.
        self.keep_opt_out(&after, campaign.as_ref(), now).await?;
        match self
            .update_call(&before.call_id, |call| take_late_facts(call, asked, facts))
            .await?
        {
            UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) => {
                if let (Some(recipient), Some(campaign)) = (recipient, campaign) {
                    self.keep_callback(&call, recipient, &campaign, now).await?;
                }
                Ok(Finished::Before(call))
            }
            UpdateOutcome::NotFound => Ok(Finished::NotFound),
        }
    }

    /// Lets a person who was reached wait for the time that they named, when that is known only after the end.
    async fn keep_callback(
        &self,
        call: &Call,
        recipient: Recipient,
        campaign: &Campaign,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let running = campaign.status == CampaignStatus::Running;
        let Some(waiting) = late_callback(call, &recipient, campaign, now).filter(|_| running) else {
            return Ok(());
        };
        let mut tx = Transaction::new();
        self.move_recipient(&mut tx, Part::Recipient, Part::Counts, recipient.status, &waiting)?;
        // A campaign that completes in this moment would never call them.
        tx.check(
            Part::Campaign,
            &self.config.campaigns_table,
            &keys::campaign(&campaign.campaign_id),
            When::expression("#status = :running")
                .name("#status", "status")
                .value(":running", s("running")),
        );
        match tx.commit(&self.db).await {
            // Somebody else moved the recipient meanwhile: it is not ours any more.
            Ok(()) | Err(NotCommitted::Refused(_)) => Ok(()),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    /// How the call that ends holds its slot.
    async fn hold_freed_by(&self, conclusion: &Conclusion) -> Result<Hold, StoreError> {
        if !conclusion.frees_slot {
            return Ok(Hold::None);
        }
        let call = &conclusion.call;
        let hold = self.hold_of(&call.call_id).await?;
        if hold == Hold::None && call.origin != CallOrigin::Reception {
            // The slot was freed before, which must not keep the call from ending.
            tracing::error!(call.id = %call.call_id, "a live call held no slot");
        }
        Ok(hold)
    }

    async fn write_conclusion(
        &self,
        conclusion: &Conclusion,
        callback: Option<&Callback>,
        events: &[OutgoingEvent],
        hold: Hold,
    ) -> Result<(), StoreError> {
        let mut tx = self.conclusion(conclusion, events, hold)?;
        self.move_callback(&mut tx, Part::Callback, callback)?;
        Ok(tx.commit(&self.db).await?)
    }

    fn conclusion(
        &self,
        conclusion: &Conclusion,
        events: &[OutgoingEvent],
        hold: Hold,
    ) -> Result<Transaction<Part>, StoreError> {
        let call = &conclusion.call;
        let mut tx = Transaction::new();
        let item = call_item(call, call.version + 1)?;
        tx.put(
            Part::Call,
            &self.config.calls_table,
            item,
            When::version(call.version),
        );
        if let Some((from, recipient)) = &conclusion.recipient {
            self.move_recipient(&mut tx, Part::Recipient, Part::Counts, *from, recipient)?;
        }
        self.free_slot(&mut tx, call, hold);
        if let Some(reserved) = call.reserved_micros {
            let parts = (Part::CampaignSpend, Part::DaySpend);
            let cost = call.cost_micros(reserved);
            match conclusion.frees_slot {
                true => {
                    let at = call.placing_at.unwrap_or(call.created_at);
                    self.settle(&mut tx, parts, call.campaign_id.as_ref(), at, reserved, cost);
                }
                // It was settled as never placed, at no cost, and took place all the same.
                false => self.correct_cost(&mut tx, parts, call, i128::from(cost)),
            }
        }
        self.count_call(&mut tx, Part::Stats, call);
        self.measure_end(&mut tx, Part::Stats, call);
        match (&call.phone_number, call.placing_at) {
            (Some(number), _) if call.status == CallStatus::NotPlaced => {
                self.forget_dial(&mut tx, Part::Dialled, number, &call.call_id);
            }
            // It was thought never to have been placed, and the person was called all the same.
            (Some(number), Some(at)) if !conclusion.frees_slot => {
                self.recall_dial(&mut tx, Part::Dialled, number, &call.call_id, at);
            }
            _ => {}
        }
        if conclusion.recording_due {
            let item = due_item(call)?;
            tx.put(
                Part::RecordingDue,
                &self.config.system_table,
                item,
                When::always(),
            );
        }
        self.put_events(&mut tx, Part::Event, events)?;
        Ok(tx)
    }

    fn free_slot(&self, tx: &mut Transaction<Part>, call: &Call, hold: Hold) {
        let as_read = match hold {
            Hold::Counted => "attribute_exists(pk) AND attribute_not_exists(line_free_at)",
            Hold::LineFree { .. } => "attribute_exists(line_free_at)",
            Hold::None => return,
        };
        let (system, key) = (&self.config.system_table, keys::slot(&call.call_id));
        tx.delete(Part::Slot, system, &key, When::expression(as_read));
        if hold == Hold::Counted {
            self.count_no_more(tx, COUNTED, call);
        }
        let in_use = if hold == Hold::Counted { -1 } else { 0 };
        self.change_campaign_slots(tx, Part::CampaignSlots, call, in_use, 1);
    }
}

fn take_late_facts(call: &mut Call, asked: Option<&Disclosure>, facts: &CallFacts) -> bool {
    if !call.status.is_final() || call.status == CallStatus::Cancelled {
        return false;
    }
    let before = call.clone();
    call.judge_disclosure(asked, facts);
    call.take_facts(facts);
    *call != before
}
