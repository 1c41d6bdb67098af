//! State of the service and its providers.

use axum::Json;
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_domain::{MAX_CONCURRENCY_LIMIT, ProviderHealth, ProviderKind, QueueState};
use switchboard_reconcile::watch_provider;
use switchboard_service::Problem;
use switchboard_store::StoreError;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, PlatformRefusals, Refusals};
use crate::api::Api;
use crate::limits::{MAX_RECIPIENTS, MAX_UPLOAD_BYTES};
use crate::paging::Params;
use crate::retention::Retention;
use crate::roles::Viewer;
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(get_status))
        .routes(routes!(get_quota))
        .routes(routes!(get_settings))
}

/// How long what is known of a platform is good: however many people look, it is asked once in that time.
const GOOD_FOR: SignedDuration = SignedDuration::from_secs(30);

/// Whether a platform can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PlatformState {
    /// It takes every dial.
    Up,
    /// It asked us to slow down, or failed lately: dials go at a slower pace.
    Degraded,
    /// It does not answer, or does not serve our account.
    Down,
    /// It has no key here.
    NotSetUp,
}

impl From<ProviderHealth> for PlatformState {
    fn from(health: ProviderHealth) -> Self {
        match health {
            ProviderHealth::Up => Self::Up,
            ProviderHealth::Degraded => Self::Degraded,
            ProviderHealth::Down => Self::Down,
        }
    }
}

/// What is known of a provider.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderStatus {
    /// The platform.
    provider: ProviderKind,
    /// Whether it can be used.
    state: PlatformState,
    /// Since when; none of one that is not set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    /// Why it is not up, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
    /// Milliseconds that lie between two dials at present; 0: no limit.
    spacing_ms: i64,
    /// What last went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error_at: Option<Timestamp>,
    /// The provider's id of the request that it last did not answer as hoped, for its support.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_request_id: Option<String>,
    /// When it was asked; none of one that is not set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_at: Option<Timestamp>,
}

/// State of the service.
#[derive(Debug, Serialize, ToSchema)]
struct Status {
    /// Each provider.
    providers: Vec<ProviderStatus>,
}

/// Whether each platform can be used: by its answers to dials, and to a light question that is asked at most every 30
/// seconds, however many look.
#[utoipa::path(get, path = "/status", tag = "system", responses((status = OK, body = Status), Refusals))]
async fn get_status(Viewer(api): Viewer) -> Answer<Status> {
    let providers = try_join_all(ProviderKind::ALL.map(|kind| status_of(&api, kind))).await?;
    Ok(Json(Status { providers }))
}

async fn status_of(api: &Api, kind: ProviderKind) -> Result<ProviderStatus, StoreError> {
    if !api.providers.is_used(kind).await {
        return Ok(ProviderStatus {
            provider: kind,
            state: PlatformState::NotSetUp,
            since: None,
            explanation: Some("It has no key here. Put one in under Settings to use it.".to_owned()),
            spacing_ms: 0,
            last_error: None,
            last_error_at: None,
            provider_request_id: None,
            checked_at: None,
        });
    }
    let now = api.now();
    let watch = watch_provider(&api.store, api.providers.get(kind).as_ref(), GOOD_FOR, now).await?;
    let known = api.store.provider_state(kind, now).await?;
    let (state, since) = match (watch.failing_since, known.health) {
        (Some(failing), ProviderHealth::Down) => (PlatformState::Down, failing.min(known.since)),
        (Some(failing), _) => (PlatformState::Down, failing),
        (None, health) => (health.into(), known.since),
    };
    let (last_error, last_error_at) = match watch.error.clone() {
        Some(error) if known.last_error_at < watch.asked_at => (Some(error), watch.asked_at),
        _ => (known.last_error, known.last_error_at),
    };
    Ok(ProviderStatus {
        provider: kind,
        state,
        since: Some(since),
        explanation: watch.error.or_else(|| explain(known.health)),
        spacing_ms: known.spacing_ms,
        last_error,
        last_error_at,
        provider_request_id: watch.request_id,
        checked_at: watch.asked_at,
    })
}

fn explain(state: ProviderHealth) -> Option<String> {
    let text = match state {
        ProviderHealth::Up => return None,
        ProviderHealth::Degraded => {
            "It asked us to slow down, or failed lately. Dials go at a slower pace and speed up by themselves."
        }
        ProviderHealth::Down => {
            "It failed again and again. Nobody is dialled through it until it answers; it is looked at every few seconds."
        }
    };
    Some(text.to_owned())
}

/// Whose quota.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct QuotaParams {
    /// The platform.
    #[param(required = false)]
    provider: Option<ProviderKind>,
}

/// What the account at a provider may still use.
#[derive(Debug, Serialize, ToSchema)]
struct Quota {
    /// The platform.
    provider: ProviderKind,
    /// Name of the plan.
    tier: String,
    /// State of the subscription, as the provider writes it.
    status: String,
    /// Credits used in this period; none where the platform has no credits.
    used: Option<u64>,
    /// Credits of this period.
    limit: Option<u64>,
    /// Credits left in this period.
    remaining: Option<u64>,
    /// When the next period begins.
    resets_at: Option<Timestamp>,
    /// Calls in progress at the provider, where it tells.
    calls_in_progress: Option<u64>,
    /// Most calls that the account may have in progress at one time, where it tells.
    most_calls: Option<u64>,
}

/// What the account at a provider may still use.
#[utoipa::path(get, path = "/quota", tag = "system", params(QuotaParams),
    responses((status = OK, body = Quota), Refusals, PlatformRefusals))]
async fn get_quota(Viewer(api): Viewer, Params(params): Params<QuotaParams>) -> Answer<Quota> {
    let provider = params.provider.unwrap_or(ProviderKind::Elevenlabs);
    let asked = api.providers.get(provider).get_subscription().await;
    let quota = asked.map_err(Problem::of_provider(provider))?;
    Ok(Json(Quota {
        provider,
        remaining: quota.credits_left(),
        used: quota.credits.map(|credits| credits.used),
        limit: quota.credits.map(|credits| credits.limit),
        resets_at: quota.credits.and_then(|credits| credits.resets_at),
        calls_in_progress: quota.calls_in_progress,
        most_calls: quota.most_calls,
        tier: quota.tier,
        status: quota.status,
    }))
}

/// What is set, and what cannot be changed here.
#[derive(Debug, Serialize, ToSchema)]
struct Settings {
    /// Whether calls are placed.
    queue_state: QueueState,
    /// Most calls in progress at one time.
    concurrency_limit: u32,
    /// The highest limit that can be set.
    max_concurrency_limit: u32,
    /// Most bytes of an uploaded file.
    max_upload_bytes: u64,
    /// Most recipients in one request.
    max_recipients: usize,
    /// How long things are kept.
    retention: Retention,
    /// When somebody last changed them.
    updated_at: Timestamp,
}

/// The settings.
#[utoipa::path(get, path = "/settings", tag = "system", responses((status = OK, body = Settings), Refusals))]
async fn get_settings(Viewer(api): Viewer) -> Answer<Settings> {
    let queue = api.store.queue_settings(api.default_limit, api.now()).await?;
    Ok(Json(Settings {
        queue_state: queue.state,
        concurrency_limit: queue.concurrency_limit,
        max_concurrency_limit: MAX_CONCURRENCY_LIMIT,
        max_upload_bytes: MAX_UPLOAD_BYTES,
        max_recipients: MAX_RECIPIENTS,
        retention: api.retention,
        updated_at: queue.updated_at,
    }))
}
