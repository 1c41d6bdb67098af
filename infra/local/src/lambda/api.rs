//! The Lambda runtime API, as a function's process asks it.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::StatusCode;

use super::environment::Environment;
use super::{InvokeOutcome, Lambda};

/// The functions, once they are known: the address of this API comes first.
pub(crate) type LateLambda = Arc<OnceLock<Lambda>>;

/// Largest answer that is read: a little more than Lambda takes, so that the limit can be reported.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

pub(crate) fn runtime_routes(lambda: LateLambda) -> Router {
    Router::new()
        .route("/{environment}/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/{environment}/2018-06-01/runtime/invocation/{request}/response",
            post(response),
        )
        .route(
            "/{environment}/2018-06-01/runtime/invocation/{request}/error",
            post(error),
        )
        .route("/{environment}/2018-06-01/runtime/init/error", post(init_error))
        .layer(DefaultBodyLimit::max(MAX_ANSWER_BYTES))
        .with_state(lambda)
}

fn find(lambda: &LateLambda, id: &str) -> Option<Arc<Environment>> {
    lambda
        .get()?
        .all()
        .find_map(|function| function.find_environment(id))
}

async fn next(State(lambda): State<LateLambda>, Path(id): Path<String>) -> Response {
    let Some(environment) = find(&lambda, &id) else {
        return StatusCode::GONE.into_response();
    };
    let Some(invocation) = environment.next().await else {
        return StatusCode::GONE.into_response();
    };
    let response = Response::builder()
        .header("lambda-runtime-aws-request-id", &invocation.request_id)
        .header("lambda-runtime-deadline-ms", invocation.deadline.as_millisecond())
        .header("lambda-runtime-invoked-function-arn", &invocation.function_arn)
        .header(
            "lambda-runtime-trace-id",
            "Root=1-00000000-000000000000000000000000;Sampled=0",
        )
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(Body::from(invocation.payload));
    response.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn response(
    State(lambda): State<LateLambda>,
    Path((id, request)): Path<(String, String)>,
    body: Bytes,
) -> StatusCode {
    settle(&lambda, &id, Some(&request), InvokeOutcome::Answer(body))
}

async fn error(
    State(lambda): State<LateLambda>,
    Path((id, request)): Path<(String, String)>,
    body: Bytes,
) -> StatusCode {
    settle(&lambda, &id, Some(&request), InvokeOutcome::Failed(body))
}

async fn init_error(State(lambda): State<LateLambda>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    settle(&lambda, &id, None, InvokeOutcome::Failed(body))
}

fn settle(lambda: &LateLambda, id: &str, request: Option<&str>, outcome: InvokeOutcome) -> StatusCode {
    match find(lambda, id) {
        Some(environment) if environment.answer_current(request, outcome) => StatusCode::ACCEPTED,
        // Timed out meanwhile, or answered twice.
        _ => StatusCode::BAD_REQUEST,
    }
}
