//! What is measured, counted by the hour and provider, and told to whoever observes.
//!
//! How calls ended is counted in the transactions that end them, in the table of calls: exact, and without a request
//! of its own. Webhooks, failures of providers and changes of agents are counted as well as can be: one small update
//! each, which is given up when the table does not take it at once. All counters are kept for 35 days.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Call, Latencies, Measurement, ProviderKind, WebhookResult};

use crate::error::unavailable;
use crate::item::{Item, n, s};
use crate::keys::Key;
use crate::transaction::{Transaction, When};
use crate::{Store, StoreError, keys};

/// How long the counters of an hour are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(35 * 24);
/// How long a count may hold up what it counts.
const PATIENCE: Duration = Duration::from_millis(500);
/// Refused webhooks are counted together: forged ones must not become a load.
const REFUSED_TOGETHER: SignedDuration = SignedDuration::from_secs(10);

const DIAL_DELAY: &str = "delay";
const ANSWER: &str = "answer";
const LAG: &str = "lag";
const ERROR: &str = "error";
const WEBHOOK: &str = "webhook";
const AGENT: &str = "agent";

/// Whoever is told at once what is measured.
pub trait Observer: Send + Sync {
    /// Takes one measurement; must not wait for anything.
    fn measured(&self, measurement: &Measurement);
}

/// Refused webhooks that are not counted yet.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    waiting: BTreeMap<&'static str, u64>,
    counted_at: Option<Timestamp>,
}

/// The counters of one provider, of an hour or of any span.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measures {
    /// Calls by how they ended: `completed`, `no_answer`, `busy`, `voicemail`, `failed`, and `not_placed`.
    pub outcomes: BTreeMap<String, u64>,
    /// Sum of the lengths of the answered calls, in seconds.
    pub talk_secs: u64,
    /// From a person's being due to the dial.
    pub dial_delay: Latencies,
    /// How long the provider took to answer dials.
    pub answer: Latencies,
    /// Webhooks by what became of them.
    pub webhooks: BTreeMap<String, u64>,
    /// From what a webhook tells of to its coming.
    pub webhook_lag: Latencies,
    /// Failures of the provider by class.
    pub errors: BTreeMap<String, u64>,
    /// Agents by what was done to them.
    pub agents: BTreeMap<String, u64>,
}

impl Measures {
    /// Adds other counters to these.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.outcomes, &other.outcomes),
            (&mut self.webhooks, &other.webhooks),
            (&mut self.errors, &other.errors),
            (&mut self.agents, &other.agents),
        ] {
            for (name, count) in theirs {
                *mine.entry(name.clone()).or_default() += count;
            }
        }
        self.talk_secs += other.talk_secs;
        self.dial_delay.merge(&other.dial_delay);
        self.answer.merge(&other.answer);
        self.webhook_lag.merge(&other.webhook_lag);
    }

    fn take(&mut self, item: &Item) {
        for (name, value) in item {
            let Some(count) = value.as_n().ok().and_then(|text| text.parse::<u64>().ok()) else {
                continue;
            };
            if name == "talk_secs" {
                self.talk_secs += count;
                continue;
            }
            let Some((kind, of)) = name.split_once('.') else {
                continue;
            };
            let named = match kind {
                "outcome" => &mut self.outcomes,
                WEBHOOK => &mut self.webhooks,
                ERROR => &mut self.errors,
                AGENT => &mut self.agents,
                DIAL_DELAY | ANSWER | LAG => {
                    let latencies = match kind {
                        DIAL_DELAY => &mut self.dial_delay,
                        ANSWER => &mut self.answer,
                        _ => &mut self.webhook_lag,
                    };
                    latencies.add(of.parse().unwrap_or(usize::MAX), count);
                    continue;
                }
                _ => continue,
            };
            *named.entry(of.to_owned()).or_default() += count;
        }
    }
}

/// What is added to the counters of an hour: attribute and amount.
type Additions = Vec<(String, u64)>;

fn class(kind: &str, ms: u64) -> (String, u64) {
    (format!("{kind}.{:02}", Latencies::class_of(ms)), 1)
}

/// What a call's end adds.
fn of_call(call: &Call) -> Option<Additions> {
    let Measurement::CallEnded {
        outcome,
        duration_secs,
        dial_delay_ms,
        answer_ms,
        ..
    } = Measurement::of_call(call)?
    else {
        return None;
    };
    let mut additions = vec![(format!("outcome.{}", outcome.as_str()), 1)];
    additions.extend(duration_secs.map(|secs| ("talk_secs".to_owned(), secs)));
    additions.extend(dial_delay_ms.map(|ms| class(DIAL_DELAY, ms)));
    additions.extend(answer_ms.map(|ms| class(ANSWER, ms)));
    Some(additions)
}

/// What else is counted adds, and whose it is.
fn of_happening(measurement: &Measurement) -> Option<(ProviderKind, Additions)> {
    match measurement {
        Measurement::ProviderFailed { provider, class } => {
            Some((*provider, vec![(format!("{ERROR}.{class}"), 1)]))
        }
        Measurement::Webhook {
            provider,
            result,
            lag_ms,
        } => {
            let mut additions = vec![(format!("{WEBHOOK}.{}", result.as_str()), 1)];
            additions.extend(lag_ms.map(|ms| class(LAG, ms)));
            Some((*provider, additions))
        }
        Measurement::AgentChanged { provider, change } => {
            Some((*provider, vec![(format!("{AGENT}.{}", change.as_str()), 1)]))
        }
        // Counted in the transaction that ends it; levels are not counted at all.
        Measurement::CallEnded { .. }
        | Measurement::Slots { .. }
        | Measurement::QuotaSeen { .. }
        | Measurement::QuotaLow { .. }
        | Measurement::Reception(_) => None,
    }
}

/// The change that makes these additions.
struct Change {
    expression: String,
    names: Vec<(String, String)>,
    values: Vec<(String, AttributeValue)>,
}

impl Change {
    fn new(additions: &Additions, at: Timestamp) -> Self {
        let expires = at.saturating_add(KEPT).unwrap_or(Timestamp::MAX).as_second();
        let (mut names, mut adds) = (Vec::new(), Vec::new());
        let mut values = vec![(":expires".to_owned(), n(expires))];
        for (index, (name, count)) in additions.iter().enumerate() {
            names.push((format!("#m{index}"), name.clone()));
            values.push((format!(":m{index}"), n(count)));
            adds.push(format!("#m{index} :m{index}"));
        }
        Self {
            expression: format!("SET expires_at = :expires ADD {}", adds.join(", ")),
            names,
            values,
        }
    }
}

impl Store {
    /// With somebody who is told at once what is measured.
    #[must_use]
    pub fn observed_by(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Tells whoever observes, and counts nothing.
    pub fn observe(&self, measurement: &Measurement) {
        if let Some(observer) = &self.observer {
            observer.measured(measurement);
        }
    }

    /// Tells of the end of a call that is written.
    pub(crate) fn observe_end(&self, call: &Call) {
        if let Some(measurement) = Measurement::of_call(call) {
            self.observe(&measurement);
        }
    }

    /// Counts how a call ended, in the transaction that ends it.
    pub(crate) fn measure_end<T: Copy>(&self, tx: &mut Transaction<T>, part: T, call: &Call) {
        let (Some(additions), Some(provider)) = (of_call(call), call.provider) else {
            return;
        };
        let at = call.ended_at.unwrap_or(call.updated_at);
        let shard = keys::shard_of(call.call_id.as_str(), keys::COUNTER_SHARDS);
        let key = keys::call_measures(provider, at, shard);
        let change = Change::new(&additions, at);
        let mut when = When::always();
        for (name, attribute) in &change.names {
            when = when.name(name, attribute);
        }
        for (name, value) in change.values {
            when = when.value(&name, value);
        }
        tx.update(part, &self.config.calls_table, &key, &change.expression, when);
    }

    /// Takes a measurement: tells whoever observes, and counts it for the hour of `now`. A count that cannot be
    /// written soon is given up, so that measuring never holds up what is measured.
    pub async fn measure(&self, measurement: &Measurement, now: Timestamp) {
        self.observe(measurement);
        let counted = match measurement {
            Measurement::Webhook {
                provider,
                result: WebhookResult::Refused,
                ..
            } => {
                self.wait_for_others(*provider, now);
                None
            }
            other => of_happening(other),
        };
        for (provider, additions) in counted.into_iter().chain(self.refused_together(now)) {
            let counted = tokio::time::timeout(PATIENCE, self.count_up(provider, &additions, now)).await;
            match counted {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(%error, "a measurement could not be counted"),
                Err(_) => tracing::debug!("a measurement could not be counted in time"),
            }
        }
    }

    fn wait_for_others(&self, provider: ProviderKind, now: Timestamp) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused.waiting.entry(provider.as_str()).or_default() += 1;
        // The first one is counted at once.
        refused
            .counted_at
            .get_or_insert(now.saturating_sub(REFUSED_TOGETHER).unwrap_or(now));
    }

    /// The refused webhooks that have waited for each other long enough.
    fn refused_together(&self, now: Timestamp) -> Vec<(ProviderKind, Additions)> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = refused
            .counted_at
            .is_some_and(|last| now.duration_since(last) >= REFUSED_TOGETHER);
        if !is_time || refused.waiting.is_empty() {
            return Vec::new();
        }
        refused.counted_at = Some(now);
        let name = format!("{WEBHOOK}.{}", WebhookResult::Refused.as_str());
        let waiting = std::mem::take(&mut refused.waiting);
        waiting
            .into_iter()
            .filter_map(|(provider, count)| {
                Some((ProviderKind::parse(provider)?, vec![(name.clone(), count)]))
            })
            .collect()
    }

    async fn count_up(
        &self,
        provider: ProviderKind,
        additions: &Additions,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = keys::measures(provider, now);
        let change = Change::new(additions, now);
        self.db
            .update_item()
            .table_name(&self.config.system_table)
            .set_key(Some(key.item()))
            .update_expression(change.expression)
            .set_expression_attribute_names(Some(change.names.into_iter().collect()))
            .set_expression_attribute_values(Some(change.values.into_iter().collect()))
            .send()
            .await
            .map_err(unavailable("DynamoDB", "UpdateItem"))?;
        Ok(())
    }

    /// What was counted of a provider, by the hour, in the hours from that of `since` to that of `until`.
    ///
    /// Two queries, of at most nine small items for each hour: about 2 KB an hour, so some six read units for a day
    /// and 170 for 28 days. Hours in which nothing happened are left out.
    ///
    /// # Errors
    /// When a table does not answer.
    pub async fn measures(
        &self,
        provider: ProviderKind,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<BTreeMap<Timestamp, Measures>, StoreError> {
        let first = keys::measures(provider, since);
        // Sort keys of calls go on with their shard.
        let last = Key::new(
            first.pk.clone(),
            format!("{}$", keys::measures(provider, until).sk),
        );
        let (calls, others) = tokio::try_join!(
            self.hours_between(&self.config.calls_table, &first, &last),
            self.hours_between(&self.config.system_table, &first, &last),
        )?;
        let mut hours: BTreeMap<Timestamp, Measures> = BTreeMap::new();
        for item in calls.iter().chain(&others) {
            let hour = item.get("sk").and_then(|sk| keys::hour_of(sk.as_s().ok()?));
            if let Some(hour) = hour {
                hours.entry(hour).or_default().take(item);
            }
        }
        Ok(hours)
    }

    async fn hours_between(&self, table: &str, first: &Key, last: &Key) -> Result<Vec<Item>, StoreError> {
        let (mut items, mut start) = (Vec::new(), None);
        loop {
            let answer = self
                .db
                .query()
                .table_name(table)
                .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
                .expression_attribute_values(":pk", s(&first.pk))
                .expression_attribute_values(":first", s(&first.sk))
                .expression_attribute_values(":last", s(&last.sk))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(unavailable("DynamoDB", "Query"))?;
            items.extend(answer.items.unwrap_or_default());
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_by_their_names_and_anything_else_is_left_out() {
        let item = Item::from([
            ("outcome.completed".to_owned(), n(3)),
            ("talk_secs".to_owned(), n(90)),
            (class(DIAL_DELAY, 700).0, n(2)),
            (format!("{DIAL_DELAY}.99"), n(2)),
            ("error.unavailable".to_owned(), n(4)),
            ("expires_at".to_owned(), n(4)),
            ("unknown.thing".to_owned(), n(4)),
        ]);
        let mut measures = Measures::default();
        measures.take(&item);
        measures.take(&item);
        assert_eq!(measures.outcomes["completed"], 6);
        assert_eq!((measures.talk_secs, measures.errors["unavailable"]), (180, 8));
        assert_eq!(measures.dial_delay.percentile(50), Some(750));
        assert_eq!(measures.dial_delay.count(), 4);
        assert!(measures.webhooks.is_empty() && measures.agents.is_empty());
    }
}
