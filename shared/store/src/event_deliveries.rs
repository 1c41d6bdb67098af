//! Events on their way to their targets: what is due, and the log.
//!
//! A delivery lies in the partition of its target, in order of time: that is the log. While it is
//! pending it is also in the index of what is due; once it is dead, in the index of its target's dead
//! letters.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use jiff::Timestamp;
use switchboard_domain::{Delivery, DeliveryStatus, EventId, EventTargetId};

use crate::error::unavailable;
use crate::item::{Item, from_item, n, s, to_item};
use crate::reading::{MOST_LOOKED_AT, Walk};
use crate::{Cursor, Page, Store, StoreError, keys};

/// How long a delivery is kept, in seconds.
const KEPT_SECS: i64 = 30 * 86_400;

fn delivery_item(delivery: &Delivery, version: u64) -> Result<Item, StoreError> {
    let mut item = to_item(delivery)?;
    let (target, event) = (&delivery.target_id, &delivery.event_id);
    keys::delivery(target, delivery.occurred_at, event).put_into(&mut item);
    item.insert("version".into(), n(version));
    item.insert(
        "expires_at".into(),
        n(delivery.occurred_at.as_second().saturating_add(KEPT_SECS)),
    );
    let unique = format!("{event}#{target}");
    let index = match (delivery.status, delivery.next_attempt_at) {
        (DeliveryStatus::Pending, due) => Some((
            keys::delivery_due(event, target),
            due.unwrap_or(Timestamp::UNIX_EPOCH),
        )),
        (DeliveryStatus::Dead, _) => Some((
            keys::dead_deliveries(target),
            delivery.settled_at.unwrap_or(delivery.created_at),
        )),
        (DeliveryStatus::Delivered, _) => None,
    };
    if let Some((kind, at)) = index {
        item.insert("kind".into(), s(kind));
        item.insert("sort".into(), keys::time_and(at, &unique));
    }
    Ok(item)
}

impl Store {
    /// Writes a delivery that is not there yet; answers whether it was not.
    pub(crate) async fn create_delivery(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        let item = delivery_item(delivery, delivery.version)?;
        self.create(&self.config.system_table, item).await
    }

    /// Writes a delivery over the version it was read with, and gives it the next one.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when somebody else was faster.
    pub async fn put_delivery(&self, delivery: &mut Delivery) -> Result<(), StoreError> {
        let item = delivery_item(delivery, delivery.version + 1)?;
        self.put_if_version(&self.config.system_table, item, delivery.version)
            .await?;
        delivery.version += 1;
        Ok(())
    }

    /// Takes a due delivery, so that nobody else attempts it before `until`. Whoever dies with it loses
    /// nothing: it is due again then. Answers whether it was still to be had.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn claim_delivery(
        &self,
        delivery: &mut Delivery,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let before = delivery.next_attempt_at;
        delivery.next_attempt_at = Some(until);
        match self.put_delivery(delivery).await {
            Ok(()) => Ok(true),
            Err(StoreError::Stale) => {
                delivery.next_attempt_at = before;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// The delivery of an event to a target.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_delivery(
        &self,
        target: &EventTargetId,
        event: &EventId,
    ) -> Result<Option<Delivery>, StoreError> {
        // The event says where in the order of time its deliveries lie.
        let Some(found) = self.find_event(event).await? else {
            return Ok(None);
        };
        let key = keys::delivery(target, found.occurred_at, event);
        self.find(&self.config.system_table, &key).await
    }

    /// Forgets a delivery whose target is gone.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn delete_delivery(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let (target, event) = (&delivery.target_id, &delivery.event_id);
        let key = keys::delivery(target, delivery.occurred_at, event);
        self.delete(&self.config.system_table, &key).await
    }

    /// Deliveries that are due, the longest due of each shard first, at most `limit` per shard. Reads an
    /// index: claim each one before acting on it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn due_deliveries(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let items = self.due_items("delivery_due", now, limit).await?;
        items.into_iter().map(from_item).collect()
    }

    /// The log of a target, newest first, of one status or of all. A page can be short, even empty, and
    /// still have a next one.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_deliveries(
        &self,
        target: &EventTargetId,
        status: Option<DeliveryStatus>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Delivery>, StoreError> {
        let walk = Walk {
            key: &["pk", "sk"],
            start: cursor.and_then(Cursor::start_key),
            limit,
        };
        let walked = walk
            .run(
                || self.delivery_query(target, Timestamp::UNIX_EPOCH, false),
                |delivery: &Delivery| status.is_none_or(|status| delivery.status == status),
                MOST_LOOKED_AT,
            )
            .await?;
        Ok(Page {
            items: walked.rows,
            next: walked.last.map(|last| Cursor::after(0, &last)),
        })
    }

    /// Deliveries of what happened at or after a moment, oldest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn deliveries_since(
        &self,
        target: &EventTargetId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let answer = self
            .delivery_query(target, since, true)
            .limit(i32::try_from(limit.max(1)).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(unavailable("DynamoDB", "Query"))?;
        let items = answer.items.unwrap_or_default();
        items.into_iter().map(from_item).collect()
    }

    fn delivery_query(
        &self,
        target: &EventTargetId,
        since: Timestamp,
        oldest_first: bool,
    ) -> QueryFluentBuilder {
        self.db
            .query()
            .table_name(&self.config.system_table)
            .key_condition_expression("pk = :pk AND sk >= :since")
            .expression_attribute_values(":pk", s(keys::deliveries(target)))
            .expression_attribute_values(":since", s(keys::time(since)))
            .consistent_read(true)
            .scan_index_forward(oldest_first)
    }

    /// Dead letters of a target, the newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_dead_deliveries(
        &self,
        target: &EventTargetId,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Delivery>, StoreError> {
        let kind = keys::dead_deliveries(target);
        self.list_kind(&self.config.system_table, &kind, cursor, limit)
            .await
    }
}
