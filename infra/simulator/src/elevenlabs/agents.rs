//! Agents.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::Uri;
use serde_json::{Value, json};

use super::body::{Body, Query};
use super::refusal::Refusal;
use super::seed;
use crate::clock::now_ms;
use crate::server::Shared;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/convai/agents/create", post(create))
        .route("/v1/convai/agents", get(list))
        .route("/v1/convai/agents/{id}", get(one).patch(change).delete(delete))
        .route("/v1/convai/agents/{id}/duplicate", post(duplicate))
}

fn unknown() -> Refusal {
    Refusal::not_found("agent_not_found")
}

fn new_id() -> String {
    let id = ulid::Ulid::from_parts(u64::try_from(now_ms()).unwrap_or(0), rand::random());
    format!("agent_{}", id.to_string().to_lowercase())
}

async fn create(State(shared): State<Shared>, body: Body) -> Result<Json<Value>, Refusal> {
    if !body.0["conversation_config"].is_object() {
        return Err(Refusal::missing("conversation_config"));
    }
    let id = new_id();
    shared
        .lock()
        .put_agent(&id, seed::agent(&id, &body.0, now_ms() / 1_000));
    Ok(Json(json!({ "agent_id": id })))
}

async fn list(State(shared): State<Shared>, uri: Uri) -> Result<Json<Value>, Refusal> {
    let query = Query::of(&uri);
    let size = query.page_size("page_size", 30, 100)?;
    let search = query.get("search").unwrap_or_default().to_lowercase();
    let state = shared.lock();
    let from = query.get("cursor").unwrap_or_default();
    let named = |agent: &Value| {
        agent["name"]
            .as_str()
            .unwrap_or_default()
            .to_lowercase()
            .contains(&search)
    };
    let fitting = state
        .agents
        .iter()
        .filter(|(id, agent)| id.as_str() > from && named(agent));
    let mut rows: Vec<Value> = fitting.take(size + 1).map(|(id, agent)| row(id, agent)).collect();
    let has_more = rows.len() > size;
    rows.truncate(size);
    let next = has_more
        .then(|| rows.last().map(|row| row["agent_id"].clone()))
        .flatten();
    Ok(Json(
        json!({ "agents": rows, "next_cursor": next, "has_more": has_more }),
    ))
}

fn row(id: &str, agent: &Value) -> Value {
    json!({
        "agent_id": id,
        "name": agent["name"],
        "voice_id": agent["conversation_config"]["tts"]["voice_id"],
        "tags": agent["tags"],
        "created_at_unix_secs": agent["metadata"]["created_at_unix_secs"],
        "updated_at_unix_secs": agent["metadata"]["updated_at_unix_secs"],
        "access_info": seed::access_info(),
        "last_call_time_unix_secs": null,
        "archived": false,
    })
}

async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    shared
        .lock()
        .agents
        .get(&id)
        .cloned()
        .map(Json)
        .ok_or_else(unknown)
}

async fn change(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let mut state = shared.lock();
    let mut agent = state.agents.get(&id).cloned().ok_or_else(unknown)?;
    for part in ["name", "conversation_config", "platform_settings", "tags"] {
        seed::merge(&mut agent[part], &body.0[part]);
    }
    agent["metadata"]["updated_at_unix_secs"] = json!(now_ms() / 1_000);
    state.put_agent(&id, agent.clone());
    Ok(Json(agent))
}

async fn delete(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let mut state = shared.lock();
    if !state.agents.contains_key(&id) {
        return Err(unknown());
    }
    state.put_agent(&id, Value::Null);
    Ok(Json(Value::Null))
}

async fn duplicate(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let mut state = shared.lock();
    let mut agent = state.agents.get(&id).cloned().ok_or_else(unknown)?;
    let copy = new_id();
    agent["agent_id"] = json!(copy);
    let name = format!("{} (copy)", agent["name"].as_str().unwrap_or_default());
    agent["name"] = json!(body.0["name"].as_str().unwrap_or(&name));
    state.put_agent(&copy, agent);
    Ok(Json(json!({ "agent_id": copy })))
}
