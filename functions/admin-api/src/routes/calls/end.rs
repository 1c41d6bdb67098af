//! Ending a call that is in progress.

use axum::Json;
use serde::Serialize;
use switchboard_domain::{Call, CallId, CallOrigin, CallStatus, Carrier, ProviderId, ProviderKind};
use switchboard_providers::{EndedCall, platform};
use switchboard_service::{Problem, ProblemCode};
use utoipa::ToSchema;

use crate::answer::{Answer, PlatformRefusals, Refusals};
use crate::path::{Id, found};
use crate::roles::Operator;

/// A call that is being ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallEnded {
    /// The platform was told. How the call ended comes as ever, a moment later.
    ended: bool,
}

/// Where a call that is in progress can be ended.
enum Way<'a> {
    /// At its platform, by the conversation.
    Platform(ProviderKind, &'a ProviderId),
    /// At the carrier, by its id there.
    Leg(&'a str),
}

/// None when the call is not live, or nothing can end it. `ends_legs`: the carrier's account is set up.
fn way_to_end(call: &Call, ends_legs: bool) -> Option<Way<'_>> {
    if !is_live(call) {
        return None;
    }
    let leg = call
        .carrier_call_id
        .as_deref()
        .filter(|_| ends_legs && call.carrier == Some(Carrier::Twilio))
        .map(Way::Leg);
    // The caller's own leg: whoever has them now, an agent, a person or voicemail.
    if call.origin == CallOrigin::Reception && leg.is_some() {
        return leg;
    }
    match call.provider {
        Some(kind) if platform(kind).ends_calls() => {
            call.conversation_id.as_ref().map(|id| Way::Platform(kind, id))
        }
        _ => leg,
    }
}

/// Whether a call can be ended now.
pub(super) fn can_be_ended(call: &Call, ends_legs: bool) -> bool {
    way_to_end(call, ends_legs).is_some()
}

fn is_live(call: &Call) -> bool {
    call.status == CallStatus::InProgress && call.hung_up_at.is_none()
}

/// Ends a call that is in progress: its person hears the agent no longer. 409 when it is not in progress; 422 when
/// neither its platform nor its carrier can end it from here, with what to do instead.
#[utoipa::path(post, path = "/calls/{call_id}/end", tag = "calls", params(("call_id" = CallId, Path)),
    responses((status = OK, body = CallEnded), Refusals, PlatformRefusals))]
pub(super) async fn end_call(Operator(api): Operator, Id(id): Id<CallId>) -> Answer<CallEnded> {
    let call = found(api.store.find_call(&id).await?, "call")?;
    if !is_live(&call) {
        return Err(Problem::conflict(not_live(&call)));
    }
    let carrier = api.carrier().await;
    let ended = match (way_to_end(&call, carrier.is_some()), carrier) {
        (Some(Way::Platform(kind, conversation)), _) => {
            let provider = api.platform(kind).await?;
            let ended = provider.end_call(conversation).await;
            ended.map_err(Problem::of_provider(kind))?
        }
        (Some(Way::Leg(id)), Some(twilio)) => twilio.end_call(id).await.map_err(Problem::of_carrier)?,
        _ => return Err(not_possible(&call)),
    };
    match ended {
        EndedCall::Ended => {
            api.audit("call.ended", &id).await;
            Ok(Json(CallEnded { ended: true }))
        }
        EndedCall::NotLive => Err(Problem::conflict(
            "The call is over already: its result comes within a minute.",
        )),
        EndedCall::NotPickedUp => Err(Problem::conflict(
            "The phone still rings, and there is nothing to end yet. Try again once somebody has picked up.",
        )),
        EndedCall::NotPossible => Err(not_possible(&call)),
    }
}

fn not_live(call: &Call) -> &'static str {
    match call.status {
        CallStatus::Queued => {
            "The call has not begun. Pause or cancel its campaign, or stop the queue, so that it does not."
        }
        CallStatus::Placing | CallStatus::Unconfirmed => {
            "The phone is being dialled, and there is nothing to end yet. Try again when the call is in progress."
        }
        _ => "The call is over: there is nothing to end.",
    }
}

fn not_possible(call: &Call) -> Problem {
    let instead = match call.carrier {
        Some(Carrier::Twilio) => {
            "Enter your Twilio account under Settings → Platforms, or end it in your Twilio console"
        }
        Some(Carrier::SipTrunk) => "End it at your SIP trunk",
        None => "End it at your carrier",
    };
    let id = match &call.carrier_call_id {
        Some(id) => format!(", where it is {id}"),
        None => String::new(),
    };
    Problem::new(
        ProblemCode::NotPossible,
        format!(
            "{} has no way to end a call in progress. {instead}{id}, or wait: it ends by itself at the longest call that \
             its agent allows.",
            call.provider.map_or("Who has it", ProviderKind::name)
        ),
    )
}
