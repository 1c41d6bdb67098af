//! Outgoing webhooks: the addresses that are told what happened, and the log of what was sent to them.

mod change;
mod deliveries;
mod fields;
mod replay;
mod secret;

use axum::Json;
use switchboard_domain::{EventTarget, EventTargetId};

use crate::answer::{Answer, Refusals};
use crate::paging::List;
use crate::path::{Id, found};
use crate::roles::Operator;
use crate::route_set::{RouteSet, routes};

pub(crate) use secret::{RotateEventSecret, RotatedEventSecret, secret_problem};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(list_event_targets, change::create_event_target))
        .routes(routes!(
            get_event_target,
            change::update_event_target,
            change::delete_event_target
        ))
        .routes(routes!(secret::rotate_event_secret))
        .routes(routes!(replay::send_test_event))
        .routes(routes!(replay::replay_events))
        .routes(routes!(deliveries::list_event_deliveries))
        .routes(routes!(deliveries::get_event_delivery))
        .routes(routes!(replay::replay_event_delivery))
        .routes(routes!(deliveries::list_dead_event_deliveries))
        .routes(routes!(replay::replay_dead_event_deliveries))
}

/// Every address that is told what happened. Its secret is never shown.
#[utoipa::path(get, path = "/event-targets", tag = "events",
    responses((status = OK, body = List<EventTarget>), Refusals))]
async fn list_event_targets(Operator(api): Operator) -> Answer<List<EventTarget>> {
    Ok(Json(List::whole(api.store.event_targets().await?)))
}

/// One of them.
#[utoipa::path(get, path = "/event-targets/{target_id}", tag = "events",
    params(("target_id" = EventTargetId, Path)), responses((status = OK, body = EventTarget), Refusals))]
async fn get_event_target(Operator(api): Operator, Id(id): Id<EventTargetId>) -> Answer<EventTarget> {
    Ok(Json(found(
        api.store.find_event_target(&id).await?,
        "event target",
    )?))
}
