//! ElevenLabs, as one account of it answers.

mod account;
mod agents;
mod batches;
mod body;
mod calls;
mod conversations;
mod inbound;
mod lines;
mod refusal;
mod render;
pub(crate) mod seed;
mod voices;
pub(crate) mod webhooks;
mod workspace;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use subtle::ConstantTimeEq;

pub(crate) use inbound::{cut, join};

use self::refusal::Refusal;
use crate::Platform;
use crate::server::Shared;

pub(crate) fn routes(shared: &Shared) -> Router<Shared> {
    Router::new()
        .merge(agents::routes())
        .merge(lines::routes())
        .merge(calls::routes())
        .merge(inbound::routes())
        .merge(conversations::routes())
        .merge(batches::routes())
        .merge(voices::routes())
        .merge(account::routes())
        .merge(workspace::routes())
        .layer(from_fn_with_state(shared.clone(), check_key))
        .merge(voices::open_routes())
}

async fn check_key(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get("xi-api-key")
        .map(|key| key.as_bytes().to_vec());
    let good = {
        let state = shared.lock();
        if state.down.contains(&Platform::ElevenLabs) {
            // From a machine in front of the provider, so in none of its shapes.
            return (StatusCode::SERVICE_UNAVAILABLE, "upstream connect error").into_response();
        }
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
