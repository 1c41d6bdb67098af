//! The platforms' routes, and our own below `/sim`.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use http::StatusCode;

use crate::server::Shared;
use crate::{elevenlabs, openai, sim, twilio, ultravox};

/// Largest request.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

pub(crate) fn all(shared: Shared) -> Router {
    Router::new()
        .merge(elevenlabs::routes(&shared))
        .merge(ultravox::routes(&shared))
        .merge(twilio::routes(&shared))
        .merge(openai::routes(&shared))
        .merge(sim::routes())
        .fallback(|| async {
            (
                StatusCode::NOT_FOUND,
                axum::Json(serde_json::json!({ "detail": "Not Found" })),
            )
        })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(shared)
}
