//! Batch calls: everybody is dialled at once, without a limit of the batch's own.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::Uri;
use serde_json::{Value, json};

use super::body::{Body, Query};
use super::calls::{Order, place};
use super::refusal::Refusal;
use super::webhooks;
use crate::clock::now_ms;
use crate::conversation::Carrier;
use crate::server::Shared;
use crate::{Platform, tools};

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/convai/batch-calling/submit", post(submit))
        .route("/v1/convai/batch-calling/workspace", get(list))
        .route("/v1/convai/batch-calling/{id}", get(one).delete(delete))
        .route("/v1/convai/batch-calling/{id}/cancel", post(cancel))
        .route("/v1/convai/batch-calling/{id}/retry", post(retry))
}

fn unknown() -> Refusal {
    Refusal::not_found("batch_call_not_found")
}

fn new_id(prefix: &str) -> String {
    let id = ulid::Ulid::from_parts(u64::try_from(now_ms()).unwrap_or(0), rand::random());
    format!("{prefix}_{}", id.to_string().to_lowercase())
}

async fn submit(State(shared): State<Shared>, body: Body) -> Result<Json<Value>, Refusal> {
    let (name, agent_id) = (body.text("call_name")?, body.text("agent_id")?);
    let recipients = body.0["recipients"]
        .as_array()
        .cloned()
        .ok_or_else(|| Refusal::missing("recipients"))?;
    let line_id = body.0["agent_phone_number_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let now = now_ms() / 1_000;
    let (agent_name, provider) = {
        let state = shared.lock();
        let agent = state
            .agents
            .get(&agent_id)
            .ok_or_else(|| Refusal::not_found("agent_not_found"))?;
        let line = state
            .lines
            .get(&line_id)
            .ok_or_else(|| Refusal::not_found("phone_number_not_found"))?;
        (agent["name"].clone(), line["provider"].clone())
    };
    let id = new_id("btcal");
    let scheduled = body.0["scheduled_time_unix"].as_i64().unwrap_or(now);
    let recipient = |r: &Value| {
        json!({
            "id": r["id"].as_str().map_or_else(|| new_id("rcpt"), str::to_owned),
            "phone_number": r["phone_number"], "whatsapp_user_id": null, "status": "pending",
            "created_at_unix": now, "updated_at_unix": now, "conversation_id": null,
            "conversation_initiation_client_data": r["conversation_initiation_client_data"],
        })
    };
    let recipients: Vec<Value> = recipients.iter().map(recipient).collect();
    let batch = json!({
        "id": id, "phone_number_id": line_id, "phone_provider": provider, "whatsapp_params": null,
        "name": name, "agent_id": agent_id, "branch_id": null, "environment": null,
        "created_at_unix": now, "scheduled_time_unix": scheduled, "timezone": body.0["timezone"],
        "total_calls_dispatched": 0, "total_calls_scheduled": recipients.len(), "total_calls_finished": 0,
        "last_updated_at_unix": now, "status": "pending", "retry_count": 0,
        "telephony_call_config": { "ringing_timeout_secs": 60 }, "target_concurrency_limit": null,
        "agent_name": agent_name, "branch_name": null, "recipients": recipients,
    });
    shared.lock().batches.insert(id.clone(), batch);
    if scheduled <= now {
        dispatch(&shared, &id);
    } else {
        let (shared, id) = (shared.clone(), id.clone());
        tokio::spawn(async move {
            let wait = u64::try_from(scheduled - now).unwrap_or(0);
            tokio::time::sleep(std::time::Duration::from_secs(wait)).await;
            dispatch(&shared, &id);
        });
    }
    shown(&shared, &id, false)
}

/// Dials everybody who is pending.
fn dispatch(shared: &Shared, id: &str) {
    let Some(mut batch) = shared.lock().batches.get(id).cloned() else {
        return;
    };
    if batch["status"] == "cancelled" {
        return;
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let carrier = if batch["phone_provider"] == "sip_trunk" {
        Carrier::SipTrunk
    } else {
        Carrier::Twilio
    };
    let (agent_id, line_id) = (text(&batch["agent_id"]), text(&batch["phone_number_id"]));
    for recipient in batch["recipients"].as_array_mut().into_iter().flatten() {
        if recipient["status"] != "pending" {
            continue;
        }
        let data = &recipient["conversation_initiation_client_data"];
        let order = Order {
            agent_id: agent_id.clone(),
            line_id: line_id.clone(),
            to: text(&recipient["phone_number"]),
            carrier,
            user_id: data["user_id"].as_str().map(str::to_owned),
            variables: data["dynamic_variables"].as_object().cloned().unwrap_or_default(),
            first_message: None,
            ringing_secs: 60.0,
            batch: Some((id.to_owned(), text(&recipient["id"]))),
        };
        match place(shared, &order) {
            Ok((conversation, _)) => {
                recipient["status"] = json!("initiated");
                recipient["conversation_id"] = json!(conversation.id);
                tools::schedule(shared, &conversation);
                webhooks::schedule(shared, conversation, false);
            }
            Err(_) => recipient["status"] = json!("failed"),
        }
    }
    batch["status"] = json!("in_progress");
    shared.lock().batches.insert(id.to_owned(), batch);
}

/// The batch as it is now, by what became of its calls.
fn shown(shared: &Shared, id: &str, with_recipients: bool) -> Result<Json<Value>, Refusal> {
    let now = now_ms();
    let state = shared.lock();
    let mut batch = state.batches.get(id).cloned().ok_or_else(unknown)?;
    let (mut dispatched, mut finished) = (0, 0);
    for recipient in batch["recipients"].as_array_mut().into_iter().flatten() {
        let conversation = recipient["conversation_id"]
            .as_str()
            .and_then(|id| state.find(Platform::ElevenLabs, id));
        if let Some(conversation) = conversation {
            let status = match conversation.phase(now).as_str() {
                "initiated" => "initiated",
                "in-progress" | "processing" => "in_progress",
                "done" if conversation.call_result(now) == Some("voicemail") => "voicemail",
                "done" => "completed",
                _ => "failed",
            };
            recipient["status"] = json!(status);
        }
        let status = recipient["status"].as_str().unwrap_or_default();
        dispatched += u32::from(status != "pending" && status != "cancelled");
        finished += u32::from(matches!(
            status,
            "completed" | "failed" | "voicemail" | "cancelled"
        ));
    }
    let total = batch["recipients"].as_array().map_or(0, Vec::len);
    batch["total_calls_dispatched"] = json!(dispatched);
    batch["total_calls_finished"] = json!(finished);
    if batch["status"] == "in_progress" && finished as usize == total {
        batch["status"] = json!("completed");
    }
    if !with_recipients {
        batch.as_object_mut().map(|batch| batch.remove("recipients"));
    }
    Ok(Json(batch))
}

async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    shown(&shared, &id, true)
}

async fn list(State(shared): State<Shared>, uri: Uri) -> Result<Json<Value>, Refusal> {
    let query = Query::of(&uri);
    let limit = query.page_size("limit", 100, 100)?;
    let from = query.get("last_doc").unwrap_or_default().to_owned();
    let agent = query.get("agent_id").map(str::to_owned);
    let ids: Vec<String> = {
        let state = shared.lock();
        let fits = |(id, batch): &(&String, &Value)| {
            (from.is_empty() || id.as_str() < from.as_str())
                && agent.as_ref().is_none_or(|a| batch["agent_id"] == a.as_str())
        };
        state
            .batches
            .iter()
            .rev()
            .filter(fits)
            .map(|(id, _)| id.clone())
            .take(limit + 1)
            .collect()
    };
    let has_more = ids.len() > limit;
    let next = has_more.then(|| ids[limit - 1].clone());
    let rows: Vec<Value> = ids
        .iter()
        .take(limit)
        .filter_map(|id| shown(&shared, id, false).ok())
        .map(|j| j.0)
        .collect();
    Ok(Json(
        json!({ "batch_calls": rows, "next_doc": next, "has_more": has_more }),
    ))
}

async fn cancel(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    mark(&shared, &id, &["pending"], "cancelled")?;
    if let Some(batch) = shared.lock().batches.get_mut(&id) {
        batch["status"] = json!("cancelled");
    }
    shown(&shared, &id, false)
}

async fn retry(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    // What became of the calls is settled first, so that only failed ones are dialled again.
    let Json(now) = shown(&shared, &id, true)?;
    shared.lock().batches.insert(id.clone(), now);
    mark(&shared, &id, &["failed"], "pending")?;
    if let Some(batch) = shared.lock().batches.get_mut(&id) {
        batch["retry_count"] = json!(batch["retry_count"].as_u64().unwrap_or(0) + 1);
    }
    dispatch(&shared, &id);
    shown(&shared, &id, false)
}

fn mark(shared: &Shared, id: &str, from: &[&str], to: &str) -> Result<(), Refusal> {
    let mut state = shared.lock();
    let batch = state.batches.get_mut(id).ok_or_else(unknown)?;
    for recipient in batch["recipients"].as_array_mut().into_iter().flatten() {
        if recipient["status"]
            .as_str()
            .is_some_and(|status| from.contains(&status))
        {
            recipient["status"] = json!(to);
            recipient["conversation_id"] = Value::Null;
        }
    }
    Ok(())
}

async fn delete(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    shared
        .lock()
        .batches
        .remove(&id)
        .map(|_| Json(Value::Null))
        .ok_or_else(unknown)
}
