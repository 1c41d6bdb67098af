//! Webhooks of the account.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{StatusCode, Uri};
use serde_json::{Value, json};

use super::body::{Base, Body};
use super::call::EVENTS;
use super::new_id;
use super::page::page;
use super::refusal::Refusal;
use super::seed::BORN;
use crate::clock::now_ms;
use crate::ledger::time_of;
use crate::server::Shared;

/// The webhook that comes with the account.
pub(crate) const OWN_ID: &str = "3e0b1f00-51a0-4eee-8f00-000000000001";
/// Longest address.
const MOST_URL: usize = 200;
/// Failures that are remembered.
const MOST_FAILURES: usize = 10;
/// Rows of a page when nobody says.
const USUAL_PAGE: usize = 5;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/webhooks", get(list).post(create))
        .route(
            "/api/webhooks/{id}",
            get(one).put(replace).patch(change).delete(delete),
        )
}

/// The account's webhook for every agent and event.
pub(crate) fn own(url: &str, secret: &str) -> Value {
    json!({
        "webhookId": OWN_ID, "agentId": null, "created": BORN, "url": url, "secrets": [secret], "events": EVENTS,
        "status": "normal", "lastStatusChange": null, "recentFailures": [],
    })
}

/// Checks where a webhook goes and what signs it.
///
/// # Errors
/// When it is no address, or the secrets are no texts.
pub(crate) fn check_address(url: &Value, secrets: &Value) -> Result<(), Refusal> {
    let good = url.as_str().is_some_and(|url| {
        let web = url.starts_with("https://") || url.starts_with("http://");
        web && url.len() <= MOST_URL && reqwest::Url::parse(url).is_ok()
    });
    if !good {
        return Err(Refusal::field(
            "url",
            "Enter a valid URL of no more than 200 characters.",
        ));
    }
    let texts = |list: &Vec<Value>| {
        list.iter()
            .all(|secret| secret.as_str().is_some_and(|s| !s.is_empty()))
    };
    match secrets {
        Value::Null => Ok(()),
        Value::Array(list) if texts(list) => Ok(()),
        _ => Err(Refusal::field("secrets", "Expected a list of texts.")),
    }
}

/// The webhook with what the request says, when that may be so.
fn changed(mut webhook: Value, body: &Body) -> Result<Value, Refusal> {
    for name in ["agentId", "url", "secrets", "events"] {
        if let Some(given) = body.0.get(name) {
            webhook[name] = given.clone();
        }
    }
    check_address(&webhook["url"], &webhook["secrets"])?;
    if webhook["secrets"].as_array().is_none_or(Vec::is_empty) {
        webhook["secrets"] = json!([format!("{:032x}", rand::random::<u128>())]);
    }
    if !matches!(webhook["agentId"], Value::Null | Value::String(_)) {
        return Err(Refusal::field("agentId", "Not a valid string."));
    }
    let known = |event: &Value| event.as_str().is_some_and(|event| EVENTS.contains(&event));
    match webhook["events"].as_array() {
        Some(events) if !events.is_empty() && events.iter().all(known) => Ok(webhook),
        Some(_) => Err(Refusal::field("events", "Not an event.")),
        None => Err(Refusal::required("events")),
    }
}

fn blank(id: &str, created: &str) -> Value {
    json!({
        "webhookId": id, "agentId": null, "created": created, "url": null, "secrets": [], "events": null,
        "status": "normal", "lastStatusChange": null, "recentFailures": [],
    })
}

async fn list(State(shared): State<Shared>, base: Base, uri: Uri) -> Result<Json<Value>, Refusal> {
    let state = shared.lock();
    let all: Vec<&Value> = state.ultravox.webhooks.values().collect();
    let key = |webhook: &&Value| webhook["webhookId"].as_str().unwrap_or_default().to_owned();
    page(&base, &uri, USUAL_PAGE, &all, key, |webhook| (*webhook).clone()).map(Json)
}

async fn create(State(shared): State<Shared>, body: Body) -> Result<Response, Refusal> {
    let id = new_id();
    let webhook = changed(blank(&id, &time_of(now_ms())), &body)?;
    shared.lock().put_ultravox_webhook(&id, webhook.clone());
    Ok((StatusCode::CREATED, Json(webhook)).into_response())
}

async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let state = shared.lock();
    let webhook = state.ultravox.webhooks.get(&id).cloned();
    webhook.map(Json).ok_or_else(Refusal::not_found)
}

async fn replace(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    put(&shared, &id, |before| {
        let created = before["created"].as_str().unwrap_or_default();
        changed(blank(&id, created), &body)
    })
}

async fn change(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    put(&shared, &id, |before| changed(before.clone(), &body))
}

fn put(
    shared: &Shared,
    id: &str,
    new: impl FnOnce(&Value) -> Result<Value, Refusal>,
) -> Result<Json<Value>, Refusal> {
    let mut state = shared.lock();
    let before = state.ultravox.webhooks.get(id).ok_or_else(Refusal::not_found)?;
    let webhook = new(before)?;
    state.put_ultravox_webhook(id, webhook.clone());
    Ok(Json(webhook))
}

async fn delete(State(shared): State<Shared>, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    let mut state = shared.lock();
    if !state.ultravox.webhooks.contains_key(&id) {
        return Err(Refusal::not_found());
    }
    state.put_ultravox_webhook(&id, Value::Null);
    Ok(StatusCode::NO_CONTENT)
}

/// Notes how a delivery went: each failure, and the health that follows when one is given up or one succeeds.
pub(crate) fn note(webhook: &mut Value, failure: Option<&str>, given_up: bool, now: &str) {
    if let (Some(failure), Some(failures)) = (failure, webhook["recentFailures"].as_array_mut()) {
        failures.insert(0, json!({ "timestamp": now, "failure": failure }));
        failures.truncate(MOST_FAILURES);
    }
    let status = match failure {
        None => "normal",
        Some(_) if given_up => "unhealthy",
        Some(_) => return,
    };
    if webhook["status"] != status {
        webhook["status"] = json!(status);
        webhook["lastStatusChange"] = json!(now);
    }
}
