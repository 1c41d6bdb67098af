//! Our own routes: somebody calls, numbers, what went on.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::{StatusCode, Uri};
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Beginning, Call, Direction, Status};
use super::desk::{Number, Options};
use super::flow::{Command, First, Source, start};
use super::twiml::Callback;
use crate::clock::now_ms;
use crate::openai;
use crate::query::Query;
use crate::server::Shared;
use crate::talk::{CallScenario, ScenarioChoice, Script};

/// Most calls of one request.
const MOST_CALLS: u32 = 1_000;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/_sim/calls", get(list))
        .route("/_sim/calls/inbound", post(inbound))
        .route("/_sim/calls/{sid}", get(one))
        .route("/_sim/calls/{sid}/hang_up", post(hang_up))
        .route("/_sim/twilio/numbers/{number}", put(set_number).get(number))
        .route("/_sim/twilio/options", put(set_options).get(options))
        .route("/_sim/twilio/faults", get(faults))
        .route("/_sim/public_url", put(set_public_url))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inbound {
    from: String,
    to: String,
    #[serde(default)]
    scenario: Option<ScenarioChoice>,
    #[serde(default = "once")]
    count: u32,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    caller_name: Option<String>,
}

fn once() -> u32 {
    1
}

fn wrong(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({ "detail": detail }))).into_response()
}

/// Somebody calls one of our numbers, or many do at once.
async fn inbound(State(shared): State<Shared>, Json(inbound): Json<Inbound>) -> Response {
    if inbound.count == 0 || inbound.count > MOST_CALLS {
        return wrong(StatusCode::UNPROCESSABLE_ENTITY, "count is 1 to 1000");
    }
    let scenario = match inbound.scenario.map(ScenarioChoice::resolved) {
        None => CallScenario::default(),
        Some(Some(scenario)) => scenario,
        Some(None) => return wrong(StatusCode::UNPROCESSABLE_ENTITY, "nobody knows this scenario"),
    };
    let mut sids = Vec::new();
    for _ in 0..inbound.count {
        let (call, callback, source) = {
            let mut state = shared.lock();
            let desk = &mut state.twilio;
            let known = desk.numbers.get(&inbound.to).cloned().unwrap_or_default();
            let voice = known
                .voice_url
                .or_else(|| desk.usual_url("/webhooks/twilio/voice"));
            let Some(voice) = voice else {
                return wrong(
                    StatusCode::CONFLICT,
                    "the number leads nowhere: set a voice_url or the public URL",
                );
            };
            let ended = known
                .status_callback
                .or_else(|| desk.usual_url("/webhooks/twilio/status"));
            let number = desk.number_a_call();
            let language = inbound.language.as_deref().unwrap_or("en");
            let script = Script::of(&scenario, &inbound.from, number, language);
            let beginning = Beginning {
                from: inbound.from.clone(),
                to: inbound.to.clone(),
                direction: Direction::Inbound,
                parent: None,
                status: Status::Ringing,
                number,
                scenario: scenario.clone(),
                script,
            };
            let mut call = Call::begin(beginning, now_ms());
            call.caller_name = inbound.caller_name.clone();
            let callback = ended.map(|url| Callback {
                url,
                method: "POST".to_owned(),
                events: vec!["completed".to_owned()],
            });
            let mut source = Source::url(&voice, "POST");
            if let Source::Url { fallback, .. } = &mut source {
                *fallback = known.fallback_url;
            }
            (call, callback, source)
        };
        sids.push(call.sid.clone());
        start(&shared, call, callback, First::Inbound(source));
    }
    let first = sids.first().cloned();
    (
        StatusCode::CREATED,
        Json(json!({ "call_sid": first, "call_sids": sids })),
    )
        .into_response()
}

/// One call with its legs, its sessions at OpenAI, and what was really said there.
async fn one(State(shared): State<Shared>, Path(sid): Path<String>) -> Response {
    let state = shared.lock();
    let Some(call) = state.twilio.find(&sid) else {
        return wrong(StatusCode::NOT_FOUND, "no such call");
    };
    let mut shown = call.shown();
    let legs = state.twilio.calls();
    let legs: Vec<Value> = legs
        .filter(|leg| leg.parent.as_deref() == Some(sid.as_str()))
        .map(Call::shown)
        .collect();
    let sessions: Vec<Value> = call
        .openai_calls
        .iter()
        .filter_map(|id| state.openai.find(id).map(openai::Session::shown))
        .collect();
    shown["legs"] = json!(legs);
    shown["openai"] = json!(sessions);
    Json(shown).into_response()
}

/// First legs, oldest first; with `live=1` those that are not over.
async fn list(State(shared): State<Shared>, uri: Uri) -> Json<Value> {
    let query = Query::of(&uri);
    let only_live = query.get("live") == Some("1");
    let state = shared.lock();
    let calls: Vec<Value> = state
        .twilio
        .calls()
        .filter(|call| call.parent.is_none() && !(only_live && call.status.is_over()))
        .map(Call::shown)
        .collect();
    Json(json!({ "calls": calls }))
}

/// Whoever is on the phone hangs up now.
async fn hang_up(State(shared): State<Shared>, Path(sid): Path<String>) -> StatusCode {
    let state = shared.lock();
    let control = state.twilio.find(&sid).and_then(|call| call.control.as_ref());
    match control.map(|control| control.send(Command::PersonLeaves)) {
        Some(Ok(())) => StatusCode::NO_CONTENT,
        _ => StatusCode::CONFLICT,
    }
}

async fn set_number(
    State(shared): State<Shared>,
    Path(number): Path<String>,
    Json(set): Json<Number>,
) -> StatusCode {
    shared.lock().twilio.numbers.insert(number, set);
    StatusCode::NO_CONTENT
}

async fn number(State(shared): State<Shared>, Path(number): Path<String>) -> Json<Number> {
    let state = shared.lock();
    Json(state.twilio.numbers.get(&number).cloned().unwrap_or_default())
}

async fn set_options(State(shared): State<Shared>, Json(options): Json<Options>) -> StatusCode {
    shared.lock().twilio.options = options;
    StatusCode::NO_CONTENT
}

async fn options(State(shared): State<Shared>) -> Json<Options> {
    Json(shared.lock().twilio.options.clone())
}

async fn faults(State(shared): State<Shared>) -> Json<Value> {
    Json(json!({ "faults": shared.lock().twilio.faults() }))
}

#[derive(Deserialize)]
struct PublicUrl {
    url: Option<String>,
    #[serde(default)]
    reach: Option<String>,
}

async fn set_public_url(State(shared): State<Shared>, Json(set): Json<PublicUrl>) -> StatusCode {
    let mut state = shared.lock();
    state.twilio.public_url = set.url;
    state.twilio.reach_url = set.reach;
    StatusCode::NO_CONTENT
}
