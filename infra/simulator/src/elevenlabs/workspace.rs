//! Webhook settings of the workspace.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::body::Body;
use super::refusal::Refusal;
use super::seed::BORN_SECS;
use crate::server::Shared;

/// Id of the one webhook.
const WEBHOOK_ID: &str = "wh_simulator";

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/convai/settings", get(settings).patch(change_settings))
        .route("/v1/workspace/webhooks", get(webhooks).post(create_webhook))
}

fn shown(shared: &Shared) -> Value {
    let events = shared.lock().webhook_events.clone();
    json!({
        "webhooks": {
            "post_call_webhook_id": WEBHOOK_ID, "events": events, "transcript_format": "json",
            "exclude_transcript": false, "send_audio": false,
        },
        "conversation_initiation_client_data_webhook": null,
        "can_use_mcp_servers": false, "rag_retention_period_days": 10,
        "conversation_embedding_retention_days": null, "default_livekit_stack": "standard",
    })
}

async fn settings(State(shared): State<Shared>) -> Json<Value> {
    Json(shown(&shared))
}

async fn change_settings(State(shared): State<Shared>, body: Body) -> Json<Value> {
    if let Some(events) = body.0["webhooks"]["events"].as_array() {
        let events = events
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        shared.lock().webhook_events = events;
    }
    Json(shown(&shared))
}

async fn webhooks(State(shared): State<Shared>) -> Json<Value> {
    let state = shared.lock();
    Json(json!({ "webhooks": [{
        "name": "Simulator", "webhook_id": WEBHOOK_ID, "webhook_url": state.webhook_url.clone().unwrap_or_default(),
        "is_disabled": state.webhook_url.is_none(), "is_auto_disabled": state.webhooks.auto_disabled,
        "created_at_unix": BORN_SECS, "auth_type": "hmac", "usage": [{ "usage_type": "ConvAI Agent Settings" }],
        "most_recent_failure_error_code": null, "most_recent_failure_timestamp": null,
    }] }))
}

async fn create_webhook(State(shared): State<Shared>, body: Body) -> Result<Json<Value>, Refusal> {
    let url = body.0["settings"]["webhook_url"]
        .as_str()
        .ok_or_else(|| Refusal::missing("settings"))?;
    let mut state = shared.lock();
    state.webhook_url = Some(url.to_owned());
    state.webhooks.auto_disabled = false;
    Ok(Json(
        json!({ "webhook_id": WEBHOOK_ID, "webhook_secret": state.webhook_secret }),
    ))
}
