//! The inbox: everything that somebody should know of, what is known, and what may safely be done.

mod item;
mod sources;

use axum::Json;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use self::item::AttentionItem;
use crate::answer::{Answer, Refusals};
use crate::roles::{Operator, Viewer};
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(get_attention))
        .routes(routes!(dismiss_recording))
}

/// Everything that somebody should know of.
#[derive(Debug, Serialize, ToSchema)]
struct Attention {
    /// How many there are; when `more`, at least as many.
    total: usize,
    /// Some kinds have more than are shown.
    more: bool,
    /// The most pressing first, then the oldest.
    items: Vec<AttentionItem>,
    /// When it was looked.
    checked_at: Timestamp,
}

/// Everything that somebody should know of: what is known, and what may safely be done.
#[utoipa::path(get, path = "/attention", tag = "system", responses((status = OK, body = Attention), Refusals))]
async fn get_attention(Viewer(api): Viewer) -> Answer<Attention> {
    let now = api.now();
    let mut found = sources::Found::default();
    found.providers(&api, now).await?;
    found.paused_campaigns(&api).await?;
    found.calls(&api, now).await?;
    found.slots(&api, now).await?;
    found.dead_letters(&api).await?;
    found.lines(&api, now).await?;
    found.webhooks(&api, now).await?;
    found.event_targets(&api).await?;
    found.recordings(&api).await?;
    let (items, more) = found.sorted();
    Ok(Json(Attention {
        total: items.len(),
        more,
        items,
        checked_at: now,
    }))
}

/// Takes a lost or short recording off the inbox: somebody has seen it. The call keeps saying it.
#[utoipa::path(delete, path = "/attention/recordings/{call_id}", tag = "system",
    params(("call_id" = switchboard_domain::CallId, Path)), responses((status = NO_CONTENT), Refusals))]
async fn dismiss_recording(
    Operator(api): Operator,
    crate::path::Id(call): crate::path::Id<switchboard_domain::CallId>,
) -> Result<http::StatusCode, switchboard_service::Problem> {
    api.store.forget_noted_recording(&call).await?;
    api.audit("recording.dismissed", &call).await;
    Ok(http::StatusCode::NO_CONTENT)
}
