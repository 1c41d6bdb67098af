//! The provider's routes, and our own below `/sim`.

mod account;
mod agents;
mod batches;
mod body;
mod calls;
mod conversations;
mod lines;
mod sim;
mod voices;
mod workspace;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use subtle::ConstantTimeEq;

use crate::refusal::Refusal;
use crate::server::Shared;

/// Largest request.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

pub(crate) fn all(shared: Shared) -> Router {
    let vendor = Router::new()
        .merge(agents::routes())
        .merge(lines::routes())
        .merge(calls::routes())
        .merge(conversations::routes())
        .merge(batches::routes())
        .merge(voices::routes())
        .merge(account::routes())
        .merge(workspace::routes())
        .layer(from_fn_with_state(shared.clone(), check_key));
    vendor
        .merge(sim::routes())
        .merge(voices::open_routes())
        .fallback(|| async {
            (
                StatusCode::NOT_FOUND,
                axum::Json(serde_json::json!({ "detail": "Not Found" })),
            )
        })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(shared)
}

async fn check_key(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if shared.lock().is_down {
        // From a machine in front of the provider, so in none of its shapes.
        return (StatusCode::SERVICE_UNAVAILABLE, "upstream connect error").into_response();
    }
    let given = request
        .headers()
        .get("xi-api-key")
        .map(|key| key.as_bytes().to_vec());
    let good = {
        let state = shared.lock();
        given
            .as_ref()
            .map(|key| bool::from(key.ct_eq(state.api_key.as_bytes())))
    };
    match good {
        Some(true) => next.run(request).await,
        Some(false) => turned_away("invalid_api_key", "Invalid API key"),
        None => turned_away("missing_api_key", "No API key was given"),
    }
}

fn turned_away(code: &str, message: &str) -> Response {
    Refusal::typed(StatusCode::UNAUTHORIZED, "authentication_error", code, message).into_response()
}
