//! Sending again, and sending a test.

use axum::Json;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_domain::{Delivery, DeliveryStatus, EventId, EventTarget, EventTargetId, OutgoingEvent};
use switchboard_service::{Causes, Problem};
use switchboard_store::{EventMessage, StoreError};
use utoipa::ToSchema;

use super::deliveries::delivery_of;
use crate::answer::{Answer, Made, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::path::{Id, Path, found};
use crate::roles::Operator;

/// Deliveries sent again by one request.
const MOST_AT_ONCE: u32 = 500;

/// The test that is on its way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TestEvent {
    /// Its event; look for it among the deliveries of the target.
    event_id: EventId,
}

/// Sends a test, whatever types the target is told of.
#[utoipa::path(post, path = "/event-targets/{target_id}/test", tag = "events",
    params(("target_id" = EventTargetId, Path)), responses((status = ACCEPTED, body = TestEvent), Refusals))]
pub(super) async fn send_test_event(Operator(api): Operator, Id(id): Id<EventTargetId>) -> Made<TestEvent> {
    let target = enabled(&api, &id).await?;
    let event = api.draw(|rng| OutgoingEvent::test(&target, api.now(), rng));
    let event = event.map_err(|error| Problem::internal(&error))?;
    api.store.add_event(&event).await?;
    api.audit("event_target.tested", &id).await;
    let event_id = event.event_id;
    Ok((StatusCode::ACCEPTED, Json(TestEvent { event_id })))
}

/// Sends one again, with all its attempts. The receiver knows it by its id.
#[utoipa::path(post, path = "/event-targets/{target_id}/deliveries/{event_id}/replay", tag = "events",
    params(("target_id" = EventTargetId, Path), ("event_id" = EventId, Path)),
    responses((status = OK, body = Delivery), Refusals))]
pub(super) async fn replay_event_delivery(
    Operator(api): Operator,
    Path((target, event)): Path<(String, String)>,
) -> Answer<Delivery> {
    let mut delivery = delivery_of(&api, &target, &event).await?;
    enabled(&api, &delivery.target_id).await?;
    if !replay(&api, &mut delivery).await? {
        return Err(Problem::conflict(
            "It is being sent at this moment. Look at it again in a minute.",
        ));
    }
    api.audit("event_delivery.replayed", &delivery.event_id).await;
    Ok(Json(delivery))
}

/// What to send again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayEvents {
    /// What happened at or after this moment.
    since: Timestamp,
    /// Only those in this status; all when nothing is said.
    status: Option<DeliveryStatus>,
}

/// What became of sending again.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct ReplayedEvents {
    /// Deliveries that are on their way again.
    replayed: u64,
    /// There are more: ask again with this as `since`.
    #[serde(skip_serializing_if = "Option::is_none")]
    continue_since: Option<Timestamp>,
}

/// Sends again what happened since a moment, oldest first. One request takes the first 500 and says where
/// to go on.
#[utoipa::path(post, path = "/event-targets/{target_id}/replay", tag = "events",
    params(("target_id" = EventTargetId, Path)), request_body = ReplayEvents,
    responses((status = OK, body = ReplayedEvents), Refusals))]
pub(super) async fn replay_events(
    Operator(api): Operator,
    Id(id): Id<EventTargetId>,
    JsonBody(request): JsonBody<ReplayEvents>,
) -> Answer<ReplayedEvents> {
    enabled(&api, &id).await?;
    let found = api
        .store
        .deliveries_since(&id, request.since, MOST_AT_ONCE)
        .await?;
    let mut done = ReplayedEvents::default();
    if found.len() >= MOST_AT_ONCE as usize {
        done.continue_since = found.last().and_then(|last| next_since(last, request.since));
    }
    for mut delivery in found {
        let asked = request.status.is_none_or(|status| status == delivery.status);
        // What happened in the millisecond at which the next request begins is its work.
        let later = done
            .continue_since
            .is_some_and(|since| delivery.occurred_at >= since);
        if asked && !later {
            done.replayed += u64::from(replay(&api, &mut delivery).await?);
        }
    }
    api.audit("events.replayed", &format!("{id}: {}", done.replayed))
        .await;
    Ok(Json(done))
}

/// Where the next request begins: with everything of the last one's millisecond, unless that is all there
/// was.
fn next_since(last: &Delivery, since: Timestamp) -> Option<Timestamp> {
    let millisecond = Timestamp::from_millisecond(last.occurred_at.as_millisecond()).ok()?;
    match millisecond > since {
        true => Some(millisecond),
        false => millisecond.checked_add(SignedDuration::from_millis(1)).ok(),
    }
}

/// Sends again what was given up, at most 500 in one request.
#[utoipa::path(post, path = "/event-targets/{target_id}/dead-letters/replay", tag = "events",
    params(("target_id" = EventTargetId, Path)), responses((status = OK, body = ReplayedEvents), Refusals))]
pub(super) async fn replay_dead_event_deliveries(
    Operator(api): Operator,
    Id(id): Id<EventTargetId>,
) -> Answer<ReplayedEvents> {
    enabled(&api, &id).await?;
    let page = api.store.list_dead_deliveries(&id, None, MOST_AT_ONCE).await?;
    let mut done = ReplayedEvents::default();
    for mut delivery in page.items {
        done.replayed += u64::from(replay(&api, &mut delivery).await?);
    }
    api.audit("dead_events.replayed", &format!("{id}: {}", done.replayed))
        .await;
    Ok(Json(done))
}

/// The target, if anything is sent to it.
async fn enabled(api: &Api, id: &EventTargetId) -> Result<EventTarget, Problem> {
    let target = found(api.store.find_event_target(id).await?, "event target")?;
    match target.enabled {
        true => Ok(target),
        false => Err(Problem::conflict(
            "The target is off, so nothing is sent to it: enable it first.",
        )),
    }
}

/// Answers whether it is on its way again; not when it changed at this moment.
async fn replay(api: &Api, delivery: &mut Delivery) -> Result<bool, StoreError> {
    delivery.replay(api.now());
    match api.store.put_delivery(delivery).await {
        Ok(()) => {}
        Err(StoreError::Stale) => return Ok(false),
        Err(error) => return Err(error),
    }
    let message = EventMessage {
        event_id: delivery.event_id.clone(),
        target_id: Some(delivery.target_id.clone()),
    };
    if let Err(error) = api.store.send_event_message(&message, SignedDuration::ZERO).await {
        tracing::warn!(error = %Causes(&error), "the event sender was not told; it finds the delivery by itself");
    }
    Ok(true)
}
