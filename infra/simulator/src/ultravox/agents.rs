//! Agents.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{StatusCode, Uri};
use serde_json::{Value, json};

use super::body::{Base, Body};
use super::page::page;
use super::refusal::Refusal;
use super::{ULTRAVOX, new_id, template};
use crate::clock::now_ms;
use crate::ledger::time_of;
use crate::query::Query;
use crate::server::Shared;
use crate::state::State as Everything;

/// Longest name.
const MOST_NAME: usize = 64;
/// Rows of a page when nobody says.
const USUAL_PAGE: usize = 5;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/agents", get(list).post(create))
        .route("/api/agents/{id}", get(one).patch(change).delete(delete))
}

fn name(value: &Value) -> Result<&str, Refusal> {
    let name = value
        .as_str()
        .ok_or_else(|| Refusal::field("name", "Not a valid string."))?;
    match name.chars().count() {
        0 => Err(Refusal::field("name", "This field may not be blank.")),
        1..=MOST_NAME => Ok(name),
        _ => Err(Refusal::field(
            "name",
            "Ensure this field has no more than 64 characters.",
        )),
    }
}

/// The agent as it is shown: with how often it called.
fn shown(state: &Everything, id: &str, agent: &Value) -> Value {
    let calls = state
        .conversations(ULTRAVOX, None)
        .filter(|call| call.agent_id == id);
    let mut agent = agent.clone();
    agent["statistics"] = json!({ "calls": calls.count() });
    agent
}

async fn list(State(shared): State<Shared>, base: Base, uri: Uri) -> Result<Json<Value>, Refusal> {
    let query = Query::of(&uri);
    let search = query.get("search").unwrap_or_default().to_lowercase();
    let state = shared.lock();
    let mut agents: Vec<(&String, &Value)> = state
        .ultravox
        .agents
        .iter()
        .filter(|(_, agent)| text(agent, "name").to_lowercase().contains(&search))
        .collect();
    let sort = query.get("sort").unwrap_or("created");
    let (field, descending) = match sort.strip_prefix('-') {
        Some(field) => (field, true),
        None => (sort, false),
    };
    if !["name", "created"].contains(&field) {
        return Err(Refusal::field("sort", "Agents are sorted by name or created."));
    }
    agents.sort_by_key(|(id, agent)| (text(agent, field), (*id).clone()));
    if descending {
        agents.reverse();
    }
    let row = |(id, agent): &(&String, &Value)| shown(&state, id, agent);
    page(&base, &uri, USUAL_PAGE, &agents, |(id, _)| (*id).clone(), row).map(Json)
}

fn text<'a>(agent: &'a Value, field: &str) -> &'a str {
    agent[field].as_str().unwrap_or_default()
}

async fn create(State(shared): State<Shared>, body: Body) -> Result<Response, Refusal> {
    let name = name(body.0.get("name").ok_or_else(|| Refusal::required("name"))?)?;
    let now = time_of(now_ms());
    let template = match body.0.get("callTemplate") {
        None | Some(Value::Null) => Value::Null,
        Some(given) => template::whole(given, &now, None)?,
    };
    let id = new_id();
    let agent = json!({
        "agentId": id, "publishedRevisionId": new_id(), "name": name, "created": now, "callTemplate": template,
    });
    let mut state = shared.lock();
    state.put_ultravox_agent(&id, agent.clone());
    Ok((StatusCode::CREATED, Json(shown(&state, &id, &agent))).into_response())
}

async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let state = shared.lock();
    let agent = state.ultravox.agents.get(&id).ok_or_else(Refusal::not_found)?;
    Ok(Json(shown(&state, &id, agent)))
}

/// A template that is given takes the place of the whole one before.
async fn change(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let mut state = shared.lock();
    let agent = state.ultravox.agents.get(&id);
    let mut agent = agent.cloned().ok_or_else(Refusal::not_found)?;
    if let Some(given) = body.0.get("name") {
        agent["name"] = json!(name(given)?);
    }
    if let Some(given) = body.0.get("callTemplate") {
        let now = time_of(now_ms());
        let created = Some(&agent["callTemplate"]["created"]).filter(|at| !at.is_null());
        agent["callTemplate"] = template::whole(given, &now, created)?;
        agent["publishedRevisionId"] = json!(new_id());
    }
    state.put_ultravox_agent(&id, agent.clone());
    Ok(Json(shown(&state, &id, &agent)))
}

async fn delete(State(shared): State<Shared>, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    let mut state = shared.lock();
    if !state.ultravox.agents.contains_key(&id) {
        return Err(Refusal::not_found());
    }
    state.put_ultravox_agent(&id, Value::Null);
    Ok(StatusCode::NO_CONTENT)
}
