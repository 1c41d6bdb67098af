//! The account: what may still be used.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::render;
use crate::Platform;
use crate::clock::now_ms;
use crate::server::Shared;

/// Credits a month.
const LIMIT: u64 = 5_000_000;

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/v1/user/subscription", get(subscription))
}

async fn subscription(State(shared): State<Shared>) -> Json<Value> {
    let now = now_ms();
    let used: u64 = {
        let state = shared.lock();
        let cost = |c| render::summary(c, now, false)["cost"].as_u64().unwrap_or(0);
        state.conversations(Platform::ElevenLabs, None).map(cost).sum()
    };
    Json(json!({
        "tier": "pro", "status": "active",
        "character_count": used, "character_limit": LIMIT,
        "next_character_count_reset_unix": now / 1_000 + 20 * 86_400,
        "can_extend_character_limit": true, "allowed_to_extend_character_limit": true,
        "max_credit_limit_extension": 0, "max_character_limit_extension": null,
        "current_overage": { "amount": "0", "currency": "usd" },
        "voice_slots_used": 0, "professional_voice_slots_used": 0, "professional_voice_slots_used_in_workspace": 0,
        "voice_limit": 160, "voice_add_edit_counter": 0, "max_voice_add_edits": 290, "professional_voice_limit": 1,
        "can_extend_voice_limit": false, "can_use_instant_voice_cloning": true,
        "can_use_professional_voice_cloning": true, "currency": "usd", "billing_period": "monthly_period",
        "character_refresh_period": "monthly_period", "next_invoice": null,
        "open_invoices": [], "has_open_invoices": false, "pending_change": null,
    }))
}
