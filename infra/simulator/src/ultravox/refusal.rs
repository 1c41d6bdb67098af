//! Errors: `{"detail": …}`, or a map of field to messages. The vendor documents no shape; these are its framework's.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

/// An error answer.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Value,
    retry_after_secs: Option<i64>,
}

impl Refusal {
    pub(crate) fn detail(status: StatusCode, text: &str) -> Self {
        Self {
            status,
            body: json!({ "detail": text }),
            retry_after_secs: None,
        }
    }

    /// A field of the request is wrong.
    pub(crate) fn field(name: &str, message: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            body: json!({ name: [message] }),
            retry_after_secs: None,
        }
    }

    pub(crate) fn required(name: &str) -> Self {
        Self::field(name, "This field is required.")
    }

    pub(crate) fn not_found() -> Self {
        Self::detail(StatusCode::NOT_FOUND, "Not found.")
    }

    pub(crate) fn broken() -> Self {
        Self::detail(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.")
    }

    /// 429 or 503, to be tried again in so many seconds.
    pub(crate) fn later(status: StatusCode, text: &str, secs: i64) -> Self {
        Self {
            retry_after_secs: Some(secs.max(1)),
            ..Self::detail(status, text)
        }
    }

    pub(crate) fn payment() -> Self {
        Self::detail(
            StatusCode::PAYMENT_REQUIRED,
            "The account has no call allowance left.",
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut answer = (self.status, Json(self.body)).into_response();
        if let Some(secs) = self.retry_after_secs {
            answer.headers_mut().insert(header::RETRY_AFTER, secs.into());
        }
        answer
    }
}
