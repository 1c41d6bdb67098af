//! Our own routes: what was said, and how the Responses API is disposed.

use axum::extract::{Path, State};
use axum::routing::{get, put};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use super::Session;
use super::account::Options;
use crate::server::Shared;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/_sim/openai/calls", get(list))
        .route("/_sim/openai/calls/{id}", get(one))
        .route("/_sim/openai/options", put(set_options).get(options))
}

async fn list(State(shared): State<Shared>) -> Json<Value> {
    let state = shared.lock();
    let calls: Vec<Value> = state.openai.sessions().map(Session::shown).collect();
    Json(json!({ "calls": calls, "responses": state.openai.responses }))
}

async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, StatusCode> {
    let state = shared.lock();
    let session = state.openai.find(&id).ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(session.shown()))
}

async fn set_options(State(shared): State<Shared>, Json(options): Json<Options>) -> StatusCode {
    shared.lock().openai.options = options;
    StatusCode::NO_CONTENT
}

async fn options(State(shared): State<Shared>) -> Json<Options> {
    Json(shared.lock().openai.options.clone())
}
