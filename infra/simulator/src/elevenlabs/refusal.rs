//! Errors in the shapes that the provider uses.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

/// An error answer.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Value,
}

impl Refusal {
    /// Shape A: typed.
    pub(crate) fn typed(status: StatusCode, kind: &str, code: &str, message: &str) -> Self {
        let request_id = format!("{:032x}", rand::random::<u128>());
        let detail = json!({ "type": kind, "code": code, "message": message, "status": code, "request_id": request_id });
        Self {
            status,
            body: json!({ "detail": detail }),
        }
    }

    /// Shape B: legacy.
    pub(crate) fn legacy(status: StatusCode, code: &str, message: &str) -> Self {
        Self {
            status,
            body: json!({ "detail": { "status": code, "message": message } }),
        }
    }

    /// Shape C: a field of the request is wrong.
    pub(crate) fn field(place: &str, name: &str, message: &str, kind: &str) -> Self {
        let detail = json!([{ "loc": [place, name], "msg": message, "type": kind }]);
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            body: json!({ "detail": detail }),
        }
    }

    pub(crate) fn missing(name: &str) -> Self {
        Self::field("body", name, "Field required", "missing")
    }

    pub(crate) fn not_found(code: &str) -> Self {
        Self::typed(StatusCode::NOT_FOUND, "not_found", code, "Not found")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}
