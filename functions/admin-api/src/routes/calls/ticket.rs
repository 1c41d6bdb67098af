//! Asking for a ticket about a call, in the customer's own system.

use axum::Json;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::{CallId, EventId, EventType, OutgoingEvent, Reception};
use switchboard_service::Problem;
use switchboard_store::UpdateOutcome;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Made, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::MAX_NOTE;
use crate::paging::Params;
use crate::path::{Id, found};
use crate::roles::Operator;

/// How often a ticket is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TicketParams {
    /// Ask for another one, where one was asked for before.
    #[serde(default)]
    #[param(required = false)]
    again: bool,
}

/// A ticket that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TicketRequest {
    /// What whoever gets it should know.
    #[schema(max_length = 1000)]
    note: Option<String>,
}

/// A ticket that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketRequested {
    /// The event that tells of it; look for it among the deliveries of the event targets.
    event_id: EventId,
    /// When it was asked for.
    ticket_at: Timestamp,
}

/// Asks for a ticket about an inbound call: event targets are told `ticket.requested`, with the call. 409 when one
/// was asked for before and `again` is not said, or when no event target would be told.
#[utoipa::path(post, path = "/calls/{call_id}/ticket", tag = "inbound", request_body = TicketRequest,
    params(("call_id" = CallId, Path), TicketParams),
    responses((status = ACCEPTED, body = TicketRequested), Refusals))]
pub(super) async fn create_ticket(
    Operator(api): Operator,
    Id(id): Id<CallId>,
    Params(params): Params<TicketParams>,
    JsonBody(request): JsonBody<TicketRequest>,
) -> Made<TicketRequested> {
    let mut checks = Checks::default();
    if let Some(note) = &request.note {
        checks.text("note", note, 0..=MAX_NOTE);
    }
    checks.done()?;
    let call = found(api.store.find_call(&id).await?, "call")?;
    let reception = call.reception.as_ref().ok_or_else(not_received)?;
    if let Some(at) = reception.ticket_at.filter(|_| !params.again) {
        return Err(Problem::conflict(format!(
            "A ticket was asked for at {at}. Ask with `again=true` for another one."
        )));
    }
    let targets = api.store.event_targets().await?;
    if !targets
        .iter()
        .any(|target| target.wants(EventType::TicketRequested))
    {
        return Err(Problem::conflict(
            "Nobody would be told: add an event target for `ticket.requested` under Event targets, or add the type to \
             one that is there.",
        ));
    }
    let now = api.now();
    let by = api.caller.name.as_deref().unwrap_or(&api.caller.subject);
    let note = request.note.as_deref().filter(|note| !note.trim().is_empty());
    let event =
        OutgoingEvent::ticket_requested(&call, by, note, now).map_err(|error| Problem::internal(&error))?;
    // The event first: its id follows from the call as it was read, so that a request which is sent again
    // after it broke off here tells of the same ticket.
    api.store.add_event(&event).await?;
    let before = reception.ticket_at;
    let noted = api.store.update_call(&id, |call| {
        let reception = call.reception.as_mut();
        let Some(reception) = reception.filter(|reception: &&mut Reception| reception.ticket_at == before)
        else {
            return false;
        };
        reception.ticket_at = Some(now);
        call.updated_at = now;
        true
    });
    let ticket_at = match noted.await? {
        UpdateOutcome::Changed(_) => {
            api.audit("call.ticket_requested", &id).await;
            now
        }
        // Somebody else asked at this moment: it is one ticket.
        UpdateOutcome::Unchanged(call) => call.reception.and_then(|now| now.ticket_at).unwrap_or(now),
        UpdateOutcome::NotFound => return Err(Problem::not_found("call")),
    };
    let event_id = event.event_id;
    Ok((
        StatusCode::ACCEPTED,
        Json(TicketRequested { event_id, ticket_at }),
    ))
}

fn not_received() -> Problem {
    Problem::conflict("Tickets are made of calls that came in: this one was placed, or began elsewhere.")
}
