//! Our own routes for this account: a client joins, limits and switches.

use axum::extract::{Path, State};
use axum::routing::{post, put};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::body::seconds;
use super::call::EndReason;
use super::dial::{BILLING_SECS, SUMMARY_SECS, talk};
use super::refusal::Refusal;
use super::{ULTRAVOX, delivery, render};
use crate::clock::now_ms;
use crate::scenario::between;
use crate::server::Shared;
use crate::{Behaviour, Conversation};

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/sim/ultravox/join/{id}", post(join))
        .route("/sim/ultravox/limits", put(limits))
}

/// Somebody joins a call that waits for its client, and talks.
async fn join(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let call = join_call(&shared, &id, None)?;
    Ok(Json(render::call(&call, call.answered_ms)))
}

/// The same; a client that the carrier streams has the carrier's call.
pub(crate) fn join_call(
    shared: &Shared,
    id: &str,
    carrier_call_id: Option<&str>,
) -> Result<Conversation, Refusal> {
    let now = now_ms();
    let call = {
        let mut state = shared.lock();
        let call = state.find(ULTRAVOX, id).ok_or_else(Refusal::not_found)?;
        if !call.is_waiting(now) {
            let text = "The call waits for nobody.";
            return Err(Refusal::detail(StatusCode::CONFLICT, text));
        }
        let mut call = call.clone();
        let longest = call.ultravox.as_ref().map(|own| &own.settings["maxDuration"]);
        let max_secs = longest.and_then(seconds).unwrap_or(3_600.0);
        call.behaviour = Behaviour::Answers;
        call.answered_ms = now;
        call.talk_secs = between(state.scenario.talk_secs, state.seed, &[id, "talk"]);
        if let Some(carrier_call_id) = carrier_call_id {
            call.carrier_call_id = carrier_call_id.to_owned();
        }
        talk(&state, &mut call, max_secs, None);
        state.change(call.clone());
        call
    };
    delivery::schedule(shared, id);
    Ok(call)
}

/// The client is gone: the call is over, unless it was before.
pub(crate) fn cut(shared: &Shared, id: &str) {
    {
        let now = now_ms();
        let mut state = shared.lock();
        let Some(call) = state.find(ULTRAVOX, id).filter(|call| now < call.ended_ms) else {
            return;
        };
        let mut call = call.clone();
        // A second that was begun counts.
        call.cut_at_secs = Some(call.talked_secs(now).ceil().max(1.0) as u32);
        call.ended_ms = now;
        call.done_ms = now + state.scaled_ms(SUMMARY_SECS);
        if let Some(own) = &mut call.ultravox {
            own.end_reason = EndReason::Hangup;
            own.billed_ms = now + state.scaled_ms(BILLING_SECS);
        }
        state.change(call);
    }
    delivery::schedule(shared, id);
}

#[derive(Deserialize)]
struct Limits {
    creations_per_minute: Option<u32>,
    refuse_with: Option<u16>,
}

/// Both are set at once; what is not given is switched off.
async fn limits(State(shared): State<Shared>, Json(limits): Json<Limits>) -> StatusCode {
    if limits
        .refuse_with
        .is_some_and(|status| status != 402 && status != 503)
    {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    let mut state = shared.lock();
    state.ultravox.creations_per_minute = limits.creations_per_minute;
    state.ultravox.refuse_with = limits.refuse_with;
    StatusCode::NO_CONTENT
}
