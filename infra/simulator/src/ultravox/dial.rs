//! Creating calls.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::body::{Base, Body, seconds};
use super::call::{EndReason, UltravoxCall};
use super::medium::Medium;
use super::refusal::Refusal;
use super::{ULTRAVOX, calls, delivery, mustache, new_id, render, template, webhooks};
use crate::clock::now_ms;
use crate::conversation::{Carrier, Conversation};
use crate::faults::{FaultKind, FaultRule};
use crate::script::Script;
use crate::server::Shared;
use crate::state::State as Everything;
use crate::{Behaviour, dialogue, tools};

/// Seconds until the summary is there.
pub(crate) const SUMMARY_SECS: f64 = 2.0;
/// Seconds until the billing is final.
pub(crate) const BILLING_SECS: f64 = 4.0;
/// After so many seconds it may be tried again when the account is full.
const RETRY_SECS: f64 = 5.0;
/// The metadata by which the caller names its attempt.
const ATTEMPT: &str = "attempt_id";

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/api/agents/{id}/calls", post(create).get(calls::of_agent))
}

/// What is asked for.
struct Order {
    agent_id: String,
    agent_name: String,
    template: Value,
    context: Map<String, Value>,
    metadata: Map<String, Value>,
    medium: Medium,
    callbacks: Value,
    join_secs: f64,
    max_secs: f64,
    socket: String,
}

impl Order {
    fn of(agent_id: &str, agent: &Value, fields: &Map<String, Value>, base: &Base) -> Result<Self, Refusal> {
        let object = |name: &str| match fields.get(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(given)) => Ok(given.clone()),
            Some(_) => Err(Refusal::field(name, "This must be an object.")),
        };
        let metadata = object("metadata")?;
        for (key, value) in &metadata {
            if !value.is_string() {
                return Err(Refusal::field("metadata", "Values must be strings."));
            }
            if key.starts_with("ultravox.") {
                return Err(Refusal::field(
                    "metadata",
                    "Keys may not start with \"ultravox.\".",
                ));
            }
        }
        let callbacks = object("callbacks")?;
        for (name, callback) in &callbacks {
            if !["joined", "ended", "billed"].contains(&name.as_str()) {
                return Err(Refusal::field(
                    "callbacks",
                    "Only joined, ended and billed can be told.",
                ));
            }
            webhooks::check_address(&callback["url"], &callback["secrets"])?;
        }
        template::check(fields)?;
        let context = object("templateContext")?;
        let mut template = agent["callTemplate"].clone();
        if template.is_null() {
            template = template::whole(&json!({}), "", None)?;
        }
        for name in [
            "joinTimeout",
            "maxDuration",
            "recordingEnabled",
            "initialOutputMedium",
            "voice",
        ] {
            if let Some(given) = fields.get(name).filter(|value| !value.is_null()) {
                template[name] = given.clone();
            }
        }
        if fields.get("voice").is_some_and(|voice| !voice.is_null()) {
            template["externalVoice"] = Value::Null;
        }
        let own_words = fields
            .get("firstSpeakerSettings")
            .filter(|first| !first.is_null());
        template::satisfied(&template, &context)?;
        for path in [
            "/systemPrompt",
            "/firstSpeakerSettings/agent/text",
            "/firstSpeakerSettings/agent/prompt",
            "/firstSpeakerSettings/user/fallback/text",
        ] {
            if let Some(Value::String(text)) = template.pointer_mut(path) {
                *text = mustache::filled(text, &context);
            }
        }
        if let Some(own) = own_words {
            template["firstSpeakerSettings"] = own.clone();
        }
        Ok(Self {
            agent_id: agent_id.to_owned(),
            agent_name: agent["name"].as_str().unwrap_or_default().to_owned(),
            join_secs: seconds(&template["joinTimeout"]).unwrap_or(30.0),
            max_secs: seconds(&template["maxDuration"]).unwrap_or(3_600.0),
            template,
            context,
            metadata,
            medium: Medium::of(fields.get("medium"))?,
            callbacks: Value::Object(callbacks),
            socket: base.socket(),
        })
    }

    fn to(&self) -> &str {
        self.medium
            .outgoing
            .as_ref()
            .map_or("", |outgoing| &outgoing.number)
    }

    fn attempt_id(&self) -> Option<&str> {
        self.metadata.get(ATTEMPT).and_then(Value::as_str)
    }
}

/// Why no call was created, and after how many seconds that is said.
struct Stop {
    refusal: Refusal,
    pause_secs: f64,
}

async fn create(
    State(shared): State<Shared>,
    Path(agent_id): Path<String>,
    base: Base,
    body: Body,
) -> Result<Response, Refusal> {
    let agent = shared.lock().ultravox.agents.get(&agent_id).cloned();
    let agent = agent.ok_or_else(Refusal::not_found)?;
    let order = match Order::of(&agent_id, &agent, &body.0, &base) {
        Ok(order) => order,
        Err(refusal) => {
            note_refused(&shared, &body.0);
            return Err(refusal);
        }
    };
    let placed = {
        let mut state = shared.lock();
        let placed = place(&mut state, &order);
        if placed.is_err() {
            let (to, attempt) = (order.to(), order.attempt_id());
            state.refuse(ULTRAVOX, to, attempt, now_ms(), "refused");
        }
        placed
    };
    let (conversation, after) = match placed {
        Ok(placed) => placed,
        Err(stop) => {
            pause(stop.pause_secs).await;
            return Err(stop.refusal);
        }
    };
    delivery::schedule(&shared, &conversation.id);
    tools::schedule(&shared, &conversation);
    match after.map(|fault| (fault.kind, fault.secs)) {
        Some((FaultKind::ErrorAfter, _)) => return Err(Refusal::broken()),
        Some((FaultKind::HangAfter, secs)) => pause(secs).await,
        Some((FaultKind::WebhookFirst, _)) => pause(0.3).await,
        _ => {}
    }
    let answer = render::call(&conversation, conversation.dialled_ms);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn pause(secs: f64) {
    tokio::time::sleep(Duration::from_secs_f64(secs.clamp(0.0, 3_600.0))).await;
}

/// A dial request that could not even be read still is one, when it says whom it is for.
fn note_refused(shared: &Shared, fields: &Map<String, Value>) {
    let outgoing = Medium::of(fields.get("medium"))
        .ok()
        .and_then(|medium| medium.outgoing);
    if let Some(outgoing) = outgoing {
        let attempt = fields
            .get("metadata")
            .and_then(|metadata| metadata[ATTEMPT].as_str());
        shared
            .lock()
            .refuse(ULTRAVOX, &outgoing.number, attempt, now_ms(), "refused");
    }
}

/// Places the call, or says why not, in one go: two requests never share the last free place.
fn place(state: &mut Everything, order: &Order) -> Result<(Conversation, Option<FaultRule>), Stop> {
    let now = now_ms();
    let stop = |refusal| Stop {
        refusal,
        pause_secs: 0.0,
    };
    let whole_secs = |ms: i64| ms.saturating_add(999) / 1_000;
    let retry_secs = whole_secs(state.scaled_ms(RETRY_SECS));
    let full = || {
        let text = "Too many concurrent calls.";
        Refusal::later(StatusCode::TOO_MANY_REQUESTS, text, retry_secs)
    };
    let busy = || {
        let text = "The call could not be placed now.";
        Refusal::later(StatusCode::SERVICE_UNAVAILABLE, text, retry_secs)
    };
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
    let to = order.to();
    if let Some(fault) = state.faults.strike(ULTRAVOX, to, &kinds) {
        return Err(match fault.kind {
            FaultKind::TooManyCalls => stop(full()),
            FaultKind::SystemBusy => stop(busy()),
            FaultKind::QuotaExceeded | FaultKind::OutOfCredit => stop(Refusal::payment()),
            FaultKind::HangBefore => Stop {
                refusal: Refusal::broken(),
                pause_secs: fault.secs,
            },
            FaultKind::ErrorBefore => stop(Refusal::broken()),
            _ => stop(declined()),
        });
    }
    match state.ultravox.refuse_with {
        Some(402) => return Err(stop(Refusal::payment())),
        Some(_) => return Err(stop(busy())),
        None => {}
    }
    let attempt = state.next_attempt(to);
    let script = Script::of(&state.scenario, state.seed, to, attempt, order.join_secs);
    if order.medium.outgoing.is_some() && script.behaviour == Behaviour::Refused {
        return Err(stop(declined()));
    }
    let ceiling = state.ultravox.concurrency_ceiling;
    if ceiling.is_some_and(|ceiling| state.live_of(ULTRAVOX, &[], now) >= ceiling) {
        return Err(stop(full()));
    }
    let minute_ms = state.scaled_ms(60.0);
    if let Err(wait_ms) = state.ultravox.create_at(now, minute_ms) {
        let text = "Too many calls created in a minute.";
        let refusal = Refusal::later(StatusCode::TOO_MANY_REQUESTS, text, whole_secs(wait_ms));
        return Err(stop(refusal));
    }
    let conversation = written(state, order, script, now);
    let kinds = [
        FaultKind::ErrorAfter,
        FaultKind::HangAfter,
        FaultKind::WebhookFirst,
    ];
    let after = state.faults.strike(ULTRAVOX, to, &kinds);
    state.place(conversation.clone());
    Ok((conversation, after))
}

fn declined() -> Refusal {
    Refusal::field("medium", "The telephony provider refused the outgoing call.")
}

/// The call as its script has it.
fn written(state: &mut Everything, order: &Order, script: Script, now: i64) -> Conversation {
    let (to, id, template) = (order.to(), new_id(), &order.template);
    let outgoing = order.medium.outgoing.as_ref();
    // Whoever picks up after the time for joining meets nobody; what waits for a client meets nobody either, until one
    // joins.
    let too_late = script.talk_secs > 0 && script.ring_secs >= order.join_secs;
    let behaviour = if outgoing.is_none() || too_late {
        Behaviour::NoAnswer
    } else {
        script.behaviour
    };
    let ring_secs = match behaviour {
        Behaviour::NoAnswer => order.join_secs,
        _ => script.ring_secs,
    };
    let answered_ms = match outgoing {
        Some(_) => now + state.scaled_ms(ring_secs),
        // It is Switchboard, and the carrier, that are waited for.
        None => now + i64::try_from(state.patience(ring_secs).as_millis()).unwrap_or(i64::MAX),
    };
    // Nothing but the call's own setting tells that it has no recording.
    let no_audio = state.faults.strike(ULTRAVOX, to, &[FaultKind::NoAudio]).is_some();
    let recorded = template["recordingEnabled"] == true && !no_audio;
    let large = state.faults.strike(ULTRAVOX, to, &[FaultKind::LargeAudio]);
    let first = &template["firstSpeakerSettings"];
    let first = [&first["agent"]["text"], &first["user"]["fallback"]["text"]];
    let language = template["languageHint"].as_str().unwrap_or("en");
    let url = format!("{}/ultravox/calls/{id}/media", order.socket);
    let mut settings = template.as_object().cloned().unwrap_or_default();
    settings.insert("medium".to_owned(), order.medium.shown.clone());
    settings.insert("recordingEnabled".to_owned(), recorded.into());
    let mut conversation = Conversation {
        agent_id: order.agent_id.clone(),
        agent_name: order.agent_name.clone(),
        user_id: order.attempt_id().map(str::to_owned),
        to: to.to_owned(),
        line_id: String::new(),
        from: outgoing.map_or_else(String::new, |outgoing| outgoing.from.clone()),
        carrier: outgoing.map_or(Carrier::Twilio, |outgoing| outgoing.carrier),
        carrier_call_id: String::new(),
        variables: order.context.clone(),
        first_message: first.iter().find_map(|text| text.as_str()).map(str::to_owned),
        behaviour,
        failure: None,
        language: language.split('-').next().unwrap_or("en").to_lowercase(),
        seed: state.seed,
        dialled_ms: now,
        answered_ms,
        ended_ms: answered_ms,
        done_ms: answered_ms,
        talk_secs: script.talk_secs,
        no_audio,
        audio_bytes: large.map(|fault| fault.bytes),
        batch: None,
        cut_at_secs: None,
        is_inbound: outgoing.is_none(),
        ultravox: Some(Box::new(UltravoxCall {
            metadata: order.metadata.clone(),
            settings,
            callbacks: order.callbacks.clone(),
            join_url: (!order.medium.is_sip()).then_some(url),
            end_reason: EndReason::Unjoined,
            billed_ms: answered_ms + state.scaled_ms(BILLING_SECS),
            is_recorded: recorded,
            has_voicemail_tool: template::has_tool(template, "leaveVoicemail"),
            has_hang_up_tool: template::has_tool(template, "hangUp"),
            has_do_not_call_tool: state.do_not_call_tool_url.is_some(),
            is_inbound: outgoing.is_none(),
        })),
        id,
    };
    let kinds = [FaultKind::EndsSystemError, FaultKind::EndsConnectionError];
    if conversation.is_answered() {
        let broken = state.faults.strike(ULTRAVOX, to, &kinds).map(|fault| fault.kind);
        talk(state, &mut conversation, order.max_secs, broken);
    } else {
        conversation.talk_secs = 0;
    }
    conversation
}

/// Lays out the talk of a call that is joined: how long it is, and who ends it.
pub(crate) fn talk(
    state: &Everything,
    conversation: &mut Conversation,
    max_secs: f64,
    broken: Option<FaultKind>,
) {
    let talk_secs = conversation.talk_secs;
    // Parts of a second are of no interest.
    let most = max_secs.ceil() as u32;
    let last = dialogue::turns(conversation).last().map(|turn| turn.role);
    let Some(call) = &mut conversation.ultravox else {
        return;
    };
    let by_agent = match conversation.behaviour {
        Behaviour::Voicemail => call.has_voicemail_tool || call.has_hang_up_tool,
        _ => call.has_hang_up_tool && last == Some("agent"),
    };
    let (reason, cut) = match broken {
        Some(FaultKind::EndsSystemError) => (EndReason::SystemError, Some(talk_secs.div_ceil(2))),
        Some(_) => (EndReason::ConnectionError, Some(talk_secs.div_ceil(2))),
        None if talk_secs > most => (EndReason::Timeout, Some(most)),
        None if by_agent => (EndReason::AgentHangup, None),
        None => (EndReason::Hangup, None),
    };
    let length = f64::from(cut.unwrap_or(talk_secs));
    let ended_ms = conversation.answered_ms + state.scaled_ms(length);
    call.end_reason = reason;
    call.billed_ms = ended_ms + state.scaled_ms(BILLING_SECS);
    conversation.cut_at_secs = cut;
    conversation.ended_ms = ended_ms;
    conversation.done_ms = ended_ms + state.scaled_ms(SUMMARY_SECS);
}
