//! Numbers for the dashboard.

use std::collections::BTreeMap;

use axum::Json;
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use switchboard_domain::AgentId;
use switchboard_service::Problem;
use switchboard_store::{CallStats, StatsRow, StoreError};
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, Refusals};
use crate::checks::Checks;
use crate::paging::Params;
use crate::roles::Viewer;

/// Days read at one time.
const AT_ONCE: usize = 8;

/// How far back.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatsParams {
    /// Days to show, today included.
    #[serde(default = "a_week")]
    #[param(required = false, minimum = 1, maximum = 60, default = 7)]
    days: i32,
}

fn a_week() -> i32 {
    7
}

/// How many calls ended how.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct CallTotals {
    /// Calls that were placed and are over.
    calls: u64,
    /// Answered.
    completed: u64,
    /// Nobody answered.
    no_answer: u64,
    /// The line was busy.
    busy: u64,
    /// A machine answered.
    voicemail: u64,
    /// Broke down.
    failed: u64,
    /// Judged a success by the provider.
    success: u64,
    /// Sum of their lengths in seconds.
    duration_secs: u64,
}

impl From<CallStats> for CallTotals {
    fn from(stats: CallStats) -> Self {
        Self {
            calls: stats.calls,
            completed: stats.completed,
            no_answer: stats.no_answer,
            busy: stats.busy,
            voicemail: stats.voicemail,
            failed: stats.failed,
            success: stats.success,
            duration_secs: stats.duration_secs,
        }
    }
}

/// The calls of one day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayTotals {
    /// The day, in UTC.
    date: Date,
    /// Its calls.
    totals: CallTotals,
}

/// The calls of one agent over all time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentTotals {
    /// The agent; none: the calls that no agent spoke in.
    agent_id: Option<AgentId>,
    /// Its name; none when it was deleted.
    name: Option<String>,
    /// Its calls.
    totals: CallTotals,
}

/// Numbers for the dashboard.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stats {
    /// Calls in progress now: slots in use.
    in_progress: u32,
    /// Calls that need attention now: they broke down or missed their goal, and nobody has dealt with them.
    needs_attention: u64,
    /// Calls of all time.
    all_time: CallTotals,
    /// Calls of today, in UTC.
    today: CallTotals,
    /// Calls per day, oldest first, days without calls included.
    days: Vec<DayTotals>,
    /// Calls per agent over all time.
    agents: Vec<AgentTotals>,
}

/// Counts of all time, today, per day and per agent. A call counts on the day it ended.
#[utoipa::path(get, path = "/calls/stats", tag = "calls", params(StatsParams),
    responses((status = OK, body = Stats), Refusals))]
pub(super) async fn get_stats(Viewer(api): Viewer, Params(params): Params<StatsParams>) -> Answer<Stats> {
    let mut checks = Checks::default();
    checks.range("days", &params.days, 1..=60);
    checks.done()?;
    let now = api.now();
    let today = now.to_zoned(TimeZone::UTC).date();
    let dates = (0..params.days)
        .rev()
        .filter_map(|back| today.checked_sub(back.days()).ok());
    let days: Vec<(Date, CallStats)> = stream::iter(dates)
        .map(|date| {
            let rows = api.store.stats_of_day(date);
            async move { Ok::<_, StoreError>((date, sum(&rows.await?))) }
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let rows = api.store.stats_of_all_time().await?;
    let all_time = sum(&rows);
    let queue = api.store.queue_settings(api.default_limit, now).await?;
    let today = days.last().map(|(_, stats)| *stats).unwrap_or_default();
    Ok(Json(Stats {
        in_progress: queue.slots_in_use,
        needs_attention: all_time.needs_attention,
        all_time: all_time.into(),
        today: today.into(),
        days: days
            .into_iter()
            .map(|(date, stats)| DayTotals {
                date,
                totals: stats.into(),
            })
            .collect(),
        agents: with_names(&api, rows).await?,
    }))
}

fn sum(rows: &[StatsRow]) -> CallStats {
    let mut sum = CallStats::default();
    rows.iter().for_each(|row| sum.add(&row.stats));
    sum
}

async fn with_names(api: &crate::api::Api, rows: Vec<StatsRow>) -> Result<Vec<AgentTotals>, Problem> {
    let ids: Vec<AgentId> = rows.iter().filter_map(|row| row.agent_id.clone()).collect();
    let names: BTreeMap<AgentId, String> = stream::iter(ids)
        .map(|id| async move { api.store.find_agent(&id).await })
        .buffer_unordered(AT_ONCE)
        .try_filter_map(|agent| async move { Ok(agent.map(|agent| (agent.agent_id, agent.name))) })
        .try_collect()
        .await?;
    let named = |row: StatsRow| AgentTotals {
        name: row.agent_id.as_ref().and_then(|id| names.get(id)).cloned(),
        agent_id: row.agent_id,
        totals: row.stats.into(),
    };
    Ok(rows.into_iter().map(named).collect())
}
