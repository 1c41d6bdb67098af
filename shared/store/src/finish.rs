//! The end of a call: call, recipient, counts, slot and statistics in one transaction.

use jiff::Timestamp;
use switchboard_domain::{
    Call, CallFacts, CallId, CallStatus, CampaignStatus, Conclusion, Ending, OutgoingEvent, Recipient,
    RetryPolicy, conclude,
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
            let Some(call) = self.find_call(id).await? else {
                return Ok(Finished::NotFound);
            };
            let (recipient, retry) = self.concerned(&call).await?;
            let before = call.clone();
            let Ok(conclusion) = conclude(call, recipient, retry.as_ref(), ending, now) else {
                return self.add_late_facts(before, ending).await;
            };
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

    /// The recipient of a call, and the policy for calling it again.
    async fn concerned(&self, call: &Call) -> Result<(Option<Recipient>, Option<RetryPolicy>), StoreError> {
        let (Some(campaign_id), Some(recipient_id)) = (&call.campaign_id, &call.recipient_id) else {
            return Ok((None, None));
        };
        let campaign = self.find_campaign(campaign_id).await?;
        let policy = campaign
            .filter(|c| c.status != CampaignStatus::Cancelled)
            .map(|c| c.retry);
        Ok((self.find_recipient(campaign_id, recipient_id).await?, policy))
    }

    /// An ending that came after the end can still carry what was missing then.
    async fn add_late_facts(&self, before: Call, ending: &Ending) -> Result<Finished, StoreError> {
        let Ending::Ended { facts, .. } = ending else {
            return Ok(Finished::Before(Box::new(before)));
        };
        match self
            .update_call(&before.call_id, |call| take_late_facts(call, facts))
            .await?
        {
            UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) => Ok(Finished::Before(call)),
            UpdateOutcome::NotFound => Ok(Finished::NotFound),
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
        self.count_call(&mut tx, Part::Stats, call);
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

fn take_late_facts(call: &mut Call, facts: &CallFacts) -> bool {
    if !call.status.is_final() || call.status == CallStatus::Cancelled {
        return false;
    }
    let before = call.clone();
    call.take_facts(facts);
    *call != before
}
