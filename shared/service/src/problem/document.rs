//! The document itself.

use std::fmt;

use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use serde::Serialize;
use utoipa::ToSchema;

use super::ProblemCode;
use crate::causes::Causes;

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field, as a path into the request, e.g. `calling_window.days`.
    #[schema(example = "phone_number")]
    pub field: String,
    /// What is wrong with it, and what would be right.
    #[schema(example = "write + and the country code, e.g. +14155550100")]
    pub message: String,
}

/// An error, as RFC 9457 has it. Never holds an inner cause, a secret or a phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(title = "Problem")]
pub struct Problem {
    /// What kind of problem it is: `/problems/<code>`, stable.
    #[serde(rename = "type")]
    #[schema(example = "/problems/not-found")]
    pub kind: String,
    /// What happened.
    #[schema(example = "Not found")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// What to do next.
    pub detail: String,
    /// The request it happened to, for support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Of a request that dials: whether a phone can have rung for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_have_rung: Option<bool>,
    /// The voice provider's id of the request that it did not answer as hoped, for its support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_request_id: Option<String>,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after_secs: Option<u64>,
}

impl Problem {
    /// A problem of a kind; `detail` says what to do next.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status().as_u16(),
            detail: detail.into(),
            instance: None,
            errors: Vec::new(),
            may_have_rung: None,
            provider_request_id: None,
            retry_after_secs: None,
        }
    }

    /// There is no such thing, e.g. `campaign`.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            ProblemCode::NotFound,
            format!("There is no such {what}. Check the id, or list what there is and choose again."),
        )
    }

    /// The request cannot be read.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::Invalid, detail)
    }

    /// Fields of the request are wrong.
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            ..Self::new(
                ProblemCode::Invalid,
                "Correct the fields named in errors and send it again.",
            )
        }
    }

    /// One field of the request is wrong.
    pub fn invalid_field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError {
            field: field.into(),
            message: message.into(),
        }])
    }

    /// No valid token or signature.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::Unauthorized, detail)
    }

    /// The role is not enough; `needed` is the one that would be.
    pub fn forbidden(needed: &str) -> Self {
        Self::new(
            ProblemCode::Forbidden,
            format!("This needs the role {needed}. Ask an administrator to give it to you."),
        )
    }

    /// The thing is in a state that does not allow it.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::Conflict, detail)
    }

    /// More than the given number of bytes.
    pub fn too_large(max_bytes: u64) -> Self {
        Self::new(
            ProblemCode::TooLarge,
            format!("Send at most {max_bytes} bytes; split what is larger."),
        )
    }

    /// Too many requests.
    pub fn rate_limited(retry_after_secs: u64) -> Self {
        Self::new(
            ProblemCode::RateLimited,
            format!("Try again in {retry_after_secs} seconds."),
        )
        .with_retry_after(retry_after_secs)
    }

    /// We cannot do it at present.
    pub fn unavailable() -> Self {
        Self::new(
            ProblemCode::Unavailable,
            "Nothing was lost. Try again in a moment.",
        )
        .with_retry_after(2)
    }

    /// Something broke. The cause goes to the log and nowhere else.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %Causes(cause), "a request failed");
        Self::new(
            ProblemCode::Internal,
            "Try again. If it goes on, tell the people who run this service, with the time of the request.",
        )
    }

    /// The request it happened to.
    #[must_use]
    pub fn with_instance(self, instance: impl Into<String>) -> Self {
        Self {
            instance: Some(instance.into()),
            ..self
        }
    }

    /// Seconds after which to try again; becomes the `retry-after` header.
    #[must_use]
    pub fn with_retry_after(self, secs: u64) -> Self {
        Self {
            retry_after_secs: Some(secs),
            ..self
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}

impl std::error::Error for Problem {}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status =
            http::StatusCode::from_u16(self.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(secs) = self.retry_after_secs {
            headers.insert(RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_problem_is_answered_as_problem_json() {
        let problem = Problem::invalid_field("phone_number", "write + and the country code")
            .with_instance("/api/calls")
            .with_retry_after(3);
        let response = problem.into_response();
        assert_eq!(response.status(), 400);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.headers()["retry-after"], "3");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "/problems/invalid", "title": "The request is not valid", "status": 400,
                "detail": "Correct the fields named in errors and send it again.", "instance": "/api/calls",
                "errors": [{ "field": "phone_number", "message": "write + and the country code" }],
            })
        );
    }

    #[test]
    fn an_inner_cause_is_not_shown() {
        let cause = std::io::Error::other("password=hunter2");
        let shown = serde_json::to_string(&Problem::internal(&cause)).unwrap();
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn codes_and_titles_are_unique() {
        let codes: std::collections::HashSet<_> =
            ProblemCode::ALL.iter().map(|c| (c.as_str(), c.title())).collect();
        assert_eq!(codes.len(), ProblemCode::ALL.len());
        for code in ProblemCode::ALL {
            assert!(
                code.status().is_client_error() || code.status().is_server_error(),
                "{code:?}"
            );
        }
    }
}
