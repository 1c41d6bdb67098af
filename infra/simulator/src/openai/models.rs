//! The models of the account.

use axum::Json;
use serde_json::{Value, json};

/// Models that there are: for calls, for what is written down of them, and for text.
const MODELS: [&str; 7] = [
    "gpt-realtime-2.1",
    "gpt-realtime-2.1-mini",
    "gpt-transcribe",
    "gpt-live-transcribe",
    "gpt-6-luna",
    "gpt-5.6-luna",
    "gpt-5.4-mini",
];

/// All of them.
pub(super) async fn list() -> Json<Value> {
    let model =
        |id: &&str| json!({ "id": id, "object": "model", "created": 1_790_000_000, "owned_by": "openai" });
    let all: Vec<Value> = MODELS.iter().map(model).collect();
    Json(json!({ "object": "list", "data": all }))
}
