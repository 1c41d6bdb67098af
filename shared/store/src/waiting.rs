//! Dialers that wait for a slot: while one gives signs of life, the message of its call is not lost.

use std::collections::BTreeSet;

use jiff::Timestamp;
use switchboard_domain::{Call, CallId, Campaign};

use crate::dial::DialLimits;
use crate::item::{Item, n, number, s};
use crate::{Store, StoreError, keys};

/// Seconds after which a sign of life that nobody took away is deleted by the table.
const KEPT_SECS: i64 = 3_600;

fn in_use(item: Option<Item>) -> u64 {
    let count = item.map(|item| number(&item, "in_use")).unwrap_or_default();
    u64::try_from(count).unwrap_or_default()
}

impl Store {
    /// Whether a dial could begin now, as it was a moment ago: a slot is free, and the limits of the agent, the line and
    /// the campaign leave room. Half a read unit for each limit; whoever dials is still held to all of them by
    /// [`Store::begin_dial`]. True as well when waiting is of no use because the queue was stopped.
    ///
    /// # Errors
    /// When the tables do not answer.
    pub async fn has_room(
        &self,
        call: &Call,
        campaign: Option<&Campaign>,
        limits: &DialLimits,
    ) -> Result<bool, StoreError> {
        let Some(queue) = self.glance_at_queue_settings().await? else {
            return Ok(false);
        };
        if queue.is_stopped() {
            return Ok(true);
        }
        let outbound = limits.outbound.unwrap_or(u32::MAX);
        if queue.free_slots() == 0 || queue.slots_in_use >= outbound {
            return Ok(false);
        }
        let (system, campaigns) = (&self.config.system_table, &self.config.campaigns_table);
        let campaign =
            campaign.and_then(|c| Some((keys::campaign_slots(&c.campaign_id), c.concurrency_limit?)));
        let agent = call.agent_id.as_ref().map(keys::agent_slots).zip(limits.agent);
        let line = call
            .phone_line_id
            .as_ref()
            .map(keys::line_slots)
            .zip(limits.phone_line);
        for (table, limited) in [(campaigns, campaign), (system, agent), (system, line)] {
            if let Some((key, limit)) = limited
                && in_use(self.glance_at_item(table, &key).await?) >= u64::from(limit)
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Says that a dialer waits with this call until `until`.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn keep_waiting(&self, call: &CallId, until: Timestamp) -> Result<(), StoreError> {
        let mut item = Item::from([
            ("call_id".to_owned(), s(call.as_str())),
            ("until_ms".to_owned(), n(until.as_millisecond())),
            ("expires_at".to_owned(), n(until.as_second() + KEPT_SECS)),
        ]);
        keys::waiting(call).put_into(&mut item);
        self.put(&self.config.system_table, item).await
    }

    /// Takes away the sign of life of a dialer that waits no more.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn wait_no_more(&self, call: &CallId) -> Result<(), StoreError> {
        self.delete(&self.config.system_table, &keys::waiting(call)).await
    }

    /// The calls with which a dialer waits for a slot at `now`.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn waited_with(&self, now: Timestamp) -> Result<BTreeSet<CallId>, StoreError> {
        let items = self.partition(&self.config.system_table, "WAITING", "").await?;
        let alive = |item: &Item| number(item, "until_ms") > now.as_millisecond();
        let id = |item: Item| item.get("call_id")?.as_s().ok()?.parse().ok();
        Ok(items.into_iter().filter(alive).filter_map(id).collect())
    }
}
