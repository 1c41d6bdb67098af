//! The dial queue.

use axum::Json;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::{MAX_CONCURRENCY_LIMIT, QueueSettings, QueueState, SlotHolder};
use switchboard_service::Causes;
use switchboard_store::{QueueDepth, StoreError};
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::roles::{Admin, Operator, Viewer};
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(get_queue))
        .routes(routes!(start_queue))
        .routes(routes!(stop_queue))
        .routes(routes!(change_settings))
}

/// How many messages a queue holds; AWS calls these numbers approximate.
#[derive(Debug, Serialize, ToSchema)]
struct Depth {
    /// Waiting.
    waiting: u64,
    /// Being worked on.
    in_flight: u64,
}

impl From<QueueDepth> for Depth {
    fn from(depth: QueueDepth) -> Self {
        Self {
            waiting: depth.visible,
            in_flight: depth.in_flight,
        }
    }
}

/// The dial queue now.
#[derive(Debug, Serialize, ToSchema)]
struct Queue {
    /// Whether calls are placed.
    state: QueueState,
    /// Most calls in progress at one time.
    concurrency_limit: u32,
    /// Calls in progress.
    slots_in_use: u32,
    /// Which calls they are.
    holders: Vec<SlotHolder>,
    /// Calls about to be placed.
    depth: Depth,
    /// Messages that were given up, as far as two hundred; see `/queue/dead-letters`.
    dead_letters: u64,
    /// Calls in progress as the provider counts them, whoever began them; none when it did not answer.
    provider_live: Option<u64>,
    /// When somebody last changed the settings.
    updated_at: Timestamp,
}

/// The dial queue now.
#[utoipa::path(get, path = "/queue", tag = "queue", responses((status = OK, body = Queue), Refusals))]
async fn get_queue(Viewer(api): Viewer) -> Answer<Queue> {
    let store = &api.store;
    let settings = store.queue_settings(api.default_limit, api.now()).await?;
    let (holders, depth, given_up, kept, provider_live) = tokio::join!(
        store.slot_holders(),
        store.dial_queue_depth(),
        store.dead_letter_depth(),
        store.list_dead_letters(None, 200),
        provider_live(&api)
    );
    let mut holders = holders?;
    holders.retain(|slot| slot.line_free_at.is_none());
    let (given_up, kept) = (given_up?, kept?.items.len() as u64);
    Ok(Json(Queue {
        state: settings.state,
        concurrency_limit: settings.concurrency_limit,
        slots_in_use: settings.slots_in_use,
        holders,
        depth: depth?.into(),
        dead_letters: given_up.visible + given_up.in_flight + kept,
        provider_live,
        updated_at: settings.updated_at,
    }))
}

async fn provider_live(api: &Api) -> Option<u64> {
    let mut live = 0;
    for provider in api.providers.used().await {
        live += provider.live_count().await.ok()?;
    }
    Some(live)
}

/// Lets calls be placed again.
#[utoipa::path(post, path = "/queue/start", tag = "queue", responses((status = OK, body = QueueSettings), Refusals))]
async fn start_queue(Operator(api): Operator) -> Answer<QueueSettings> {
    change_state(&api, QueueState::Running, "queue.started").await
}

/// Stops all dialling. Once answered, no call begins; calls in progress go on.
#[utoipa::path(post, path = "/queue/stop", tag = "queue", responses((status = OK, body = QueueSettings), Refusals))]
async fn stop_queue(Operator(api): Operator) -> Answer<QueueSettings> {
    change_state(&api, QueueState::Stopped, "queue.stopped").await
}

async fn change_state(api: &Api, state: QueueState, action: &'static str) -> Answer<QueueSettings> {
    // The settings must be there before they can be changed.
    api.store.queue_settings(api.default_limit, api.now()).await?;
    let settings = api.store.set_queue_state(state, api.now()).await?;
    api.audit(action, &settings.concurrency_limit).await;
    if state == QueueState::Stopped {
        api.let_dials_leave(None).await?;
    }
    set_capacity(api, &settings).await;
    api.wake_scheduler().await;
    Ok(Json(settings))
}

/// What can be set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeQueueSettings {
    /// Most calls in progress at one time.
    #[schema(minimum = 1, maximum = 1000)]
    concurrency_limit: u32,
}

/// Sets the concurrency limit. Once answered, no call begins above it; calls in progress go on.
#[utoipa::path(put, path = "/queue/settings", tag = "queue", request_body = ChangeQueueSettings,
    responses((status = OK, body = QueueSettings), Refusals))]
async fn change_settings(
    Admin(api): Admin,
    JsonBody(request): JsonBody<ChangeQueueSettings>,
) -> Answer<QueueSettings> {
    let mut checks = Checks::default();
    checks.range(
        "concurrency_limit",
        &request.concurrency_limit,
        1..=MAX_CONCURRENCY_LIMIT,
    );
    checks.done()?;
    api.store.queue_settings(api.default_limit, api.now()).await?;
    let settings = api
        .store
        .set_concurrency_limit(request.concurrency_limit, api.now())
        .await?;
    api.audit("queue.limit_changed", &request.concurrency_limit).await;
    set_capacity(&api, &settings).await;
    api.wake_scheduler().await;
    Ok(Json(settings))
}

/// Brings the dialer's capacity at AWS to the settings. When that fails, the scheduler does it; the
/// slots hold the limit meanwhile.
async fn set_capacity(api: &Api, settings: &QueueSettings) {
    let set = async {
        let functions = api.store.functions();
        let now = functions.dialer_capacity().await?;
        let running = settings.state == QueueState::Running;
        functions
            .set_dialer_capacity(&now, settings.concurrency_limit, running)
            .await?;
        Ok::<_, StoreError>(())
    };
    if let Err(error) = set.await {
        tracing::warn!(error = %Causes(&error), "the dialer's capacity could not be set; the scheduler will");
    }
}
