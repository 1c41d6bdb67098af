//! Counters of finished calls: per day and agent, and over all time. Those per line are beside this file.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use switchboard_domain::{AgentId, Call, CallStatus, CallSuccess};

use crate::calls::attention;
use crate::item::{Item, n, number};
use crate::transaction::{Transaction, When};
use crate::{Store, StoreError, keys};

/// Name of the counters over all time.
const ALL_TIME: &str = "all";

/// How many calls ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CallStats {
    /// Calls that were placed and are over.
    pub calls: u64,
    /// Answered.
    pub completed: u64,
    /// Nobody answered.
    pub no_answer: u64,
    /// The line was busy.
    pub busy: u64,
    /// A machine answered.
    pub voicemail: u64,
    /// Broke down.
    pub failed: u64,
    /// Judged a success by the provider when they ended.
    pub success: u64,
    /// Sum of their lengths in seconds.
    pub duration_secs: u64,
    /// Calls that need attention at this moment; counted over all time only.
    pub needs_attention: u64,
}

impl CallStats {
    fn from_item(item: &Item) -> Self {
        let count = |name| u64::try_from(number(item, name)).unwrap_or(0);
        Self {
            calls: count("calls"),
            completed: count("completed"),
            no_answer: count("no_answer"),
            busy: count("busy"),
            voicemail: count("voicemail"),
            failed: count("failed"),
            success: count("success"),
            duration_secs: count("duration_secs"),
            needs_attention: count("needs_attention"),
        }
    }

    /// Adds another set of counters to this one.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.completed += other.completed;
        self.no_answer += other.no_answer;
        self.busy += other.busy;
        self.voicemail += other.voicemail;
        self.failed += other.failed;
        self.success += other.success;
        self.duration_secs += other.duration_secs;
        self.needs_attention += other.needs_attention;
    }
}

/// The counters of one agent on one day, or over all time.
#[derive(Debug, Clone, PartialEq)]
pub struct StatsRow {
    /// The agent.
    pub agent_id: Option<AgentId>,
    /// Its counters.
    pub stats: CallStats,
}

impl Store {
    /// Adds a finished call to the counters, in the transaction that finishes it.
    pub(crate) fn count_call<T: Copy>(&self, tx: &mut Transaction<T>, part: T, call: &Call) {
        let outcome = match call.status {
            CallStatus::Completed
            | CallStatus::NoAnswer
            | CallStatus::Busy
            | CallStatus::Voicemail
            | CallStatus::Failed => call.status.as_str(),
            _ => return,
        };
        let day = day_of(call.started_at.or(call.placing_at).unwrap_or(call.created_at)).to_string();
        let shard = keys::shard_of(call.call_id.as_str(), keys::COUNTER_SHARDS);
        let success = u8::from(call.results.success == Some(CallSuccess::Success));
        for period in [day.as_str(), ALL_TIME] {
            // A call that just ended was not on the desk before.
            let needs = match period {
                ALL_TIME => attention(call.desk()),
                _ => 0,
            };
            let values = When::always()
                .value(":needs", n(needs))
                .name("#outcome", outcome)
                .value(":one", n(1))
                .value(":success", n(success))
                .value(":secs", n(call.duration_secs.unwrap_or(0)));
            let key = keys::stats(period, call.agent_id.as_ref(), shard);
            let add = "ADD calls :one, #outcome :one, success :success, duration_secs :secs, needs_attention :needs";
            tx.update(part, &self.config.calls_table, &key, add, values);
        }
        self.count_line_call(tx, part, call);
    }

    /// Moves the count of calls that need attention, in the transaction that moves the call.
    pub(crate) fn count_attention<T: Copy>(&self, tx: &mut Transaction<T>, part: T, call: &Call, moved: i64) {
        let shard = keys::shard_of(call.call_id.as_str(), keys::COUNTER_SHARDS);
        let key = keys::stats(ALL_TIME, call.agent_id.as_ref(), shard);
        let values = When::always().value(":moved", n(moved));
        tx.update(
            part,
            &self.config.calls_table,
            &key,
            "ADD needs_attention :moved",
            values,
        );
    }

    /// Counters of one day, in UTC, per agent.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn stats_of_day(&self, day: Date) -> Result<Vec<StatsRow>, StoreError> {
        self.stats_rows(&day.to_string()).await
    }

    /// Counters over all time, per agent.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn stats_of_all_time(&self) -> Result<Vec<StatsRow>, StoreError> {
        self.stats_rows(ALL_TIME).await
    }

    async fn stats_rows(&self, period: &str) -> Result<Vec<StatsRow>, StoreError> {
        let mut rows: Vec<StatsRow> = Vec::new();
        for item in self
            .partition(&self.config.calls_table, &format!("STATS#{period}"), "")
            .await?
        {
            let agent = item
                .get("sk")
                .and_then(|v| v.as_s().ok())
                .and_then(|sk| sk.split_once('#'));
            let agent_id = match agent {
                Some((keys::NO_AGENT, _)) => None,
                Some((id, _)) => match AgentId::parse(id) {
                    Ok(id) => Some(id),
                    Err(_) => continue,
                },
                None => continue,
            };
            let stats = CallStats::from_item(&item);
            // Sorted by key: an agent's shards follow each other.
            match rows.last_mut() {
                Some(row) if row.agent_id == agent_id => row.stats.add(&stats),
                _ => rows.push(StatsRow { agent_id, stats }),
            }
        }
        Ok(rows)
    }
}

/// The day, in UTC, that a moment belongs to.
fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
