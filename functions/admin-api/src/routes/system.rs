//! State of the service and its providers.

use axum::Json;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::{MAX_CONCURRENCY_LIMIT, ProviderHealth, ProviderKind, QueueState};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, Refusals};
use crate::api::AppState;
use crate::limits::{MAX_RECIPIENTS, MAX_UPLOAD_BYTES};
use crate::paging::Params;
use crate::retention::Retention;
use crate::roles::Viewer;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_status))
        .routes(routes!(get_quota))
        .routes(routes!(get_settings))
}

/// What is known of a provider.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderStatus {
    /// The platform.
    provider: ProviderKind,
    /// Whether it takes our dials, and answers now.
    state: ProviderHealth,
    /// Since when; none when it just stopped answering.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    /// Why it is not up, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
    /// Milliseconds that lie between two dials at present; 0: no limit.
    spacing_ms: i64,
    /// What last went wrong with a dial.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error_at: Option<Timestamp>,
    /// When it was asked.
    checked_at: Timestamp,
}

/// State of the service.
#[derive(Debug, Serialize, ToSchema)]
struct Status {
    /// Each provider.
    providers: Vec<ProviderStatus>,
}

/// Asks every provider for something light, and tells whether it answered.
#[utoipa::path(get, path = "/status", tag = "system", responses((status = OK, body = Status), Refusals))]
async fn get_status(Viewer(api): Viewer) -> Answer<Status> {
    let mut providers = Vec::new();
    for provider in api.providers.used().await {
        let asked = provider.get_subscription().await;
        let known = api.store.provider_state(provider.kind(), api.now()).await?;
        let (state, explanation) = match asked {
            Ok(_) => (known.health, None),
            Err(error) => (ProviderHealth::Down, Some(error.explain())),
        };
        let explanation = explanation.or_else(|| explain(state));
        providers.push(ProviderStatus {
            provider: provider.kind(),
            state,
            since: (state == known.health).then_some(known.since),
            explanation,
            spacing_ms: known.spacing_ms,
            last_error: known.last_error,
            last_error_at: known.last_error_at,
            checked_at: api.now(),
        });
    }
    Ok(Json(Status { providers }))
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
    responses((status = OK, body = Quota), Refusals))]
async fn get_quota(Viewer(api): Viewer, Params(params): Params<QuotaParams>) -> Answer<Quota> {
    let provider = params.provider.unwrap_or(ProviderKind::Elevenlabs);
    let quota = api.providers.get(provider).get_subscription().await?;
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
