//! Webhooks that providers sent, and applying them again.

use axum::Json;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_domain::{CallId, ProviderId};
use switchboard_reconcile::replay_webhook;
use switchboard_service::Problem;
use switchboard_store::{WebhookList, WebhookRecord, WebhookState};
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, Download, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::paging::{List, PageParams, Paged};
use crate::path::{Id, Path, found};
use crate::roles::{Admin, Viewer};
use crate::route_set::{RouteSet, routes};

/// Webhooks applied again in one request.
const MOST_AT_ONCE: u32 = 200;
/// How long one request applies webhooks.
const TURN: SignedDuration = SignedDuration::from_secs(20);

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(list_webhooks))
        .routes(routes!(list_webhooks_of_call))
        .routes(routes!(get_webhook_body))
        .routes(routes!(replay_one))
        .routes(routes!(replay_many))
}

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum State {
    /// Kept, and not applied yet.
    Received,
    /// Applied.
    Applied,
    /// Its conversation was not known when it came.
    Early,
    /// Of a kind that nothing follows from.
    Ignored,
    /// Could not be read.
    Unparsed,
}

impl From<WebhookState> for State {
    fn from(state: WebhookState) -> Self {
        match state {
            WebhookState::Received => Self::Received,
            WebhookState::Applied => Self::Applied,
            WebhookState::Early => Self::Early,
            WebhookState::Ignored => Self::Ignored,
            WebhookState::Unparsed => Self::Unparsed,
        }
    }
}

impl State {
    fn list(self) -> WebhookList {
        match self {
            Self::Received => WebhookList::Received,
            Self::Early => WebhookList::Early,
            Self::Unparsed => WebhookList::Unparsed,
            Self::Applied | Self::Ignored => WebhookList::Settled,
        }
    }
}

/// A webhook that came. Its body stays in the data bucket.
#[derive(Debug, Serialize, ToSchema)]
struct Webhook {
    /// Who sent it.
    provider: String,
    /// Its id: a digest of the body, in hex.
    digest: String,
    /// What became of it.
    state: State,
    /// Its kind, as the sender names it.
    kind: Option<String>,
    /// The conversation it is about.
    #[schema(value_type = Option<String>)]
    conversation_id: Option<ProviderId>,
    /// The call it is about.
    call_id: Option<CallId>,
    /// Why it was not applied.
    note: Option<String>,
    /// When it first came.
    received_at: Timestamp,
    /// How often it came.
    deliveries: u32,
}

impl From<WebhookRecord> for Webhook {
    fn from(record: WebhookRecord) -> Self {
        Self {
            provider: record.provider,
            digest: record.digest,
            state: record.state.into(),
            kind: record.kind_name,
            conversation_id: record.conversation_id,
            call_id: record.call_id,
            note: record.note,
            received_at: record.received_at,
            deliveries: record.deliveries,
        }
    }
}

/// Which webhooks to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WebhookParams {
    /// Those of which this became; none: those that were applied or ignored. `applied` lists both.
    #[param(required = false)]
    state: Option<State>,
}

/// Webhooks of the last 30 days, newest first.
#[utoipa::path(get, path = "/webhooks", tag = "system", params(WebhookParams, PageParams),
    responses((status = OK, body = List<Webhook>), Refusals))]
async fn list_webhooks(Viewer(api): Viewer, page: Paged<WebhookParams>) -> Answer<List<Webhook>> {
    let cursor = page.cursor()?;
    let list = page.filter.state.unwrap_or(State::Applied).list();
    let read = api.store.list_webhooks(list, cursor.as_ref(), page.limit).await?;
    Ok(Json(read.map(Webhook::from).into()))
}

/// Webhooks of the last 30 days that were about a call, the first that came first.
#[utoipa::path(get, path = "/calls/{call_id}/webhooks", tag = "calls", params(("call_id" = CallId, Path)),
    responses((status = OK, body = List<Webhook>), Refusals))]
async fn list_webhooks_of_call(Admin(api): Admin, Id(id): Id<CallId>) -> Answer<List<Webhook>> {
    let call = found(api.store.find_call(&id).await?, "call")?;
    let records = api.store.webhooks_of_call(&call).await?;
    Ok(Json(List::whole(
        records.into_iter().map(Webhook::from).collect(),
    )))
}

/// The record of a webhook. Names that nothing can have are not looked up.
async fn webhook(api: &Api, provider: &str, digest: &str) -> Result<WebhookRecord, Problem> {
    let is_digest = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    let is_provider = provider.len() <= 32 && provider.bytes().all(|b| b.is_ascii_lowercase());
    if !is_digest || !is_provider {
        return Err(Problem::not_found("webhook"));
    }
    found(api.store.find_webhook(provider, digest).await?, "webhook")
}

/// A link to the body of a webhook, as it came.
#[utoipa::path(get, path = "/webhooks/{provider}/{digest}/body", tag = "system",
    params(("provider" = String, Path), ("digest" = String, Path)),
    responses((status = OK, body = Download), Refusals))]
async fn get_webhook_body(
    Admin(api): Admin,
    Path((provider, digest)): Path<(String, String)>,
) -> Answer<Download> {
    let record = webhook(&api, &provider, &digest).await?;
    let url = api.store.files().presign_get(&record.body_key, None).await?;
    Ok(Json(Download { url }))
}

/// Applies one stored webhook again. What it says was written before or is written now: nothing happens twice.
#[utoipa::path(post, path = "/webhooks/{provider}/{digest}/replay", tag = "system",
    params(("provider" = String, Path), ("digest" = String, Path)),
    responses((status = OK, body = Webhook), Refusals))]
async fn replay_one(Admin(api): Admin, Path((provider, digest)): Path<(String, String)>) -> Answer<Webhook> {
    let mut record = webhook(&api, &provider, &digest).await?;
    let applied = replay_webhook(&api.store, &mut record, api.now()).await?;
    if applied.is_none() {
        return Err(Problem::conflict(
            "Its body is not kept any more. Sync the calls: the provider is asked for what it said.",
        ));
    }
    api.audit("webhook.replayed", &digest).await;
    Ok(Json(record.into()))
}

/// Which stored webhooks to apply again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplayWebhooks {
    /// Those of which this became; none: those that were kept and not applied.
    state: Option<State>,
    /// Only those that came at or after this moment.
    since: Option<Timestamp>,
    /// `next_cursor` of the answer before.
    cursor: Option<String>,
}

/// What was applied again.
#[derive(Debug, Default, Serialize, ToSchema)]
struct ReplayedWebhooks {
    /// Webhooks applied.
    applied: u64,
    /// Webhooks that still cannot be read, wait for their conversation, or mean nothing.
    unchanged: u64,
    /// Webhooks whose body is not kept any more.
    gone: u64,
    /// Send it as `cursor` to go on; none: all are done.
    next_cursor: Option<String>,
}

/// Applies stored webhooks again, newest first, as many as fit in a request.
#[utoipa::path(post, path = "/webhooks/replay", tag = "system", request_body = ReplayWebhooks,
    responses((status = OK, body = ReplayedWebhooks), Refusals))]
async fn replay_many(
    Admin(api): Admin,
    JsonBody(request): JsonBody<ReplayWebhooks>,
) -> Answer<ReplayedWebhooks> {
    let list = request.state.unwrap_or(State::Received).list();
    let cursor = request.cursor.as_deref().map(switchboard_store::Cursor::decode);
    let mut cursor = cursor
        .transpose()
        .map_err(|error| Problem::invalid_field("cursor", error.to_string()))?;
    let begun = api.now();
    let mut done = ReplayedWebhooks::default();
    loop {
        let page = api
            .store
            .list_webhooks(list, cursor.as_ref(), MOST_AT_ONCE / 4)
            .await?;
        let too_old = |record: &WebhookRecord| request.since.is_some_and(|since| record.received_at < since);
        let ends_here = page.items.iter().any(too_old);
        for record in page.items.into_iter().filter(|record| !too_old(record)) {
            replay(&api, record, &mut done).await?;
        }
        cursor = page.next.filter(|_| !ends_here);
        let much = done.applied + done.unchanged + done.gone >= u64::from(MOST_AT_ONCE);
        if cursor.is_none() || much || api.now().duration_since(begun) > TURN {
            done.next_cursor = cursor.map(|cursor| cursor.encode());
            api.audit("webhooks.replayed", &done.applied).await;
            return Ok(Json(done));
        }
    }
}

async fn replay(api: &Api, mut record: WebhookRecord, done: &mut ReplayedWebhooks) -> Result<(), Problem> {
    let counter = match replay_webhook(&api.store, &mut record, api.now()).await? {
        Some(WebhookState::Applied) => &mut done.applied,
        Some(_) => &mut done.unchanged,
        None => &mut done.gone,
    };
    *counter += 1;
    Ok(())
}
