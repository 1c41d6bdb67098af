//! Phone numbers.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use http::Uri;
use serde_json::{Value, json};

use super::body::{Body, Query};
use super::refusal::Refusal;
use crate::clock::now_ms;
use crate::server::Shared;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/convai/phone-numbers", get(list).post(create))
        .route("/v1/convai/v2/phone-numbers", get(page))
        .route(
            "/v1/convai/phone-numbers/{id}",
            get(one).patch(change).delete(delete),
        )
}

fn unknown() -> Refusal {
    Refusal::not_found("phone_number_not_found")
}

async fn list(State(shared): State<Shared>, uri: Uri) -> Json<Value> {
    let query = Query::of(&uri);
    let provider = query.get("provider").map(str::to_owned);
    let state = shared.lock();
    let fitting = |line: &&Value| provider.as_ref().is_none_or(|p| line["provider"] == p.as_str());
    Json(state.lines.values().filter(fitting).cloned().collect())
}

async fn page(State(shared): State<Shared>, uri: Uri) -> Result<Json<Value>, Refusal> {
    let query = Query::of(&uri);
    let size = query.page_size("page_size", 30, 100)?;
    let from = query.get("cursor").unwrap_or_default();
    let state = shared.lock();
    let mut lines: Vec<&Value> = state
        .lines
        .iter()
        .filter(|(id, _)| id.as_str() > from)
        .map(|(_, line)| line)
        .take(size + 1)
        .collect();
    let has_more = lines.len() > size;
    lines.truncate(size);
    let next = has_more
        .then(|| lines.last().map(|line| line["phone_number_id"].clone()))
        .flatten();
    Ok(Json(
        json!({ "phone_numbers": lines, "next_cursor": next, "has_more": has_more }),
    ))
}

async fn create(State(shared): State<Shared>, body: Body) -> Result<Json<Value>, Refusal> {
    let (number, label) = (body.text("phone_number")?, body.text("label")?);
    let provider = body.0["provider"].as_str().unwrap_or("twilio").to_owned();
    if provider == "twilio" {
        body.text("sid")?;
        body.text("token")?;
    }
    let ulid = ulid::Ulid::from_parts(u64::try_from(now_ms()).unwrap_or(0), rand::random());
    let id = format!("phnum_{}", ulid.to_string().to_lowercase());
    let mut line = json!({
        "phone_number": number, "label": label, "phone_number_id": id, "provider": provider,
        "supports_inbound": body.0["supports_inbound"].as_bool().unwrap_or(true),
        "supports_outbound": body.0["supports_outbound"].as_bool().unwrap_or(true),
        "assigned_agent": null,
    });
    if provider == "sip_trunk" {
        line["livekit_stack"] = json!("standard");
    }
    shared.lock().put_line(&id, line);
    Ok(Json(json!({ "phone_number_id": id })))
}

async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    shared
        .lock()
        .lines
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
    let mut line = state.lines.get(&id).cloned().ok_or_else(unknown)?;
    if let Some(label) = body.0["label"].as_str() {
        line["label"] = json!(label);
    }
    if let Some(agent_id) = body.0.get("agent_id") {
        let agent = agent_id.as_str().and_then(|id| state.agents.get(id));
        line["assigned_agent"] = agent.map_or(
            Value::Null,
            |a| json!({ "agent_id": agent_id, "agent_name": a["name"] }),
        );
    }
    state.put_line(&id, line.clone());
    Ok(Json(line))
}

async fn delete(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let mut state = shared.lock();
    if !state.lines.contains_key(&id) {
        return Err(unknown());
    }
    state.put_line(&id, Value::Null);
    Ok(Json(json!({})))
}
