//! Tickets for live updates.

use axum::Json;
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use serde::Serialize;
use switchboard_domain::{LiveTicket, TICKET_LIFE, ticket_digest};
use switchboard_service::{Problem, ProblemCode};
use utoipa::ToSchema;

use crate::answer::{Missing, Refusals};
use crate::api::NotKept;
use crate::roles::Viewer;
use crate::route_set::{RouteSet, routes};

/// Bytes of chance in a ticket.
const TICKET_BYTES: usize = 32;
/// How long a sign-in lasts whose token does not say it; the gateway lets none through.
const UNSAID: SignedDuration = SignedDuration::from_mins(15);

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new().routes(routes!(make_live_ticket))
}

/// A ticket that opens one WebSocket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LiveTicketAnswer {
    /// Where to connect, ticket included.
    url: String,
    /// The ticket: it opens one connection, and is shown this once.
    ticket: String,
    /// Until when it does.
    expires_at: Timestamp,
    /// When the connection is closed at the latest: the sign-in behind it ends.
    session_until: Timestamp,
}

/// Makes a ticket for live updates: browsers cannot send a token when they open a WebSocket. On the socket, ask for
/// topics with `{"action":"subscribe","topics":["queue","calls","inbound","campaigns","callbacks","call:<id>",
/// "campaign:<id>"]}`; what follows are changes of these. docs/live-updates.md describes the messages.
#[utoipa::path(post, path = "/live/tickets", tag = "system",
    responses((status = OK, body = LiveTicketAnswer), Refusals, Missing))]
async fn make_live_ticket(Viewer(api): Viewer) -> Result<(NotKept, Json<LiveTicketAnswer>), Problem> {
    let Some(mut url) = api.live_url.clone() else {
        return Err(Problem::new(
            ProblemCode::NotFound,
            "This deployment has no live updates: ask for what you show again now and then.",
        ));
    };
    let now = api.now();
    let secret = api.draw(|rng| {
        let mut bytes = [0u8; TICKET_BYTES];
        rng.fill_bytes(&mut bytes);
        hex::encode(bytes)
    });
    let later = |span| now.saturating_add(span).unwrap_or(now);
    let ticket = LiveTicket {
        subject: api.caller.subject.clone(),
        session_until: api.caller.token_until.unwrap_or_else(|| later(UNSAID)),
        good_until: later(TICKET_LIFE),
    };
    api.store
        .keep_live_ticket(&ticket_digest(&secret), &ticket)
        .await?;
    url.query_pairs_mut().append_pair("ticket", &secret);
    let answer = LiveTicketAnswer {
        url: url.into(),
        ticket: secret,
        expires_at: ticket.good_until,
        session_until: ticket.session_until,
    };
    Ok((NotKept, Json(answer)))
}
