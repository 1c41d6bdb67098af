//! What the customer's systems are told of, written in the transaction that makes it true.
//!
//! An event is written only when an enabled target wants its type, which is asked at the beginning of
//! the step. Its message is sent afterwards: if that is lost, the event is found in the index of those
//! that are due.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    Call, Callback, Campaign, Conclusion, Delivery, DoNotCallEntry, EventId, EventTarget, EventTargetId,
    EventType, OutgoingEvent, Recipient, RecipientStatus,
};

use crate::error::{if_it_held, unavailable};
use crate::item::{Item, from_item, n, s, to_item};
use crate::transaction::{Transaction, When};
use crate::{Store, StoreError, keys};

/// How long an event is kept, in seconds: a day longer than the log of its deliveries.
const KEPT_SECS: i64 = 31 * 86_400;
/// The longest delay of a message, in seconds, as SQS has it.
const MAX_DELAY_SECS: i64 = 900;

/// What a message on the event queue says. It only says what to look at: the truth is in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventMessage {
    /// The event.
    pub event_id: EventId,
    /// The one delivery of it that is due; none: it is new, or all of them are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_id: Option<EventTargetId>,
}

/// The types that somebody wants to be told of at present.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted(BTreeSet<EventType>);

impl Wanted {
    pub(crate) fn has(&self, event_type: EventType) -> bool {
        self.0.contains(&event_type)
    }

    /// Of a call as it is written, with the version it is written with.
    pub(crate) fn call(&self, call: &Call, version: u64) -> Option<OutgoingEvent> {
        let wanted = call.status.is_final() && self.has(EventType::CallEnded);
        wanted
            .then(|| told(OutgoingEvent::call_ended(call, version)))
            .flatten()
    }

    /// Of a recipient that is moved; `to` has the version as read.
    pub(crate) fn recipient(&self, from: RecipientStatus, to: &Recipient) -> Option<OutgoingEvent> {
        let ends = to.status.is_final() && !from.is_final();
        let mut written = to.clone();
        written.version = to.version + 1;
        (ends && self.has(EventType::RecipientFinal))
            .then(|| told(OutgoingEvent::recipient_final(&written, written.version)))
            .flatten()
    }

    /// Of the end of a call, for everybody concerned.
    pub(crate) fn conclusion(&self, conclusion: &Conclusion) -> Vec<OutgoingEvent> {
        let call = self.call(&conclusion.call, conclusion.call.version + 1);
        let recipient = conclusion.recipient.as_ref();
        let recipient = recipient.and_then(|(from, to)| self.recipient(*from, to));
        call.into_iter().chain(recipient).collect()
    }

    /// Of a callback as it is written, with the version it is written with.
    pub(crate) fn callback(&self, callback: &Callback, version: u64) -> Option<OutgoingEvent> {
        self.has(EventType::CallbackBooked)
            .then(|| told(OutgoingEvent::callback_booked(callback, version)))
            .flatten()
    }

    pub(crate) fn opt_out(&self, entry: &DoNotCallEntry) -> Option<OutgoingEvent> {
        self.has(EventType::OptOutCreated)
            .then(|| told(OutgoingEvent::opt_out_created(entry)))
            .flatten()
    }
}

/// The event; one that cannot be written must not keep anything else from happening.
fn told(event: Result<OutgoingEvent, serde_json::Error>) -> Option<OutgoingEvent> {
    event
        .inspect_err(|error| tracing::error!(%error, "an event could not be written as JSON; nobody is told"))
        .ok()
}

fn event_item(event: &OutgoingEvent) -> Result<Item, StoreError> {
    let mut item = to_item(event)?;
    keys::event(&event.event_id).put_into(&mut item);
    item.insert("kind".into(), s(keys::event_due(&event.event_id)));
    item.insert(
        "sort".into(),
        keys::time_and(event.occurred_at, event.event_id.as_str()),
    );
    let expires = event.occurred_at.as_second().saturating_add(KEPT_SECS);
    item.insert("expires_at".into(), n(expires));
    Ok(item)
}

impl Store {
    /// What somebody wants to be told of.
    pub(crate) async fn wanted_events(&self) -> Result<Wanted, StoreError> {
        let targets = self.event_targets().await?;
        let enabled = targets.into_iter().filter(|target| target.enabled);
        Ok(Wanted(enabled.flat_map(|target| target.types).collect()))
    }

    /// The end of a campaign, with its counts of this moment.
    pub(crate) async fn campaign_event(
        &self,
        campaign: &Campaign,
        version: u64,
    ) -> Result<Option<OutgoingEvent>, StoreError> {
        if !self.wanted_events().await?.has(EventType::CampaignFinished) {
            return Ok(None);
        }
        let counts = self.campaign_counts(&campaign.campaign_id).await?;
        Ok(told(OutgoingEvent::campaign_finished(campaign, &counts, version)))
    }

    /// Writes events in a transaction. They have no conditions of their own: they happen when the rest does.
    pub(crate) fn put_events<'a, T: Copy>(
        &self,
        tx: &mut Transaction<T>,
        part: T,
        events: impl IntoIterator<Item = &'a OutgoingEvent>,
    ) -> Result<(), StoreError> {
        for event in events {
            let item = event_item(event)?;
            tx.put(part, &self.config.system_table, item, When::always());
        }
        Ok(())
    }

    /// Tells the event sender of events that are written. What it does not hear now, it finds in a minute.
    pub(crate) async fn announce<'a>(&self, events: impl IntoIterator<Item = &'a OutgoingEvent>) {
        for event in events {
            let message = EventMessage {
                event_id: event.event_id.clone(),
                target_id: None,
            };
            if let Err(error) = self.send_event_message(&message, SignedDuration::ZERO).await {
                tracing::warn!(event.id = %event.event_id, %error, "the event sender was not told; it finds the event by itself");
            }
        }
    }

    /// Writes an event that nothing else is written with: a test.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn add_event(&self, event: &OutgoingEvent) -> Result<(), StoreError> {
        self.put(&self.config.system_table, event_item(event)?).await?;
        self.announce([event]).await;
        Ok(())
    }

    /// Tells the event sender to look at an event after `delay`. Where there is no queue, nothing is sent.
    ///
    /// # Errors
    /// When the queue does not answer. Nothing is lost then.
    pub async fn send_event_message(
        &self,
        message: &EventMessage,
        delay: SignedDuration,
    ) -> Result<(), StoreError> {
        let Some(url) = self.config.event_queue_url.as_deref() else {
            return Ok(());
        };
        // Rounded up: a message that comes early finds nothing to do.
        let secs = delay.as_secs() + i64::from(delay.subsec_nanos() > 0);
        let secs = secs.clamp(0, MAX_DELAY_SECS);
        let body = serde_json::to_string(message).unwrap_or_default();
        self.clients
            .sqs()
            .send_message()
            .queue_url(url)
            .message_body(body)
            .delay_seconds(i32::try_from(secs).unwrap_or_default())
            .send()
            .await
            .map_err(unavailable("SQS", "SendMessage"))?;
        Ok(())
    }

    /// The event with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_event(&self, id: &EventId) -> Result<Option<OutgoingEvent>, StoreError> {
        self.find(&self.config.system_table, &keys::event(id)).await
    }

    /// Events whose deliveries are not made yet, the oldest of each shard first, at most `limit` per shard.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn due_events(&self, limit: u32) -> Result<Vec<OutgoingEvent>, StoreError> {
        let items = self.due_items("event_due", Timestamp::MAX, limit).await?;
        items.into_iter().map(from_item).collect()
    }

    /// Makes the deliveries of an event, one for each target that is to be told, and answers those that
    /// are new. Doing it again makes none twice.
    ///
    /// # Errors
    /// When the table does not answer. The event stays due then.
    pub async fn make_deliveries(
        &self,
        event: &OutgoingEvent,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, StoreError> {
        let targets: Vec<EventTarget> = self.event_targets().await?;
        let mut made = Vec::new();
        for target in targets.iter().filter(|target| event.is_for(target)) {
            let delivery = Delivery::new(
                target.target_id.clone(),
                event.event_id.clone(),
                event.event_type,
                event.occurred_at,
                now,
            );
            if self.create_delivery(&delivery).await? {
                made.push(delivery);
            }
        }
        self.settle_event(&event.event_id).await?;
        Ok(made)
    }

    /// Takes an event out of the index of those that are due.
    async fn settle_event(&self, id: &EventId) -> Result<(), StoreError> {
        let settled = self
            .db
            .update_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::event(id).item()))
            .update_expression("REMOVE #kind, #sort")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_names("#sort", "sort")
            .send()
            .await;
        if_it_held(settled, "UpdateItem").map(drop)
    }

    /// Items of a sharded kind whose time has come.
    pub(crate) async fn due_items(
        &self,
        kind: &str,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        for shard in 0..keys::DUE_SHARDS {
            let answer = self
                .db
                .query()
                .table_name(&self.config.system_table)
                .index_name("by-time")
                .key_condition_expression("#kind = :kind AND #sort <= :now")
                .expression_attribute_names("#kind", "kind")
                .expression_attribute_names("#sort", "sort")
                .expression_attribute_values(":kind", s(keys::due_kind(kind, shard)))
                .expression_attribute_values(":now", s(format!("{}~", keys::time(now))))
                .limit(i32::try_from(limit.max(1)).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(unavailable("DynamoDB", "Query"))?;
            items.extend(answer.items.unwrap_or_default());
        }
        Ok(items)
    }
}
