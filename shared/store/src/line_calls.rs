//! Counters of the calls from each phone line, by hour.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Call, CallStatus, Direction, LineHour, ProviderId, RECENT_HOURS, USUAL_DAYS};

use crate::error::unavailable;
use crate::item::{Item, n, number, s};
use crate::transaction::{Transaction, When};
use crate::{Store, StoreError, keys};

/// How long the counters of a day are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(32 * 24);

impl Store {
    /// Adds a finished call to the counters of its line, in the transaction that finishes it.
    pub(crate) fn count_line_call<T: Copy>(&self, tx: &mut Transaction<T>, part: T, call: &Call) {
        let Some(line) = call
            .phone_line_id
            .as_ref()
            .filter(|_| call.direction == Direction::Outbound)
        else {
            return;
        };
        let at = call.placing_at.or(call.started_at).unwrap_or(call.created_at);
        let shard = keys::shard_of(call.call_id.as_str(), keys::COUNTER_SHARDS);
        let hour = at.strftime("%H");
        let expires = at.saturating_add(KEPT).unwrap_or(Timestamp::MAX).as_second();
        let values = When::always()
            .name("#calls", &format!("calls_{hour}"))
            .name("#answered", &format!("answered_{hour}"))
            .value(":one", n(1))
            .value(":answered", n(u8::from(call.status == CallStatus::Completed)))
            .value(":expires", n(expires));
        let change = "SET expires_at = :expires ADD #calls :one, #answered :answered";
        let key = keys::line_calls(line, at, shard);
        tx.update(part, &self.config.calls_table, &key, change, values);
    }

    /// The calls from a line by the hour in which they were placed, as far back as it takes to judge it at `now`:
    /// at most nine days.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn line_hours(&self, line: &ProviderId, now: Timestamp) -> Result<Vec<LineHour>, StoreError> {
        let back = SignedDuration::from_hours(RECENT_HOURS + 24 * USUAL_DAYS);
        let first = keys::line_calls(line, now.saturating_sub(back).unwrap_or(Timestamp::MIN), 0);
        let mut hours = BTreeMap::new();
        let mut start = None;
        loop {
            let answer = self
                .db
                .query()
                .table_name(&self.config.calls_table)
                .key_condition_expression("pk = :pk AND sk >= :first")
                .expression_attribute_values(":pk", s(&first.pk))
                .expression_attribute_values(":first", s(&first.sk))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(unavailable("DynamoDB", "Query"))?;
            answer.items().iter().for_each(|item| add_hours(&mut hours, item));
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(hours.into_values().collect());
            }
        }
    }
}

fn add_hours(hours: &mut BTreeMap<Timestamp, LineHour>, item: &Item) {
    let day = item
        .get("sk")
        .and_then(|sk| sk.as_s().ok()?.split('#').next()?.parse().ok());
    let Some(midnight) = day.and_then(|day: jiff::civil::Date| day.to_zoned(TimeZone::UTC).ok()) else {
        return;
    };
    for hour in 0..24 {
        let count = |name: &str| u64::try_from(number(item, &format!("{name}_{hour:02}"))).unwrap_or(0);
        let (calls, answered) = (count("calls"), count("answered"));
        let from = midnight
            .timestamp()
            .saturating_add(SignedDuration::from_hours(hour));
        if let (Ok(from), true) = (from, calls > 0) {
            let known = hours.entry(from).or_insert(LineHour {
                from,
                calls: 0,
                answered: 0,
            });
            known.calls += calls;
            known.answered += answered;
        }
    }
}
