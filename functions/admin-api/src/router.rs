//! All routes together.

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Json, Router};
use http::header::CONTENT_TYPE;
use serde_json::json;
use switchboard_service::{Problem, ProblemCode};

use crate::api::AppState;
use crate::limits::MAX_BODY_BYTES;
use crate::route_set::RouteSet;
use crate::{Deps, dialling, idempotency, routes as areas};

/// The document, as it is kept: to make it would take longer than most requests. A test compares it with the code.
const DOCUMENT: &str = include_str!("../../../docs/openapi.json").trim_ascii_end();

/// Every route that needs a token.
pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .merge(areas::agents::routes())
        .merge(areas::platforms::routes())
        .merge(areas::voices::routes())
        .merge(areas::phone_lines::routes())
        .merge(areas::uploads::routes())
        .merge(areas::contact_lists::routes())
        .merge(areas::contacts::routes())
        .merge(areas::do_not_call::routes())
        .merge(areas::campaigns::routes())
        .merge(areas::calling_rules::routes())
        .merge(areas::calls::routes())
        .merge(areas::inbound::routes())
        .merge(areas::callbacks::routes())
        .merge(areas::routing_rules::routes())
        .merge(areas::reception_settings::routes())
        .merge(areas::exports::routes())
        .merge(areas::queue::routes())
        .merge(areas::dial_settings::routes())
        .merge(areas::dead_letters::routes())
        .merge(areas::system::routes())
        .merge(areas::live::routes())
        .merge(areas::monitoring::routes())
        .merge(areas::alerts::routes())
        .merge(areas::provider_settings::routes())
        .merge(areas::carrier_settings::routes())
        .merge(areas::people::routes())
        .merge(areas::privacy::routes())
        .merge(areas::attention::routes())
        .merge(areas::webhooks::routes())
        .merge(areas::event_targets::routes())
        .merge(areas::call_manager::routes())
}

/// The API.
pub fn router(deps: Deps) -> Router {
    let state = AppState::new(deps);
    Router::new()
        .nest("/api", routes())
        .layer(from_fn_with_state(state.clone(), idempotency::once))
        .layer(from_fn(dialling::say_whether_anything_rang))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .route(
            "/api/openapi.json",
            get(async || ([(CONTENT_TYPE, "application/json")], DOCUMENT)),
        )
        .route("/health", get(async || Json(json!({ "status": "ok" }))))
        .fallback(async || {
            Problem::new(
                ProblemCode::NotFound,
                "There is no such route. Look it up in /api/openapi.json.",
            )
        })
        .method_not_allowed_fallback(async || {
            Problem::new(
                ProblemCode::MethodNotAllowed,
                "Look the route up in /api/openapi.json and use its methods.",
            )
        })
        .with_state(state)
}
