//! OpenAI, as one project of it answers: calls that come in by SIP, their control, the socket beside them, and the
//! Responses API. Keys are bearers; nothing is said aloud.
//!
//! What it does was taken from the vendor's SDK (3.52) and API description (2.3.0) as of November 2026, and from what
//! was reported of it.

mod account;
mod calls;
mod config;
mod control;
mod director;
mod fill;
mod models;
mod responses;
mod ring;
mod session;
mod socket;
mod tools;
mod webhook;

use axum::Json;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{StatusCode, header};
use serde_json::json;
use subtle::ConstantTimeEq;

pub(crate) use account::Account;
pub(crate) use ring::{Ring, hang_up, is_host, ring};
pub(crate) use session::{By, Leg, Session};
pub use webhook::openai_signature;

use crate::Platform;
use crate::server::Shared;

/// The key that requests carry when nobody sets another.
pub const OPENAI_API_KEY: &str = "sk-sim-openai";
/// What webhooks are signed with when nobody sets another.
pub const OPENAI_WEBHOOK_SECRET: &str = "whsec_bG9jYWwtc2ltdWxhdG9yLWtleS0wMTIzNDU2Nzg5YWI=";
/// The project that is dialled when nobody sets another.
pub const OPENAI_PROJECT_ID: &str = "proj_simulator";

pub(crate) fn routes(shared: &Shared) -> Router<Shared> {
    Router::new()
        .route("/v1/realtime", get(socket::attach))
        .route("/v1/realtime/calls/{id}/accept", post(calls::accept))
        .route("/v1/realtime/calls/{id}/reject", post(calls::reject))
        .route("/v1/realtime/calls/{id}/hangup", post(calls::end))
        .route("/v1/realtime/calls/{id}/refer", post(calls::refer))
        .route("/v1/responses", post(responses::create))
        .route("/v1/models", get(models::list))
        .layer(from_fn_with_state(shared.clone(), check_key))
        .merge(control::routes())
}

async fn check_key(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).cloned();
    let is_good = {
        let state = shared.lock();
        if state.down.contains(&Platform::OpenAi) {
            return (StatusCode::SERVICE_UNAVAILABLE, "upstream connect error").into_response();
        }
        let wanted = format!("Bearer {}", state.openai.api_key);
        given.is_some_and(|given| given.as_bytes().ct_eq(wanted.as_bytes()).into())
    };
    let mut answer = match is_good {
        true => next.run(request).await,
        false => {
            let message = "Incorrect API key provided.";
            refused(
                StatusCode::UNAUTHORIZED,
                "invalid_request_error",
                "invalid_api_key",
                message,
            )
        }
    };
    if let Ok(id) = format!("req_{:032x}", rand::random::<u128>()).parse() {
        answer.headers_mut().insert("x-request-id", id);
    }
    answer
}

/// A refusal in the vendor's shape.
fn refused(status: StatusCode, kind: &str, code: &str, message: &str) -> Response {
    let error = json!({ "message": message, "type": kind, "param": null, "code": code });
    (status, Json(json!({ "error": error }))).into_response()
}

/// The answer to whoever names a call that is not there, or not yet.
fn no_such_call() -> Response {
    let message = "No session found for the call.";
    refused(
        StatusCode::NOT_FOUND,
        "invalid_request_error",
        "call_id_not_found",
        message,
    )
}

fn bad(code: &str, message: &str) -> Response {
    refused(StatusCode::BAD_REQUEST, "invalid_request_error", code, message)
}

/// An id as in `item_…`.
fn new_id(kind: &str) -> String {
    format!("{kind}_{:024x}", rand::random::<u128>() >> 32)
}
