//! The management API: messages to sockets, from functions.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use super::MAX_MESSAGE_BYTES;
use super::connection::{Connections, Order};

fn refused(status: StatusCode, code: &'static str, message: &str) -> Response {
    let body = Json(json!({ "message": message }));
    (status, [("x-amzn-errortype", code)], body).into_response()
}

fn gone() -> Response {
    refused(
        StatusCode::GONE,
        "GoneException",
        "The connection with the provided id no longer exists.",
    )
}

/// Says something on a socket.
pub(super) async fn post(
    State(connections): State<Connections>,
    Path((_, id)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    if body.len() > MAX_MESSAGE_BYTES {
        return refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            "PayloadTooLargeException",
            "The data has exceeded the maximum size allowed.",
        );
    }
    let Ok(text) = String::from_utf8(body.to_vec()) else {
        return refused(
            StatusCode::BAD_REQUEST,
            "BadRequestException",
            "Messages are text.",
        );
    };
    match connections.order(&id, Order::Say(text)) {
        true => StatusCode::OK.into_response(),
        false => gone(),
    }
}

/// Closes a socket.
pub(super) async fn delete(
    State(connections): State<Connections>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    match connections.order(&id, Order::Close) {
        true => StatusCode::NO_CONTENT.into_response(),
        false => gone(),
    }
}

/// What is known of a socket.
pub(super) async fn get(
    State(connections): State<Connections>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    match connections.find(&id) {
        Some(open) => Json(json!({
            "connectedAt": open.connected_at.to_string(),
            "lastActiveAt": open.last_active_at.to_string(),
            "identity": { "sourceIp": "127.0.0.1", "userAgent": open.user_agent },
        }))
        .into_response(),
        None => gone(),
    }
}
