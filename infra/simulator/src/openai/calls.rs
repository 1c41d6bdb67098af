//! Control of a call: accept, reject, hang up, refer.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::director::Director;
use super::session::{By, Leg, Stage};
use super::{bad, config, no_such_call, refused};
use crate::clock::now_ms;
use crate::server::Shared;

/// Milliseconds from `accept` until the socket is found when nobody says.
const FOUND_AFTER_MS: f64 = 600.0;
/// What SIP answers to a call that is rejected when nobody says.
const DECLINE: u16 = 603;

/// The body, when there is one; none: it is no JSON object.
fn object(body: &Bytes) -> Option<Value> {
    if body.is_empty() {
        return Some(Value::Null);
    }
    let value: Option<Value> = serde_json::from_slice(body).ok();
    value.filter(Value::is_object)
}

/// Takes the call with a configuration.
pub(super) async fn accept(State(shared): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let Some(config) = object(&body).filter(Value::is_object) else {
        return bad("invalid_json", "The body must be a JSON object.");
    };
    let slow_secs = {
        let mut state = shared.lock();
        let Some(session) = state.openai.find_mut(&id).filter(|session| !session.is_over()) else {
            return no_such_call();
        };
        if session.stage != Stage::Incoming {
            return bad("call_already_accepted", "The call was accepted already.");
        }
        if let Some(status) = session.scenario.accept_status.take() {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return refused(status, "server_error", "server_error", "The server had an error.");
        }
        if let Err((field, why)) = config::check(&config, true) {
            session.faults.push(format!("accept: {field} {why}"));
            return bad("invalid_value", &format!("Invalid value: {field} {why}."));
        }
        session.scenario.slow_accept_secs
    };
    tokio::time::sleep(Duration::from_secs_f64(slow_secs.clamp(0.0, 60.0))).await;
    let director = {
        let mut state = shared.lock();
        let factor = state.clock_factor;
        let Some(session) = state.openai.find_mut(&id).filter(|session| !session.is_over()) else {
            return no_such_call();
        };
        if session.stage != Stage::Incoming {
            return bad("call_already_accepted", "The call was accepted already.");
        }
        let now = now_ms();
        session.config = Some(config);
        session.accepted_ms = Some(now);
        if session.scenario.accept_dead {
            session.stage = Stage::Dead;
            None
        } else {
            session.stage = Stage::Accepted;
            let after = session.scenario.socket_delay_ms.unwrap_or(FOUND_AFTER_MS) / factor;
            // Some milliseconds.
            session.found_from_ms = now + after as i64;
            let waiting = session.waiting.take();
            waiting.map(|inbox| Director::new(&shared, &id, inbox, session.leg.subscribe()))
        }
    };
    if let Some(director) = director {
        tokio::spawn(director.run());
    }
    StatusCode::OK.into_response()
}

/// Does not take it.
pub(super) async fn reject(State(shared): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let Some(body) = object(&body) else {
        return bad("invalid_json", "The body must be a JSON object.");
    };
    let code = match &body["status_code"] {
        Value::Null => DECLINE,
        code => match code.as_u64().and_then(|code| u16::try_from(code).ok()) {
            Some(code @ 300..=699) => code,
            _ => return bad("invalid_value", "status_code must be a final code of SIP."),
        },
    };
    let mut state = shared.lock();
    match state.openai.find_mut(&id).filter(|session| !session.is_over()) {
        None => no_such_call(),
        Some(session) if session.stage != Stage::Incoming => {
            bad("call_already_accepted", "The call was accepted already.")
        }
        Some(session) => {
            session.end(By::Rejected(code), now_ms());
            StatusCode::OK.into_response()
        }
    }
}

/// Hangs up.
pub(super) async fn end(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    let mut state = shared.lock();
    let found = state.openai.find_mut(&id);
    match found.is_some_and(|session| session.end(By::Agent, now_ms())) {
        true => StatusCode::OK.into_response(),
        false => no_such_call(),
    }
}

/// Passes a REFER on, which the carrier answers and does not follow.
pub(super) async fn refer(State(shared): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let body = object(&body).unwrap_or_default();
    let target = body["target_uri"].as_str().unwrap_or_default();
    if !target.starts_with("tel:") && !target.starts_with("sip:") {
        return bad("invalid_value", "target_uri must be a tel: or sip: address.");
    }
    let mut state = shared.lock();
    let live = |session: &&mut super::Session| *session.leg.borrow() == Leg::Answered;
    match state.openai.find_mut(&id).filter(live) {
        Some(session) => {
            session.refers.push(target.to_owned());
            StatusCode::OK.into_response()
        }
        None => no_such_call(),
    }
}
