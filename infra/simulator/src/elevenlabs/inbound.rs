//! Calls that come in: registered with their numbers, and streamed by the carrier.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode, header};

use super::body::Body;
use super::calls::{ANALYSIS_SECS, missing_variable, ulid_tail};
use super::refusal::Refusal;
use super::webhooks;
use crate::clock::now_ms;
use crate::conversation::{Carrier, Conversation};
use crate::faults::FaultKind;
use crate::scenario::between;
use crate::server::Shared;
use crate::{Behaviour, Platform};

/// Seconds for which a registered call waits for its stream.
const WAITS_SECS: f64 = 60.0;

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/v1/convai/twilio/register-call", post(register))
}

/// Registers a call; the answer is the document that the carrier is to follow, as text.
async fn register(State(shared): State<Shared>, headers: HeaderMap, body: Body) -> Result<Response, Refusal> {
    let (agent_id, from, to) = (
        body.text("agent_id")?,
        body.text("from_number")?,
        body.text("to_number")?,
    );
    let is_inbound = match body.0["direction"].as_str().unwrap_or("inbound") {
        "inbound" => true,
        "outbound" => false,
        _ => {
            let message = "Input should be 'inbound' or 'outbound'";
            return Err(Refusal::field("body", "direction", message, "enum"));
        }
    };
    let client_data = &body.0["conversation_initiation_client_data"];
    let variables = client_data["dynamic_variables"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let id = {
        let mut state = shared.lock();
        let agent = state.agents.get(&agent_id).cloned();
        let agent = agent.ok_or_else(|| Refusal::not_found("agent_not_found"))?;
        let kinds = [
            FaultKind::ErrorBefore,
            FaultKind::SystemBusy,
            FaultKind::TooManyCalls,
        ];
        if state.faults.strike(Platform::ElevenLabs, &from, &kinds).is_some() {
            return Err(Refusal::typed(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal_error",
                "internal_error",
                "Something went wrong",
            ));
        }
        let failure = missing_variable(&agent, &variables)
            .then(|| "Missing required dynamic variables in first message".to_owned());
        let now = now_ms();
        let waits = state.patience(WAITS_SECS).as_millis();
        let until = now + i64::try_from(waits).unwrap_or(0);
        // Ours is always the number of the agent, whoever called whom.
        let (person, own) = if is_inbound { (from, to) } else { (to, from) };
        let conversation = Conversation {
            id: format!("conv_{}", ulid_tail()),
            agent_id,
            agent_name: agent["name"].as_str().unwrap_or_default().to_owned(),
            user_id: client_data["user_id"].as_str().map(str::to_owned),
            to: person,
            line_id: String::new(),
            from: own,
            carrier: Carrier::Twilio,
            carrier_call_id: String::new(),
            variables,
            first_message: None,
            behaviour: Behaviour::NoAnswer,
            failure,
            language: agent["conversation_config"]["agent"]["language"]
                .as_str()
                .unwrap_or("en")
                .to_owned(),
            seed: state.seed,
            dialled_ms: now,
            answered_ms: until,
            ended_ms: until,
            done_ms: until,
            talk_secs: 0,
            no_audio: false,
            audio_bytes: None,
            batch: None,
            cut_at_secs: None,
            // The carrier's call is the dial, if there was one: this is none.
            is_inbound: true,
            ultravox: None,
        };
        let id = conversation.id.clone();
        state.place(conversation);
        // Nobody is told of a call whose stream never comes.
        state.settle_webhook(&id);
        id
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.map_or_else(|| shared.address.to_string(), str::to_owned);
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Connect>\
         <Stream url=\"wss://{host}/v1/convai/twilio/stream/{id}\">\
         <Parameter name=\"conversation_id\" value=\"{id}\"/></Stream></Connect></Response>"
    );
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], document).into_response())
}

/// The carrier streams a call that was registered; answers whether it waited for that.
pub(crate) fn join(shared: &Shared, id: &str, call_sid: &str) -> bool {
    let conversation = {
        let now = now_ms();
        let mut state = shared.lock();
        let waits = |call: &&Conversation| {
            call.is_inbound && call.behaviour == Behaviour::NoAnswer && call.is_live(now)
        };
        let Some(call) = state.find(Platform::ElevenLabs, id).filter(waits) else {
            return false;
        };
        let mut call = call.clone();
        call.behaviour = Behaviour::Answers;
        call.carrier_call_id = call_sid.to_owned();
        call.answered_ms = now;
        call.talk_secs = match call.failure {
            Some(_) => 0,
            None => between(state.scenario.talk_secs, state.seed, &[id, "talk"]),
        };
        call.ended_ms = now + state.scaled_ms(f64::from(call.talk_secs));
        call.done_ms = call.ended_ms + state.scaled_ms(ANALYSIS_SECS);
        state.change(call.clone());
        call
    };
    webhooks::schedule(shared, conversation, false);
    true
}

/// The caller is gone: the conversation is over, unless it was before.
pub(crate) fn cut(shared: &Shared, id: &str) {
    let call = {
        let now = now_ms();
        let mut state = shared.lock();
        let found = state.find(Platform::ElevenLabs, id);
        let Some(call) = found.filter(|call| now < call.ended_ms && call.is_answered()) else {
            return;
        };
        let mut call = call.clone();
        // A second that was begun counts.
        call.cut_at_secs = Some(call.talked_secs(now).ceil() as u32);
        call.ended_ms = now;
        call.done_ms = now + state.scaled_ms(ANALYSIS_SECS);
        state.change(call.clone());
        call
    };
    webhooks::schedule(shared, call, false);
}
