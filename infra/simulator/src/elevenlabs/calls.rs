//! Outbound calls.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::body::Body;
use super::refusal::Refusal;
use super::webhooks;
use crate::clock::now_ms;
use crate::conversation::{Carrier, Conversation};
use crate::faults::{FaultKind, FaultRule};
use crate::script::Script;
use crate::server::Shared;
use crate::{Behaviour, Platform, tools};

/// Seconds that the analysis takes.
pub(super) const ANALYSIS_SECS: f64 = 3.0;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/convai/twilio/outbound-call", post(twilio))
        .route("/v1/convai/sip-trunk/outbound-call", post(sip))
}

async fn twilio(State(shared): State<Shared>, body: Body) -> Result<Response, Refusal> {
    call(shared, body, Carrier::Twilio).await
}

async fn sip(State(shared): State<Shared>, body: Body) -> Result<Response, Refusal> {
    call(shared, body, Carrier::SipTrunk).await
}

/// What is asked for.
pub(crate) struct Order {
    pub agent_id: String,
    pub line_id: String,
    pub to: String,
    pub carrier: Carrier,
    pub user_id: Option<String>,
    pub variables: Map<String, Value>,
    pub first_message: Option<String>,
    pub ringing_secs: f64,
    pub batch: Option<(String, String)>,
}

async fn call(shared: Shared, body: Body, carrier: Carrier) -> Result<Response, Refusal> {
    let client_data = &body.0["conversation_initiation_client_data"];
    let order = Order {
        agent_id: body.text("agent_id")?,
        line_id: body.text("agent_phone_number_id")?,
        to: body.text("to_number")?,
        carrier,
        user_id: client_data["user_id"].as_str().map(str::to_owned),
        variables: client_data["dynamic_variables"]
            .as_object()
            .cloned()
            .unwrap_or_default(),
        first_message: client_data["conversation_config_override"]["agent"]["first_message"]
            .as_str()
            .map(str::to_owned),
        ringing_secs: body.0["telephony_call_config"]["ringing_timeout_secs"]
            .as_f64()
            .unwrap_or(60.0),
        batch: None,
    };
    if let Some(answer) = before_placing(&shared, &order).await {
        return answer;
    }
    let (conversation, after) = place(&shared, &order)?;
    let first = after
        .as_ref()
        .is_some_and(|fault| fault.kind == FaultKind::WebhookFirst);
    webhooks::schedule(&shared, conversation.clone(), first);
    tools::schedule(&shared, &conversation);
    match after {
        Some(FaultRule {
            kind: FaultKind::ErrorAfter,
            ..
        }) => return Err(broken()),
        Some(FaultRule {
            kind: FaultKind::HangAfter,
            secs,
            ..
        }) => pause(secs).await,
        Some(FaultRule {
            kind: FaultKind::WebhookFirst,
            ..
        }) => pause(0.3).await,
        _ => {}
    }
    if carrier == Carrier::SipTrunk {
        // The SIP route answers when somebody picks up, or nobody did.
        let until = if conversation.is_answered() {
            conversation.answered_ms
        } else {
            conversation.ended_ms
        };
        let wait = u64::try_from(until - now_ms()).unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
    let mut answer = json!({
        "success": true, "message": "Call initiated", "conversation_id": conversation.id,
    });
    match carrier {
        Carrier::Twilio => answer["callSid"] = json!(conversation.carrier_call_id),
        Carrier::SipTrunk => answer["sip_call_id"] = json!(conversation.carrier_call_id),
    }
    Ok(Json(answer).into_response())
}

async fn pause(secs: f64) {
    tokio::time::sleep(Duration::from_secs_f64(secs.clamp(0.0, 3_600.0))).await;
}

fn broken() -> Refusal {
    Refusal::typed(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal_error",
        "internal_error",
        "Something went wrong",
    )
}

fn limited(code: &str) -> Refusal {
    Refusal::typed(
        StatusCode::TOO_MANY_REQUESTS,
        "rate_limit_error",
        code,
        "Too many concurrent requests",
    )
}

/// Everything that can keep a dial from being placed; none: go on.
async fn before_placing(shared: &Shared, order: &Order) -> Option<Result<Response, Refusal>> {
    let kinds = [
        FaultKind::TooManyCalls,
        FaultKind::SystemBusy,
        FaultKind::QuotaExceeded,
        FaultKind::OutOfCredit,
        FaultKind::Invalid,
        FaultKind::ErrorBefore,
        FaultKind::HangBefore,
        FaultKind::SuccessFalse,
    ];
    let now = now_ms();
    let (fault, full, refused) = {
        let mut state = shared.lock();
        let fault = state.faults.strike(Platform::ElevenLabs, &order.to, &kinds);
        let ceiling = state.concurrency_ceiling;
        let full = ceiling.is_some_and(|ceiling| state.live_of(Platform::ElevenLabs, &[], now) >= ceiling);
        let attempt = state.next_attempt(&order.to);
        let refused = state.scenario.behaviour(&order.to, attempt) == Behaviour::Refused;
        (fault, full, refused)
    };
    let refusal = match fault.as_ref().map(|fault| fault.kind) {
        Some(FaultKind::TooManyCalls) => limited("concurrent_limit_exceeded"),
        Some(FaultKind::SystemBusy) => limited("system_busy"),
        Some(FaultKind::QuotaExceeded) => Refusal::legacy(
            StatusCode::UNAUTHORIZED,
            "quota_exceeded",
            "This request exceeds your quota.",
        ),
        Some(FaultKind::OutOfCredit) => Refusal::typed(
            StatusCode::PAYMENT_REQUIRED,
            "payment_required",
            "insufficient_credits",
            "Not enough credits",
        ),
        Some(FaultKind::Invalid) => Refusal::field(
            "body",
            "to_number",
            "Value is not a valid phone number",
            "value_error",
        ),
        Some(FaultKind::HangBefore) => {
            pause(fault.map_or(0.0, |fault| fault.secs)).await;
            broken()
        }
        Some(FaultKind::ErrorBefore) => broken(),
        Some(FaultKind::SuccessFalse) => return Some(declined(shared, order, now)),
        _ if refused => return Some(declined(shared, order, now)),
        _ if full => limited("concurrent_limit_exceeded"),
        _ => return None,
    };
    shared.lock().refuse(
        Platform::ElevenLabs,
        &order.to,
        order.user_id.as_deref(),
        now,
        "refused",
    );
    Some(Err(refusal))
}

fn declined(shared: &Shared, order: &Order, now: i64) -> Result<Response, Refusal> {
    shared.lock().refuse(
        Platform::ElevenLabs,
        &order.to,
        order.user_id.as_deref(),
        now,
        "success_false",
    );
    let mut answer =
        json!({ "success": false, "message": "The carrier declined the call", "conversation_id": null });
    match order.carrier {
        Carrier::Twilio => answer["callSid"] = Value::Null,
        Carrier::SipTrunk => answer["sip_call_id"] = Value::Null,
    }
    Ok(Json(answer).into_response())
}

/// Places the call: from here on the phone rings.
pub(crate) fn place(shared: &Shared, order: &Order) -> Result<(Conversation, Option<FaultRule>), Refusal> {
    let mut state = shared.lock();
    let agent = state
        .agents
        .get(&order.agent_id)
        .cloned()
        .ok_or_else(|| Refusal::not_found("agent_not_found"))?;
    let line = state.lines.get(&order.line_id).cloned();
    let line = line.ok_or_else(|| Refusal::not_found("phone_number_not_found"))?;
    let wanted = if order.carrier == Carrier::Twilio {
        "twilio"
    } else {
        "sip_trunk"
    };
    if line["provider"] != wanted {
        let message = "The phone number belongs to another provider.";
        return Err(Refusal::legacy(
            StatusCode::BAD_REQUEST,
            "invalid_provider_config",
            message,
        ));
    }
    let attempt = state.next_attempt(&order.to);
    let script = Script::of(
        &state.scenario,
        state.seed,
        &order.to,
        attempt,
        order.ringing_secs,
    );
    let allows =
        &agent["platform_settings"]["overrides"]["conversation_config_override"]["agent"]["first_message"];
    let failure = if missing_variable(&agent, &order.variables) {
        Some("Missing required dynamic variables in first message".to_owned())
    } else if order.first_message.is_some() && *allows != Value::Bool(true) {
        Some("Override for field 'first_message' is not allowed by config.".to_owned())
    } else {
        None
    };
    let (behaviour, talk_secs) = (script.behaviour, script.talk_secs);
    let rings = if failure.is_some() { 0.0 } else { script.ring_secs };
    let now = now_ms();
    let answered_ms = now + state.scaled_ms(rings);
    let ended_ms = answered_ms + state.scaled_ms(f64::from(talk_secs));
    let talks = talk_secs > 0 && failure.is_none();
    let ended_ms = if talks { ended_ms } else { answered_ms };
    let done_ms = ended_ms + if talks { state.scaled_ms(ANALYSIS_SECS) } else { 0 };
    let kinds = [
        FaultKind::ErrorAfter,
        FaultKind::HangAfter,
        FaultKind::WebhookFirst,
    ];
    let after = state.faults.strike(Platform::ElevenLabs, &order.to, &kinds);
    let no_audio = state
        .faults
        .strike(Platform::ElevenLabs, &order.to, &[FaultKind::NoAudio])
        .is_some();
    let audio_bytes = state
        .faults
        .strike(Platform::ElevenLabs, &order.to, &[FaultKind::LargeAudio])
        .map(|fault| fault.bytes);
    let digits = format!("{:032x}", rand::random::<u128>());
    let conversation = Conversation {
        id: format!("conv_{}", ulid_tail()),
        agent_id: order.agent_id.clone(),
        agent_name: agent["name"].as_str().unwrap_or_default().to_owned(),
        user_id: order.user_id.clone(),
        to: order.to.clone(),
        line_id: order.line_id.clone(),
        from: line["phone_number"].as_str().unwrap_or_default().to_owned(),
        carrier: order.carrier,
        carrier_call_id: if order.carrier == Carrier::Twilio {
            format!("CA{digits}")
        } else {
            digits
        },
        variables: order.variables.clone(),
        first_message: order.first_message.clone(),
        behaviour,
        failure,
        language: agent["conversation_config"]["agent"]["language"]
            .as_str()
            .unwrap_or("en")
            .to_owned(),
        seed: state.seed,
        dialled_ms: now,
        answered_ms,
        ended_ms,
        done_ms,
        talk_secs,
        no_audio,
        audio_bytes,
        batch: order.batch.clone(),
        cut_at_secs: None,
        is_inbound: false,
        ultravox: None,
    };
    state.place(conversation.clone());
    Ok((conversation, after))
}

pub(super) fn ulid_tail() -> String {
    let id = ulid::Ulid::from_parts(u64::try_from(now_ms()).unwrap_or(0), rand::random());
    format!("98{}", id.to_string().to_lowercase())
}

/// Whether the agent's texts name a variable that has neither a value nor a default.
pub(super) fn missing_variable(agent: &Value, given: &Map<String, Value>) -> bool {
    let config = &agent["conversation_config"]["agent"];
    let defaults = &config["dynamic_variables"]["dynamic_variable_placeholders"];
    let texts = [
        config["first_message"].as_str(),
        config["prompt"]["prompt"].as_str(),
    ];
    texts.into_iter().flatten().flat_map(placeholders).any(|name| {
        !name.starts_with("system__")
            && given.get(&name).is_none_or(Value::is_null)
            && defaults.get(&name).is_none()
    })
}

fn placeholders(text: &str) -> Vec<String> {
    let open = text.split("{{").skip(1);
    open.filter_map(|rest| rest.split_once("}}"))
        .map(|(name, _)| name.trim().to_owned())
        .collect()
}
