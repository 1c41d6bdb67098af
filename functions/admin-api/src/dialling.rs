//! Requests that can make a phone ring: their errors say whether one can have rung.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use serde_json::{Map, Value};
use switchboard_service::{Problem, ProblemCode};

/// Largest problem document that is read back.
const MAX_PROBLEM_BYTES: usize = 1 << 20;

const NOTHING_RANG: &str = "Nothing was dialled.";
const MAY_HAVE_RUNG: &str = "It may have been taken all the same, so a phone may ring: send exactly the same request \
                             again under the same Idempotency-Key, which never dials twice; without a key, look at the \
                             calls before you send it again.";

/// Adds `may_have_rung` to the problem documents of requests that dial.
pub(crate) async fn say_whether_anything_rang(request: Request, next: Next) -> Response {
    let dials = request.method() == Method::POST && can_dial(request.uri().path());
    let response = next.run(request).await;
    if !dials || response.status().is_success() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_PROBLEM_BYTES).await else {
        return Problem::unavailable().into_response();
    };
    let Ok(Value::Object(mut problem)) = serde_json::from_slice(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    let may_have_rung = may_have_rung(parts.status, &problem);
    let detail = problem.get("detail").and_then(Value::as_str).unwrap_or_default();
    let more = if may_have_rung {
        MAY_HAVE_RUNG
    } else {
        NOTHING_RANG
    };
    let detail = format!("{detail} {more}");
    problem.insert("detail".to_owned(), detail.trim_start().into());
    problem.insert("may_have_rung".to_owned(), may_have_rung.into());
    parts.headers.remove(http::header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(Value::Object(problem).to_string()))
}

/// What refuses has done nothing. What breaks may break after the call was written, and a request
/// that still runs may be about to.
fn may_have_rung(status: StatusCode, problem: &Map<String, Value>) -> bool {
    let still_runs = format!("/problems/{}", ProblemCode::InProgress.as_str());
    status.is_server_error() || problem.get("type").and_then(Value::as_str) == Some(&*still_runs)
}

fn can_dial(path: &str) -> bool {
    let Some(path) = path.strip_prefix("/api/") else {
        return false;
    };
    let parts: Vec<&str> = path.split('/').collect();
    matches!(
        parts.as_slice(),
        ["calls"]
            | ["campaigns"]
            | [
                "campaigns",
                _,
                "start" | "resume" | "retry-failed" | "recipients" | "test-call"
            ]
            | ["callbacks", _, "call"]
            | ["call-manager", "submit"]
            | ["queue", "start"]
            | ["queue", "dead-letters", ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_dial_are_told_from_those_that_do_not() {
        for path in [
            "/api/calls",
            "/api/campaigns",
            "/api/campaigns/camp_1/start",
            "/api/campaigns/camp_1/test-call",
            "/api/callbacks/cb_1/call",
            "/api/call-manager/submit",
        ] {
            assert!(can_dial(path), "{path}");
        }
        for path in [
            "/api/calls/sync",
            "/api/campaigns/camp_1/pause",
            "/api/agents",
            "/health",
        ] {
            assert!(!can_dial(path), "{path}");
        }
    }
}
