//! The account, and who may use it.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::TWILIO_ACCOUNT_SID;
use crate::server::Shared;

/// The account itself.
pub(super) async fn one(
    State(shared): State<Shared>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let account = file.strip_suffix(".json").unwrap_or_default();
    if !is_ours(account, &headers, &shared.lock().twilio_auth_token) {
        return refused(StatusCode::UNAUTHORIZED, 20_003, "Authenticate");
    }
    Json(json!({ "sid": account, "friendly_name": "Simulated", "status": "active", "type": "Full" }))
        .into_response()
}

/// Whether a request is of this account, and signed in with its token.
pub(super) fn is_ours(account: &str, headers: &HeaderMap, auth_token: &str) -> bool {
    let pair = STANDARD.encode(format!("{TWILIO_ACCOUNT_SID}:{auth_token}"));
    let wanted = format!("Basic {pair}");
    let given = headers.get(header::AUTHORIZATION);
    let is_signed_in = given.is_some_and(|given| given.as_bytes().ct_eq(wanted.as_bytes()).into());
    account == TWILIO_ACCOUNT_SID && is_signed_in
}

/// A refusal in the vendor's shape.
pub(super) fn refused(status: StatusCode, code: u32, message: &str) -> Response {
    let body = json!({ "code": code, "message": message, "status": status.as_u16(),
        "more_info": format!("https://www.twilio.com/docs/errors/{code}") });
    (status, Json(body)).into_response()
}

/// What is not there.
pub(super) fn missing() -> Response {
    let message = "The requested resource was not found";
    refused(StatusCode::NOT_FOUND, 20_404, message)
}
