//! Recipients, laid across shards.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use switchboard_domain::{
    CallEvent, CampaignId, OutgoingEvent, Recipient, RecipientEvent, RecipientId, RecipientStatus,
};

use crate::calls::call_item;
use crate::error::unavailable;
use crate::event_outbox::Wanted;
use crate::item::{Item, from_item, n, s, to_item};
use crate::transaction::{MAX_ITEMS, NotCommitted, Transaction, When};
use crate::{Cursor, Page, Store, StoreError, keys};

/// What became of adding recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AddedRecipients {
    /// New ones.
    pub added: u64,
    /// Those the campaign had already.
    pub present: u64,
}

/// The whole item of a recipient, with version `version`.
pub(crate) fn recipient_item(recipient: &Recipient, version: u64) -> Result<Item, StoreError> {
    let (campaign, id, status) = (&recipient.campaign_id, &recipient.recipient_id, recipient.status);
    let mut item = to_item(recipient)?;
    keys::recipient(campaign, id).put_into(&mut item);
    let order = if status == RecipientStatus::Pending {
        s(pending_sort(recipient.band(), recipient.due_at, id.as_str()))
    } else {
        keys::time_and(recipient.updated_at, id.as_str())
    };
    item.insert(
        "state_key".into(),
        s(keys::recipient_state(campaign, status, keys::recipient_shard(id))),
    );
    item.insert("state_sort".into(), order);
    item.insert("version".into(), n(version));
    // One who was erased is found by no number.
    if !recipient.phone_number.is_erased() {
        item.insert("person_number".into(), s(recipient.phone_number.as_str()));
    }
    Ok(item)
}

/// Sort key of a recipient that waits: by priority, then by when it is due.
fn pending_sort(band: u8, due_at: Timestamp, id: &str) -> String {
    format!("{}#{}#{id}", 9 - band.min(9), keys::time(due_at))
}

/// Where everybody is of whom no priority is said.
const ORDINARY_BAND: u8 = 5;

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Recipient(usize),
    Call,
    Counts,
    Event,
}

impl Store {
    /// Adds recipients to a campaign and counts them, each once however often it is added.
    ///
    /// # Errors
    /// When the table does not answer. Some may be added then; adding all of them again is safe.
    pub async fn add_recipients(
        &self,
        campaign: &CampaignId,
        recipients: Vec<Recipient>,
    ) -> Result<AddedRecipients, StoreError> {
        let mut by_counter: BTreeMap<u64, Vec<Recipient>> = BTreeMap::new();
        let mut seen = std::collections::HashSet::new();
        let mut result = AddedRecipients::default();
        let bands: BTreeSet<u8> = recipients.iter().map(Recipient::band).collect();
        self.note_bands(campaign, &bands).await?;
        for recipient in recipients {
            if seen.insert(recipient.recipient_id.clone()) {
                let shard = keys::recipient_shard(&recipient.recipient_id) % keys::COUNTER_SHARDS;
                by_counter.entry(shard).or_default().push(recipient);
            } else {
                result.present += 1;
            }
        }
        for (shard, recipients) in by_counter {
            for group in recipients.chunks(MAX_ITEMS - 1) {
                let added = self.add_group(campaign, shard, group).await?;
                result.added += added;
                result.present += group.len() as u64 - added;
            }
        }
        Ok(result)
    }

    /// Adds recipients that share a counter; those that are there already are left out and the rest
    /// is tried again.
    async fn add_group(
        &self,
        campaign: &CampaignId,
        shard: u64,
        group: &[Recipient],
    ) -> Result<u64, StoreError> {
        let mut left: Vec<usize> = (0..group.len()).collect();
        while !left.is_empty() {
            let mut tx = Transaction::new();
            let mut counts: BTreeMap<&str, i64> = BTreeMap::from([("total", left.len() as i64)]);
            for &index in &left {
                let item = recipient_item(&group[index], group[index].version)?;
                tx.put(
                    Part::Recipient(index),
                    &self.config.campaigns_table,
                    item,
                    When::absent(),
                );
                *counts.entry(group[index].status.as_str()).or_default() += 1;
            }
            self.count(&mut tx, campaign, shard, &counts);
            match tx.commit(&self.db).await {
                Ok(()) => return Ok(left.len() as u64),
                Err(NotCommitted::Refused(refused)) => {
                    left.retain(|index| refused.iter().all(|(part, _)| *part != Part::Recipient(*index)));
                }
                Err(NotCommitted::Failed(error)) => return Err(error),
            }
        }
        Ok(0)
    }

    fn count(
        &self,
        tx: &mut Transaction<Part>,
        campaign: &CampaignId,
        shard: u64,
        counts: &BTreeMap<&str, i64>,
    ) {
        let mut when = When::always();
        let mut adds = Vec::new();
        for (index, (name, count)) in counts.iter().enumerate() {
            when = when
                .name(&format!("#n{index}"), name)
                .value(&format!(":n{index}"), n(count));
            adds.push(format!("#n{index} :n{index}"));
        }
        let key = keys::counts(campaign, shard);
        tx.update(
            Part::Counts,
            &self.config.campaigns_table,
            &key,
            &format!("ADD {}", adds.join(", ")),
            when,
        );
    }

    /// The recipient with this id, as it is at this moment.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_recipient(
        &self,
        campaign: &CampaignId,
        id: &RecipientId,
    ) -> Result<Option<Recipient>, StoreError> {
        self.find(&self.config.campaigns_table, &keys::recipient(campaign, id))
            .await
    }

    /// The recipient as it was a moment ago, for half the price: for whoever writes on condition of what was read.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn glance_at_recipient(
        &self,
        campaign: &CampaignId,
        id: &RecipientId,
    ) -> Result<Option<Recipient>, StoreError> {
        self.glance(&self.config.campaigns_table, &keys::recipient(campaign, id))
            .await
    }

    /// Notes which priorities a campaign's recipients have, before they are there: where nobody is, nobody
    /// is looked for.
    async fn note_bands(&self, campaign: &CampaignId, bands: &BTreeSet<u8>) -> Result<(), StoreError> {
        let others: Vec<String> = bands
            .iter()
            .filter(|band| **band != ORDINARY_BAND)
            .map(ToString::to_string)
            .collect();
        if others.is_empty() {
            return Ok(());
        }
        self.db
            .update_item()
            .table_name(&self.config.campaigns_table)
            .set_key(Some(keys::bands(campaign).item()))
            .update_expression("ADD bands :bands")
            .expression_attribute_values(":bands", AttributeValue::Ns(others))
            .send()
            .await
            .map_err(unavailable("DynamoDB", "UpdateItem"))?;
        Ok(())
    }

    /// The priorities of a campaign's recipients, the highest first.
    async fn bands(&self, campaign: &CampaignId) -> Result<Vec<u8>, StoreError> {
        let noted = self
            .find_item(&self.config.campaigns_table, &keys::bands(campaign))
            .await?;
        let numbers = noted.and_then(|item| item.get("bands")?.as_ns().ok().cloned());
        let others = numbers.unwrap_or_default();
        let mut bands: BTreeSet<u8> = others.iter().filter_map(|band| band.parse().ok()).collect();
        bands.insert(ORDINARY_BAND);
        Ok(bands.into_iter().rev().collect())
    }

    /// Pending recipients that are due, at most `limit`: those of a higher priority first, beginning with
    /// shard `first_shard` so that no shard is always last. Reads an index: read each one again before
    /// acting on it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn due_recipients(
        &self,
        campaign: &CampaignId,
        now: Timestamp,
        first_shard: u64,
        limit: usize,
    ) -> Result<Vec<Recipient>, StoreError> {
        let mut due = Vec::new();
        let bands = self.bands(campaign).await?;
        let places = bands
            .iter()
            .flat_map(|band| (0..keys::SHARDS).map(move |offset| (band, offset)));
        for (band, offset) in places {
            if due.len() >= limit {
                break;
            }
            let shard = (first_shard + offset) % keys::SHARDS;
            let answer = self
                .db
                .query()
                .table_name(&self.config.campaigns_table)
                .index_name("by-state")
                .key_condition_expression("state_key = :state AND state_sort BETWEEN :band AND :now")
                .expression_attribute_values(
                    ":state",
                    s(keys::recipient_state(campaign, RecipientStatus::Pending, shard)),
                )
                .expression_attribute_values(":band", s(format!("{}#", 9 - band)))
                .expression_attribute_values(":now", s(pending_sort(*band, now, "~")))
                .limit(i32::try_from(limit - due.len()).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(unavailable("DynamoDB", "Query"))?;
            for item in answer.items.unwrap_or_default() {
                due.push(from_item(item)?);
            }
        }
        Ok(due)
    }

    /// Lets a recipient that waits be due at another moment. Answers whether it still waited as it was read.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_off(
        &self,
        recipient: &Recipient,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut later = recipient.clone();
        if later.status != RecipientStatus::Pending {
            return Ok(false);
        }
        (later.due_at, later.updated_at) = (due_at, now);
        let item = recipient_item(&later, recipient.version + 1)?;
        match self
            .put_if_version(&self.config.campaigns_table, item, recipient.version)
            .await
        {
            Ok(()) => Ok(true),
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Recipients of a campaign, of one status or of all.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_recipients(
        &self,
        campaign: &CampaignId,
        status: Option<RecipientStatus>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Recipient>, StoreError> {
        let mut items = Vec::new();
        let mut at = cursor.cloned().unwrap_or_else(|| Cursor::at_part(0));
        while at.part < keys::SHARDS {
            let wanted = (limit as usize).saturating_sub(items.len());
            if wanted == 0 {
                return Ok(Page {
                    items,
                    next: Some(at),
                });
            }
            let query = self.db.query().table_name(&self.config.campaigns_table);
            let query = match status {
                Some(status) => query
                    .index_name("by-state")
                    .key_condition_expression("state_key = :part")
                    .expression_attribute_values(
                        ":part",
                        s(keys::recipient_state(campaign, status, at.part)),
                    ),
                None => query
                    .key_condition_expression("pk = :part")
                    .expression_attribute_values(":part", s(keys::recipients(campaign, at.part))),
            };
            let answer = query
                .set_exclusive_start_key(at.start_key())
                .limit(i32::try_from(wanted).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(unavailable("DynamoDB", "Query"))?;
            for item in answer.items.unwrap_or_default() {
                items.push(from_item(item)?);
            }
            at = match answer.last_evaluated_key {
                Some(last) => Cursor::after(at.part, &last),
                None => Cursor::at_part(at.part + 1),
            };
        }
        Ok(Page { items, next: None })
    }

    /// Moves one recipient that no call concerns: cancelled, skipped, or to be tried again. A
    /// queued one's call is given up with it. Answers whether it was moved.
    ///
    /// # Errors
    /// When the tables do not answer.
    pub async fn move_idle_recipient(
        &self,
        recipient: &Recipient,
        event: RecipientEvent,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut moved = recipient.clone();
        let Ok(status) = recipient.status.after(event) else {
            return Ok(false);
        };
        moved.status = status;
        moved.updated_at = now;
        match event {
            RecipientEvent::Skipped(reason) => moved.skip_reason = Some(reason),
            RecipientEvent::RetryAsked => {
                (moved.attempts, moved.refusals, moved.due_at) = (0, 0, due_at);
                (moved.not_before, moved.outcomes) = (None, BTreeMap::new());
            }
            _ => {}
        }
        let mut tx = Transaction::new();
        self.move_recipient(
            &mut tx,
            Part::Recipient(0),
            Part::Counts,
            recipient.status,
            &moved,
        )?;
        let wanted = self.wanted_events().await?;
        let mut events = Vec::from_iter(wanted.recipient(recipient.status, &moved));
        if recipient.status == RecipientStatus::Queued {
            events.extend(self.give_up_call_of(&mut tx, recipient, &wanted, now).await?);
        }
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

    /// Writes a recipient that waits as `after` has it. One that is on the dial queue is taken off it in the
    /// same write, for its call was made as it was before. The recipient as it is now; none when it changed
    /// since `before` was read, or does not wait.
    ///
    /// # Errors
    /// When the tables do not answer.
    pub async fn edit_recipient(
        &self,
        before: &Recipient,
        mut after: Recipient,
        now: Timestamp,
    ) -> Result<Option<Recipient>, StoreError> {
        let mut tx = Transaction::new();
        match before.status {
            RecipientStatus::Pending => {}
            RecipientStatus::Queued => {
                (after.status, after.call_id) = (RecipientStatus::Pending, None);
                let call = match &before.call_id {
                    Some(id) => self.find_call(id).await?,
                    None => None,
                };
                if let Some(call) = call {
                    let (table, key) = (&self.config.calls_table, keys::call(&call.call_id));
                    tx.delete(Part::Call, table, &key, When::version(call.version));
                }
            }
            _ => return Ok(None),
        }
        (after.updated_at, after.version) = (now, before.version);
        if after.band() != before.band() {
            let bands = BTreeSet::from([after.band()]);
            self.note_bands(&after.campaign_id, &bands).await?;
        }
        self.move_recipient(&mut tx, Part::Recipient(0), Part::Counts, before.status, &after)?;
        match tx.commit(&self.db).await {
            Ok(()) => {
                after.version += 1;
                Ok(Some(after))
            }
            Err(NotCommitted::Refused(_)) => Ok(None),
            Err(NotCommitted::Failed(error)) => Err(error),
        }
    }

    async fn give_up_call_of(
        &self,
        tx: &mut Transaction<Part>,
        recipient: &Recipient,
        wanted: &Wanted,
        now: Timestamp,
    ) -> Result<Option<OutgoingEvent>, StoreError> {
        let Some(id) = &recipient.call_id else {
            return Ok(None);
        };
        let Some(mut call) = self.find_call(id).await? else {
            return Ok(None);
        };
        let Ok(status) = call.status.after(CallEvent::GivenUp) else {
            return Ok(None);
        };
        let read = call.version;
        call.status = status;
        call.ended_at = Some(now);
        call.updated_at = now;
        call.results_complete = true;
        call.recording.state = switchboard_domain::RecordingState::None;
        tx.put(
            Part::Call,
            &self.config.calls_table,
            call_item(&call, read + 1)?,
            When::version(read),
        );
        Ok(wanted.call(&call, read + 1))
    }
}
