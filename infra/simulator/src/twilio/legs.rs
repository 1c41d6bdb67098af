//! Changing a call in progress: it can be ended.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::account::{is_ours, refused};
use crate::Behaviour;
use crate::clock::now_ms;
use crate::elevenlabs::webhooks;
use crate::server::Shared;

/// How long the platform looks at a talk that was cut, in seconds of the script.
const ANALYSIS_SECS: f64 = 5.0;
/// What the platform does with a leg that was ended while it rang: nobody talked.
const NEVER_ANSWERED: Behaviour = Behaviour::NoAnswer;

#[derive(Deserialize)]
pub(super) struct Update {
    #[serde(rename = "Status", default)]
    status: String,
}

/// `Status=completed` ends a call that is queued, rings or talks.
pub(super) async fn update(
    State(shared): State<Shared>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
    Form(update): Form<Update>,
) -> Response {
    let mut state = shared.lock();
    if !is_ours(&account, &headers, &state.twilio_auth_token) {
        return refused(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    let sid = file.strip_suffix(".json").unwrap_or_default();
    let Some(call) = state.find_leg(sid) else {
        return refused(
            StatusCode::NOT_FOUND,
            20_404,
            "The requested resource was not found",
        );
    };
    if update.status != "completed" {
        return refused(
            StatusCode::BAD_REQUEST,
            20_001,
            "Status is not one that can be set here",
        );
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
