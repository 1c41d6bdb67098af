//! Changing a call in progress: it can be ended, or go on with another document. The legs of calls that a platform
//! placed through the carrier can only be ended.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::TWILIO_ACCOUNT_SID;
use super::account::{is_ours, missing, refused};
use super::call::Status;
use super::flow::Command;
use super::rest::{Form, bad};
use crate::clock::now_ms;
use crate::elevenlabs::webhooks;
use crate::server::Shared;
use crate::state::State as Everything;
use crate::{Behaviour, Conversation};

/// How long the platform looks at a talk that was cut, in seconds of the script.
const ANALYSIS_SECS: f64 = 5.0;
/// What the platform does with a leg that was ended while it rang: nobody talked.
const NEVER_ANSWERED: Behaviour = Behaviour::NoAnswer;

/// `Status=completed` ends a call that is queued, rings or talks; `Url` or `Twiml` lead it elsewhere.
pub(super) async fn update(
    State(shared): State<Shared>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let update = Form::of(&body);
    let mut state = shared.lock();
    if !is_ours(&account, &headers, &state.twilio_auth_token) {
        return refused(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    let sid = file.strip_suffix(".json").unwrap_or_default();
    if state.twilio.find(sid).is_some() {
        return change(&state, sid, &update);
    }
    let Some(call) = state.find_leg(sid) else {
        return missing();
    };
    if update.get("Status") != Some("completed") {
        return bad(20_001, "Status is not one that can be set here");
    }
    let now = now_ms();
    if now >= call.ended_ms {
        return refused(
            StatusCode::BAD_REQUEST,
            21_220,
            "Call is not in-progress. Cannot redirect.",
        );
    }
    let mut call = call.clone();
    if call.joined_ms(now).is_some() {
        // A second that was begun counts.
        call.cut_at_secs = Some(call.talked_secs(now).ceil() as u32);
        call.done_ms = now + state.scaled_ms(ANALYSIS_SECS);
    } else {
        call.behaviour = NEVER_ANSWERED;
        call.done_ms = now;
    }
    call.ended_ms = now;
    state.change(call.clone());
    drop(state);
    webhooks::schedule(&shared, call, false);
    Json(json!({ "sid": sid, "account_sid": account, "status": "completed" })).into_response()
}

/// Changes a call of the carrier's own.
fn change(state: &Everything, sid: &str, update: &Form) -> Response {
    let Some(call) = state.twilio.find(sid) else {
        return missing();
    };
    let is_queued = matches!(call.status, Status::Queued | Status::Initiated | Status::Ringing);
    let command = match (update.get("Status"), update.source()) {
        (_, Err(refusal)) => return refusal,
        (Some("completed"), _) => Command::End(Status::Completed),
        (Some("canceled"), _) if is_queued => Command::End(Status::Canceled),
        (Some("canceled"), _) => return bad(21_220, "Call is in progress. Cannot cancel."),
        (Some(_), _) => return bad(20_001, "Status is not one that can be set"),
        (None, Ok(Some(source))) => Command::Redirect(source),
        (None, Ok(None)) => return bad(20_001, "Nothing is to be changed"),
    };
    let control = call.control.as_ref().filter(|_| !call.status.is_over());
    // The legs that a document dialled go with the call that it is of.
    let taken = control.map(|control| control.send(command));
    match taken {
        Some(Ok(())) => Json(call.resource()).into_response(),
        _ => bad(21_220, "Call is not in-progress. Cannot redirect."),
    }
}

/// The leg of a call that a platform placed, as far as it is known here.
pub(super) fn resource(leg: &Conversation, now_ms: i64) -> Value {
    let status = match leg.call_result(now_ms) {
        _ if leg.is_live(now_ms) && leg.joined_ms(now_ms).is_some() => "in-progress",
        _ if leg.is_live(now_ms) => "ringing",
        Some("answered" | "voicemail") => "completed",
        Some("busy") => "busy",
        Some("no_answer") => "no-answer",
        _ => "failed",
    };
    let is_over = !leg.is_live(now_ms);
    json!({
        "sid": leg.carrier_call_id, "account_sid": TWILIO_ACCOUNT_SID, "to": leg.to, "from": leg.from,
        "status": status, "direction": "outbound-api", "parent_call_sid": null, "api_version": "2010-04-01",
        "start_time": super::call::rfc_2822(leg.dialled_ms),
        "end_time": is_over.then(|| super::call::rfc_2822(leg.ended_ms)),
        "duration": is_over.then(|| leg.length_secs(now_ms).to_string()),
    })
}
