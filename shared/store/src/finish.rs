//! The end of a call: call, recipient, counts, slot and statistics in one transaction.

use jiff::Timestamp;
use switchboard_domain::{
    Call, CallFacts, CallId, CallStatus, Campaign, CampaignStatus, Conclusion, Disclosure, DoNotCallEntry,
    Ending, OutgoingEvent, Recipient, Wishes, conclude, late_callback,
};

use crate::calls::call_item;
use crate::item::n;
use crate::recordings_due::due_item;
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
}

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
            let Ok(conclusion) = conclude(call, recipient, goes_on, ending, now) else {
                return self.add_late_facts(before, asked, ending, now).await;
            };
            // Before the end is written: whoever writes it again after a crash does this again as well.
            self.keep_opt_out(&conclusion.call, campaign.as_ref(), now)
                .await?;
            let events = self.wanted_events().await?.conclusion(&conclusion);
            match self.write_conclusion(&conclusion, &events).await {
                Ok(()) => {
                    self.announce(&events).await;
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

    /// Puts the number onto the do-not-call list when the person said so in the call.
    async fn keep_opt_out(
        &self,
        call: &Call,
        campaign: Option<&Campaign>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let own = Wishes::default();
        let wishes = campaign.map_or(&own, |campaign| &campaign.rules.wishes);
        let Some(number) = call
            .phone_number
            .as_ref()
            .filter(|_| wishes.opts_out(&call.results))
        else {
            return Ok(());
        };
        let entry = DoNotCallEntry {
            phone_number: number.clone(),
            source: "call".to_owned(),
            note: Some(format!("The person said so in the call {}.", call.call_id)),
            added_at: now,
        };
        if self.add_do_not_call(&entry).await? {
            tracing::info!(call.id = %call.call_id, "a person opted out in a call");
        }
        Ok(())
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
        if !take_late_facts(&mut after, asked, facts) {
            return Ok(Finished::Before(Box::new(before)));
        }
        let (recipient, campaign) = self.concerned(&after).await?;
        // Only when it is new: a repeat must not undo that somebody took the number off the list since.
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
        match tx.commit(&self.db).await {
            // Somebody else moved the recipient meanwhile: it is not ours any more.
            Ok(()) | Err(NotCommitted::Refused(_)) => Ok(()),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    async fn write_conclusion(
        &self,
        conclusion: &Conclusion,
        events: &[OutgoingEvent],
    ) -> Result<(), StoreError> {
        match self
            .conclusion(conclusion, events, conclusion.frees_slot)?
            .commit(&self.db)
            .await
        {
            // The slot was freed before, which must not keep the call from ending.
            Err(NotCommitted::Refused(refused)) if refused.iter().all(|(part, _)| *part == Part::Slot) => {
                tracing::error!(call.id = %conclusion.call.call_id, "a live call held no slot");
                Ok(self
                    .conclusion(conclusion, events, false)?
                    .commit(&self.db)
                    .await?)
            }
            other => Ok(other?),
        }
    }

    fn conclusion(
        &self,
        conclusion: &Conclusion,
        events: &[OutgoingEvent],
        frees_slot: bool,
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
        if frees_slot {
            self.free_slot(&mut tx, call);
        }
        // A late ending of a call that was settled as never placed settles nothing again.
        if let (true, Some(reserved)) = (conclusion.frees_slot, call.reserved_micros) {
            let parts = (Part::CampaignSpend, Part::DaySpend);
            let at = call.placing_at.unwrap_or(call.created_at);
            let cost = cost_micros(call, reserved);
            self.settle(&mut tx, parts, call.campaign_id.as_ref(), at, reserved, cost);
        }
        self.count_call(&mut tx, Part::Stats, call);
        if let (CallStatus::NotPlaced, Some(number)) = (call.status, &call.phone_number) {
            self.forget_dial(&mut tx, Part::Dialled, number, &call.call_id);
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

    fn free_slot(&self, tx: &mut Transaction<Part>, call: &Call) {
        let system = &self.config.system_table;
        tx.delete(Part::Slot, system, &keys::slot(&call.call_id), When::present());
        self.free_own_slots(tx, Part::AgentSlots, Part::LineSlots, call);
        let minus_one = || When::always().value(":minus", n(-1));
        tx.update(
            Part::Queue,
            system,
            &keys::queue_settings(),
            "ADD slots_in_use :minus",
            minus_one(),
        );
        if let Some(campaign) = &call.campaign_id {
            let slots = keys::campaign_slots(campaign);
            let table = &self.config.campaigns_table;
            tx.update(
                Part::CampaignSlots,
                table,
                &slots,
                "ADD in_use :minus",
                minus_one(),
            );
        }
    }
}

/// What a call did cost, in millionths of a US dollar: what the provider says, else what was reserved for it,
/// which is the most that it can have been.
fn cost_micros(call: &Call, reserved: u64) -> u64 {
    if call.status == CallStatus::NotPlaced {
        return 0;
    }
    match call.results.cost_usd {
        // Costs are cents to dollars: nothing is lost in the conversion.
        Some(usd) if usd.is_finite() && usd >= 0.0 => (usd * 1_000_000.0).ceil() as u64,
        _ => reserved,
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
