//! Slots: leases tied to evidence. Taken in the write that begins a dial (`begin_dial`), given back
//! in the write that ends the call (`finish_call`); in between whoever watches the call extends them.

use jiff::Timestamp;
use switchboard_domain::{
    AgentId, Call, CallEvent, CallFacts, CallId, CallStatus, ProviderId, Recipient, RecipientEvent,
    SlotHolder,
};

use crate::calls::call_item;
use crate::error::if_it_held;
use crate::item::{Item, from_item, n, number, s, to_item};
use crate::spend::SpendLimits;
use crate::transaction::{NotCommitted, Transaction, When};
use crate::{Store, StoreError, keys};

/// How often a re-admission is tried again when somebody else was faster.
const MAX_RACES: u32 = 10;

/// What became of giving a slot back to a call that was thought never to have happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Readmitted {
    /// It holds a slot again and is in progress.
    Yes(Box<Call>),
    /// It is not `not_placed` any more.
    Moved(Box<Call>),
    /// There is no such call.
    NotFound,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Call,
    Recipient,
    Counts,
    Queue,
    Slot,
    CampaignSlots,
    Dialled,
    AgentSlots,
    LineSlots,
    CampaignSpend,
    DaySpend,
}

/// How a call holds its slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Hold {
    /// It counts as a call in progress.
    Counted,
    /// Its line is free again, so it counts no more; whoever watches it still does.
    LineFree {
        /// Since when; none: a time that nobody can read.
        since: Option<Timestamp>,
    },
    /// Not at all.
    None,
}

/// The parts of a transaction that take a call off the counts of calls in progress.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CountedBy<T> {
    pub(crate) queue: T,
    pub(crate) agent: T,
    pub(crate) line: T,
}

const COUNTED: CountedBy<Part> = CountedBy {
    queue: Part::Queue,
    agent: Part::AgentSlots,
    line: Part::LineSlots,
};

pub(crate) fn slot_item(call: &Call, watched_until: Timestamp, now: Timestamp) -> Result<Item, StoreError> {
    let mut item = to_item(&SlotHolder {
        call_id: call.call_id.clone(),
        campaign_id: call.campaign_id.clone(),
        since: now,
        watched_until,
        line_free_at: None,
    })?;
    keys::slot(&call.call_id).put_into(&mut item);
    // Compared by the table, which knows no times.
    item.insert("watched_until_ms".into(), n(watched_until.as_millisecond()));
    Ok(item)
}

impl Store {
    /// Counts a call that begins at its agent and its line, each below its limit where there is one.
    pub(crate) fn take_own_slots<T: Copy>(
        &self,
        tx: &mut Transaction<T>,
        agent: (T, Option<u32>),
        line: (T, Option<u32>),
        call: &Call,
    ) {
        let mut take = |(part, limit): (T, Option<u32>), key: &keys::Key| {
            let free = match limit {
                Some(limit) => When::expression("attribute_not_exists(in_use) OR in_use < :limit")
                    .value(":limit", n(limit)),
                None => When::always(),
            };
            let table = &self.config.system_table;
            tx.update(part, table, key, "ADD in_use :one", free.value(":one", n(1)));
        };
        if let Some(id) = &call.agent_id {
            take(agent, &keys::agent_slots(id));
        }
        if let Some(id) = &call.phone_line_id {
            take(line, &keys::line_slots(id));
        }
    }

    /// Takes a call off the counts of calls in progress of the queue, its agent and its line.
    pub(crate) fn count_no_more<T: Copy>(&self, tx: &mut Transaction<T>, parts: CountedBy<T>, call: &Call) {
        let system = &self.config.system_table;
        let mut less = |part: T, table: &str, key: &keys::Key, change: &str| {
            tx.update(part, table, key, change, When::always().value(":minus", n(-1)));
        };
        let queue = keys::queue_settings();
        less(parts.queue, system, &queue, "ADD slots_in_use :minus");
        if let Some(id) = &call.agent_id {
            less(parts.agent, system, &keys::agent_slots(id), "ADD in_use :minus");
        }
        if let Some(id) = &call.phone_line_id {
            less(parts.line, system, &keys::line_slots(id), "ADD in_use :minus");
        }
    }

    /// Changes how many calls of a call's campaign are in progress, and how many have ended.
    pub(crate) fn change_campaign_slots<T: Copy>(
        &self,
        tx: &mut Transaction<T>,
        part: T,
        call: &Call,
        in_use: i64,
        ended: i64,
    ) {
        let Some(campaign) = &call.campaign_id else {
            return;
        };
        tx.update(
            part,
            &self.config.campaigns_table,
            &keys::campaign_slots(campaign),
            "ADD in_use :in_use, ended :ended",
            When::always()
                .value(":in_use", n(in_use))
                .value(":ended", n(ended)),
        );
    }

    /// Gives back what a call holds of the slots when its line is free again, although the provider still works on
    /// the call: somebody else may be called. Whoever watches the call goes on. Answers whether it held any.
    ///
    /// # Errors
    /// When the tables do not answer.
    pub async fn free_line(&self, call: &Call, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = Transaction::new();
        let counted = When::expression("attribute_exists(pk) AND attribute_not_exists(line_free_at)");
        tx.update(
            Part::Slot,
            &self.config.system_table,
            &keys::slot(&call.call_id),
            "SET line_free_at = :now",
            counted.value(":now", s(now.to_string())),
        );
        self.count_no_more(&mut tx, COUNTED, call);
        self.change_campaign_slots(&mut tx, Part::CampaignSlots, call, -1, 0);
        match tx.commit(&self.db).await {
            Ok(()) => Ok(true),
            Err(NotCommitted::Refused(_)) => Ok(false),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    /// How a call holds its slot now.
    pub(crate) async fn hold_of(&self, call: &CallId) -> Result<Hold, StoreError> {
        let item = self
            .find_item(&self.config.system_table, &keys::slot(call))
            .await?;
        let Some(item) = item else {
            return Ok(Hold::None);
        };
        Ok(match item.get("line_free_at") {
            Some(since) => Hold::LineFree {
                since: since.as_s().ok().and_then(|since| since.parse().ok()),
            },
            None => Hold::Counted,
        })
    }

    /// Calls of this agent and of calls from this line that are in progress.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn own_slots(&self, agent: &AgentId, line: &ProviderId) -> Result<(u64, u64), StoreError> {
        let in_use = async |key: keys::Key| {
            let item = self.find_item(&self.config.system_table, &key).await?;
            let count = item.map(|item| number(&item, "in_use")).unwrap_or_default();
            Ok::<_, StoreError>(u64::try_from(count).unwrap_or_default())
        };
        Ok((
            in_use(keys::agent_slots(agent)).await?,
            in_use(keys::line_slots(line)).await?,
        ))
    }

    /// The calls that hold a slot now.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn slot_holders(&self) -> Result<Vec<SlotHolder>, StoreError> {
        let items = self.partition(&self.config.system_table, "SLOTS", "").await?;
        items.into_iter().map(from_item).collect()
    }

    /// Says that the call of a slot is watched until `until`. Answers false when it holds none any
    /// more: the call is over.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn keep_slot(&self, call: &CallId, until: Timestamp) -> Result<bool, StoreError> {
        self.extend_slot(call, until, "attribute_exists(pk)", None).await
    }

    /// Takes over the watch of a call that nobody watches at `now`. Answers whether it was free.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn take_over_slot(
        &self,
        call: &CallId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.extend_slot(call, until, "watched_until_ms <= :now", Some(now))
            .await
    }

    async fn extend_slot(
        &self,
        call: &CallId,
        until: Timestamp,
        condition: &str,
        now: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let mut update = self
            .db
            .update_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::slot(call).item()))
            .update_expression("SET watched_until = :until, watched_until_ms = :until_ms")
            .condition_expression(condition)
            .expression_attribute_values(":until", s(until.to_string()))
            .expression_attribute_values(":until_ms", n(until.as_millisecond()));
        if let Some(now) = now {
            update = update.expression_attribute_values(":now", n(now.as_millisecond()));
        }
        Ok(if_it_held(update.send().await, "UpdateItem")?.is_some())
    }

    /// Gives a slot back to a call that was thought never to have happened and is live: above the
    /// limit if need be, because the call is a fact. Its recipient is `calling` again, whatever it
    /// waited for meanwhile.
    ///
    /// # Errors
    /// When the tables do not answer.
    pub async fn readmit_call(
        &self,
        id: &CallId,
        facts: &CallFacts,
        watched_until: Timestamp,
        now: Timestamp,
    ) -> Result<Readmitted, StoreError> {
        for _ in 0..MAX_RACES {
            let Some(call) = self.find_call(id).await? else {
                return Ok(Readmitted::NotFound);
            };
            let Ok(status) = call.status.after(CallEvent::FoundLive) else {
                return Ok(Readmitted::Moved(Box::new(call)));
            };
            let live = live_again(&call, status, facts, now);
            let tx = self.readmission(&call, &live, watched_until, now).await?;
            match tx.commit(&self.db).await {
                Ok(()) => return Ok(Readmitted::Yes(Box::new(live))),
                Err(NotCommitted::Refused(_)) => {}
                Err(NotCommitted::Failed(error)) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    async fn readmission(
        &self,
        before: &Call,
        live: &Call,
        watched_until: Timestamp,
        now: Timestamp,
    ) -> Result<Transaction<Part>, StoreError> {
        let mut tx = Transaction::new();
        let item = call_item(live, live.version)?;
        let calls = &self.config.calls_table;
        tx.put(Part::Call, calls, item, When::version(before.version));
        let system = &self.config.system_table;
        tx.put(
            Part::Slot,
            system,
            slot_item(live, watched_until, now)?,
            When::absent(),
        );
        let plus_one = || When::always().value(":one", n(1));
        tx.update(
            Part::Queue,
            system,
            &keys::queue_settings(),
            "ADD slots_in_use :one",
            plus_one(),
        );
        self.take_own_slots(&mut tx, (Part::AgentSlots, None), (Part::LineSlots, None), live);
        if let (Some(number), Some(at)) = (&live.phone_number, live.placing_at) {
            self.recall_dial(&mut tx, Part::Dialled, number, &live.call_id, at);
        }
        if let Some(reserve) = live.reserved_micros {
            // Settled at no cost when it was given up; above the caps if need be.
            let without_caps = SpendLimits {
                reserve,
                ..SpendLimits::default()
            };
            let parts = (Part::CampaignSpend, Part::DaySpend);
            let at = live.placing_at.unwrap_or(live.created_at);
            self.reserve(&mut tx, parts, live.campaign_id.as_ref(), &without_caps, at);
        }
        let (Some(campaign), Some(recipient)) = (&live.campaign_id, &live.recipient_id) else {
            return Ok(tx);
        };
        tx.update(
            Part::CampaignSlots,
            &self.config.campaigns_table,
            &keys::campaign_slots(campaign),
            "ADD in_use :one",
            plus_one(),
        );
        if let Some(recipient) = self.find_recipient(campaign, recipient).await?
            && let Some(calling) = calling_again(&recipient, live, now)
        {
            self.move_recipient(&mut tx, Part::Recipient, Part::Counts, recipient.status, &calling)?;
        }
        Ok(tx)
    }
}

fn live_again(call: &Call, status: CallStatus, facts: &CallFacts, now: Timestamp) -> Call {
    let mut live = call.clone();
    live.status = status;
    live.conversation_id.clone_from(&facts.conversation_id);
    live.carrier_call_id = facts.carrier_call_id.clone().or(live.carrier_call_id);
    live.started_at = facts.started_at.or(live.started_at);
    live.ended_at = None;
    live.failure = None;
    live.results_complete = false;
    live.recording = switchboard_domain::Recording::default();
    live.updated_at = now;
    live.version = call.version + 1;
    live
}

fn calling_again(recipient: &Recipient, call: &Call, now: Timestamp) -> Option<Recipient> {
    let mut calling = recipient.clone();
    calling.status = recipient.status.after(RecipientEvent::FoundLive).ok()?;
    calling.call_id = Some(call.call_id.clone());
    calling.updated_at = now;
    Some(calling)
}
