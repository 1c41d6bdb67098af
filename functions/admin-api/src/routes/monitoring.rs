//! What was measured: calls, latencies, webhooks, failures and quota, for each platform and in all.

use std::collections::BTreeMap;

use axum::Json;
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_domain::{Latencies, LowQuota, ProviderAlerts, ProviderKind, ProviderWatch, WebhookResult};
use switchboard_service::Problem;
use switchboard_store::Measures;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::checks::Checks;
use crate::paging::Params;
use crate::roles::Viewer;
use crate::route_set::{RouteSet, routes};

/// The span that is shown when nothing is said, in hours.
const USUAL_HOURS: i64 = 24;
/// Longest span by the hour, in hours.
const MOST_HOURS: i64 = 7 * 24;
/// Longest span by the day, in hours: counters are kept for 35 days.
const MOST_DAYS: i64 = 35 * 24;
/// A span up to this long is shown by the hour when nothing is said, in hours.
const BY_HOUR_UP_TO: i64 = 48;

const HOUR_SECS: i64 = 3_600;

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new().routes(routes!(get_metrics))
}

/// How long a point of a series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// An hour.
    Hour,
    /// A day, in UTC.
    Day,
}

impl Step {
    fn secs(self) -> i64 {
        match self {
            Self::Hour => HOUR_SECS,
            Self::Day => 24 * HOUR_SECS,
        }
    }
}

/// Which span.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MetricsParams {
    /// The first moment, at most 35 days ago; the hour or day that it is in counts whole. 24 hours ago when nothing
    /// is said.
    #[param(required = false)]
    since: Option<Timestamp>,
    /// How long a point is: an hour for spans up to 7 days, or a day. An hour for spans up to 48 hours when nothing is
    /// said, else a day.
    #[param(required = false)]
    step: Option<Step>,
}

/// Calls by how they ended.
#[derive(Debug, Default, Serialize, ToSchema)]
struct OutcomeCounts {
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
    /// The provider said no, or it never happened: nobody's phone rang.
    not_placed: u64,
}

/// How long something took, to the width of a class: each time is the upper bound of the class it is in.
#[derive(Debug, Serialize, ToSchema)]
struct Latency {
    /// How often it was measured.
    count: u64,
    /// Half of them took at most so many milliseconds.
    p50_ms: Option<u64>,
    /// 95 of 100 took at most so many milliseconds.
    p95_ms: Option<u64>,
}

impl From<&Latencies> for Latency {
    fn from(latencies: &Latencies) -> Self {
        Self {
            count: latencies.count(),
            p50_ms: latencies.percentile(50),
            p95_ms: latencies.percentile(95),
        }
    }
}

/// Webhooks that came.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookNumbers {
    /// Signed ones, repeats included.
    received: u64,
    /// Of those: could not be read, kept or applied at that moment.
    failed: u64,
    /// Of those: had come before.
    repeated: u64,
    /// Turned away, because they were not signed with a secret of ours; besides those received.
    refused: u64,
    /// From what they tell of to their coming.
    lag: Latency,
}

/// Failures of a kind.
#[derive(Debug, Serialize, ToSchema)]
struct ErrorCount {
    /// The kind: `unavailable`, `rate_limited`, `unauthorized`, `out_of_credit`, `not_found`, `rejected`,
    /// `unreadable`; of dials also `never_sent`, `bad_key`, `forbidden`, `bad_request`, `declined`, `unconfirmed`.
    class: String,
    /// How many.
    count: u64,
}

/// What was done to agents.
#[derive(Debug, Serialize, ToSchema)]
struct AgentNumbers {
    /// Made.
    created: u64,
    /// Changed.
    updated: u64,
    /// Deleted.
    deleted: u64,
}

/// What was measured over the span.
#[derive(Debug, Serialize, ToSchema)]
struct MetricNumbers {
    /// Calls that were placed and are over.
    calls: u64,
    /// How they ended, and those that were not placed.
    outcomes: OutcomeCounts,
    /// Answered calls among those placed, 0 to 1; none without calls.
    answer_rate: Option<f64>,
    /// Average length of the answered calls in seconds; none without any.
    average_duration_secs: Option<f64>,
    /// From a person's being due to their dial.
    dial_delay: Latency,
    /// From the request to dial to the provider's answer.
    provider_answer: Latency,
    /// Webhooks.
    webhooks: WebhookNumbers,
    /// Requests that the provider did not answer as hoped, the most frequent kind first.
    errors: Vec<ErrorCount>,
    /// Agents that were changed by people.
    agents: AgentNumbers,
}

impl From<&Measures> for MetricNumbers {
    fn from(measures: &Measures) -> Self {
        let outcomes = outcomes(measures);
        let calls = placed(&outcomes);
        let webhooks = |result: WebhookResult| count(&measures.webhooks, result.as_str());
        let agents = |change| count(&measures.agents, change);
        let mut errors: Vec<ErrorCount> = measures
            .errors
            .iter()
            .map(|(class, count)| ErrorCount {
                class: class.clone(),
                count: *count,
            })
            .collect();
        errors.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.class.cmp(&b.class)));
        Self {
            calls,
            answer_rate: ratio(outcomes.completed, calls),
            average_duration_secs: ratio(measures.talk_secs, outcomes.completed),
            outcomes,
            dial_delay: (&measures.dial_delay).into(),
            provider_answer: (&measures.answer).into(),
            webhooks: WebhookNumbers {
                received: WebhookResult::ALL
                    .into_iter()
                    .filter(|result| *result != WebhookResult::Refused)
                    .map(webhooks)
                    .sum(),
                failed: webhooks(WebhookResult::Unparsed) + webhooks(WebhookResult::Failed),
                repeated: webhooks(WebhookResult::Repeated),
                refused: webhooks(WebhookResult::Refused),
                lag: (&measures.webhook_lag).into(),
            },
            errors,
            agents: AgentNumbers {
                created: agents("created"),
                updated: agents("updated"),
                deleted: agents("deleted"),
            },
        }
    }
}

/// One hour or day.
#[derive(Debug, Serialize, ToSchema)]
struct MetricPoint {
    /// When it began.
    from: Timestamp,
    /// Calls that were placed and ended in it.
    calls: u64,
    /// Of those, answered.
    answered: u64,
    /// Calls that were not placed.
    not_placed: u64,
    /// 95 of 100 people were dialled at most so many milliseconds after they were due.
    dial_delay_p95_ms: Option<u64>,
    /// Webhooks that were signed.
    webhooks: u64,
    /// Requests that the provider did not answer as hoped.
    errors: u64,
}

impl MetricPoint {
    fn of(from: Timestamp, measures: &Measures) -> Self {
        let numbers = MetricNumbers::from(measures);
        Self {
            from,
            calls: numbers.calls,
            answered: numbers.outcomes.completed,
            not_placed: numbers.outcomes.not_placed,
            dial_delay_p95_ms: numbers.dial_delay.p95_ms,
            webhooks: numbers.webhooks.received,
            errors: measures.errors.values().sum(),
        }
    }
}

/// What an account may still use, as its provider last said, and when somebody is told.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuotaNow {
    /// Credits used in this period.
    credits_used: Option<u64>,
    /// Credits of this period; none where the platform has none.
    credits_limit: Option<u64>,
    /// Credits left in this period.
    credits_left: Option<u64>,
    /// When the next period begins.
    resets_at: Option<Timestamp>,
    /// Calls in progress, whoever began them.
    calls_in_progress: Option<u64>,
    /// Most calls that may be in progress at one time.
    most_calls: Option<u64>,
    /// When it said so.
    asked_at: Option<Timestamp>,
    /// What runs out.
    low: Vec<LowQuota>,
}

impl QuotaNow {
    fn of(watch: ProviderWatch) -> Option<Self> {
        let figures = watch.quota?;
        Some(Self {
            credits_left: figures.credits_left(),
            credits_used: figures.credits_used,
            credits_limit: figures.credits_limit,
            resets_at: figures.resets_at,
            calls_in_progress: figures.calls_in_progress,
            most_calls: figures.most_calls,
            asked_at: watch.quota_at,
            low: watch.low,
        })
    }
}

/// One platform.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderMetrics {
    /// Which one.
    provider: ProviderKind,
    /// Whether it is set up here.
    set_up: bool,
    /// Over the whole span.
    numbers: MetricNumbers,
    /// By hour or day, oldest first, those without anything included.
    points: Vec<MetricPoint>,
    /// What its account may still use; none where it never said.
    quota: Option<QuotaNow>,
    /// When somebody is told that its account comes to its end.
    alerts: ProviderAlerts,
}

/// Calls in progress at this moment.
#[derive(Debug, Serialize, ToSchema)]
struct SlotsNow {
    /// Slots that are taken.
    in_use: u32,
    /// The concurrency limit.
    limit: u32,
}

/// What was measured.
#[derive(Debug, Serialize, ToSchema)]
struct Metrics {
    /// The first moment of the span.
    since: Timestamp,
    /// Its end: now.
    until: Timestamp,
    /// How long a point is.
    step: Step,
    /// Calls in progress at this moment.
    slots: SlotsNow,
    /// Over the whole span, all platforms together.
    all: MetricNumbers,
    /// By hour or day, all platforms together.
    points: Vec<MetricPoint>,
    /// Each platform.
    providers: Vec<ProviderMetrics>,
}

/// What was measured over a span, for each platform and in all. How calls ended is exact; webhooks, failures and
/// changes of agents are counted as well as can be.
///
/// Costs two queries for each platform: about 2 KB for each hour in which something happened, so six read units for a
/// day and some 200 for 35 days. No provider is asked.
#[utoipa::path(get, path = "/metrics", tag = "system", params(MetricsParams),
    responses((status = OK, body = Metrics), Refusals))]
async fn get_metrics(Viewer(api): Viewer, Params(params): Params<MetricsParams>) -> Answer<Metrics> {
    let now = api.now();
    let span = Span::of(&params, now)?;
    let settings = api.store.alert_settings().await?;
    let (mut all, mut all_steps) = (Measures::default(), BTreeMap::new());
    let mut providers = Vec::new();
    for (kind, hours, watch) in try_join_all(ProviderKind::ALL.map(|kind| read(&api, kind, &span))).await? {
        let (mut whole, mut steps) = (Measures::default(), BTreeMap::<Timestamp, Measures>::new());
        for (hour, measures) in hours {
            let step = floor(hour, span.step);
            whole.add(&measures);
            all.add(&measures);
            steps.entry(step).or_default().add(&measures);
            all_steps
                .entry(step)
                .or_insert_with(Measures::default)
                .add(&measures);
        }
        providers.push(ProviderMetrics {
            provider: kind,
            set_up: api.providers.is_used(kind).await,
            numbers: (&whole).into(),
            points: span.points(&steps),
            quota: QuotaNow::of(watch),
            alerts: settings.of(kind),
        });
    }
    let queue = api.store.queue_settings(api.default_limit, now).await?;
    Ok(Json(Metrics {
        since: span.since,
        until: now,
        step: span.step,
        slots: SlotsNow {
            in_use: queue.slots_in_use,
            limit: queue.concurrency_limit,
        },
        all: (&all).into(),
        points: span.points(&all_steps),
        providers,
    }))
}

type Read = (ProviderKind, BTreeMap<Timestamp, Measures>, ProviderWatch);

async fn read(api: &Api, kind: ProviderKind, span: &Span) -> Result<Read, Problem> {
    let hours = api.store.measures(kind, span.since, span.until).await?;
    Ok((kind, hours, api.store.provider_watch(kind).await?))
}

struct Span {
    since: Timestamp,
    until: Timestamp,
    step: Step,
}

impl Span {
    fn of(params: &MetricsParams, now: Timestamp) -> Result<Self, Problem> {
        let usual = || {
            now.saturating_sub(SignedDuration::from_hours(USUAL_HOURS))
                .unwrap_or(now)
        };
        let asked = params.since.unwrap_or_else(usual);
        let hours = now.duration_since(asked).as_hours();
        let step = params.step.unwrap_or(match hours {
            ..=BY_HOUR_UP_TO => Step::Hour,
            _ => Step::Day,
        });
        let mut checks = Checks::default();
        if asked > now {
            checks.wrong("since", "is in the future: choose a moment that has passed");
        } else if hours > MOST_DAYS {
            checks.wrong(
                "since",
                "is longer ago than counters are kept: choose one of the last 35 days",
            );
        } else if step == Step::Hour && hours > MOST_HOURS {
            checks.wrong("step", "choose `day` for spans of more than 7 days");
        }
        checks.done()?;
        Ok(Self {
            since: floor(asked, step),
            until: now,
            step,
        })
    }

    /// One point for every step of the span.
    fn points(&self, steps: &BTreeMap<Timestamp, Measures>) -> Vec<MetricPoint> {
        let nothing = Measures::default();
        let (mut points, mut from) = (Vec::new(), self.since);
        while from <= self.until {
            points.push(MetricPoint::of(from, steps.get(&from).unwrap_or(&nothing)));
            match from.checked_add(SignedDuration::from_secs(self.step.secs())) {
                Ok(next) => from = next,
                Err(_) => break,
            }
        }
        points
    }
}

/// The beginning of the step, in UTC, that a moment is in.
fn floor(at: Timestamp, step: Step) -> Timestamp {
    let secs = at.as_second().div_euclid(step.secs()) * step.secs();
    Timestamp::from_second(secs).unwrap_or(at)
}

fn count(counts: &BTreeMap<String, u64>, name: &str) -> u64 {
    counts.get(name).copied().unwrap_or(0)
}

fn outcomes(measures: &Measures) -> OutcomeCounts {
    let of = |name| count(&measures.outcomes, name);
    OutcomeCounts {
        completed: of("completed"),
        no_answer: of("no_answer"),
        busy: of("busy"),
        voicemail: of("voicemail"),
        failed: of("failed"),
        not_placed: of("not_placed"),
    }
}

fn placed(outcomes: &OutcomeCounts) -> u64 {
    let OutcomeCounts {
        completed,
        no_answer,
        busy,
        voicemail,
        failed,
        not_placed: _,
    } = outcomes;
    completed + no_answer + busy + voicemail + failed
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    // Counts are far below what a double holds exactly.
    (whole > 0).then(|| part as f64 / whole as f64)
}
