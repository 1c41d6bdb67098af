//! The log of what was sent to a target.

use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use switchboard_domain::{Delivery, DeliveryStatus, EventId, EventTargetId};
use switchboard_service::Problem;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::paging::{Everything, List, PageParams, Paged};
use crate::path::{Id, Path, found};
use crate::roles::Operator;

/// Which deliveries to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryFilter {
    /// Only those in this status.
    #[param(required = false)]
    status: Option<DeliveryStatus>,
}

/// What was sent to a target in the last 30 days, by the time at which it happened, newest first. A page
/// can be short, even empty, and still have a next one.
#[utoipa::path(get, path = "/event-targets/{target_id}/deliveries", tag = "events",
    params(("target_id" = EventTargetId, Path), DeliveryFilter, PageParams),
    responses((status = OK, body = List<Delivery>), Refusals))]
pub(super) async fn list_event_deliveries(
    Operator(api): Operator,
    Id(id): Id<EventTargetId>,
    page: Paged<DeliveryFilter>,
) -> Answer<List<Delivery>> {
    found(api.store.find_event_target(&id).await?, "event target")?;
    let cursor = page.cursor()?;
    let read = api
        .store
        .list_deliveries(&id, page.filter.status, cursor.as_ref(), page.limit)
        .await?;
    Ok(Json(read.into()))
}

/// What was given up, newest first.
#[utoipa::path(get, path = "/event-targets/{target_id}/dead-letters", tag = "events",
    params(("target_id" = EventTargetId, Path), PageParams),
    responses((status = OK, body = List<Delivery>), Refusals))]
pub(super) async fn list_dead_event_deliveries(
    Operator(api): Operator,
    Id(id): Id<EventTargetId>,
    page: Paged<Everything>,
) -> Answer<List<Delivery>> {
    found(api.store.find_event_target(&id).await?, "event target")?;
    let cursor = page.cursor()?;
    let read = api
        .store
        .list_dead_deliveries(&id, cursor.as_ref(), page.limit)
        .await?;
    Ok(Json(read.into()))
}

/// A delivery with what was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventDeliveryAnswer {
    /// The delivery and its attempts.
    delivery: Delivery,
    /// The body, as it is sent at every attempt.
    body: Value,
}

/// One delivery, with its attempts and its body.
#[utoipa::path(get, path = "/event-targets/{target_id}/deliveries/{event_id}", tag = "events",
    params(("target_id" = EventTargetId, Path), ("event_id" = EventId, Path)),
    responses((status = OK, body = EventDeliveryAnswer), Refusals))]
pub(super) async fn get_event_delivery(
    Operator(api): Operator,
    Path((target, event)): Path<(String, String)>,
) -> Answer<EventDeliveryAnswer> {
    let delivery = delivery_of(&api, &target, &event).await?;
    let event = found(api.store.find_event(&delivery.event_id).await?, "event")?;
    Ok(Json(EventDeliveryAnswer {
        body: serde_json::from_str(&event.body).unwrap_or_default(),
        delivery,
    }))
}

/// The delivery that a path names.
pub(super) async fn delivery_of(api: &Api, target: &str, event: &str) -> Result<Delivery, Problem> {
    let ids = EventTargetId::parse(target).ok().zip(EventId::parse(event).ok());
    let (target, event) = found(ids, "delivery")?;
    found(api.store.find_delivery(&target, &event).await?, "delivery")
}
