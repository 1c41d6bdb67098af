//! Calls: list, one, messages, recording, deletion, and what is said to a live one.

use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::stream;
use http::{StatusCode, Uri, header};
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::body::{Base, Body};
use super::call::EndReason;
use super::dial::{BILLING_SECS, SUMMARY_SECS};
use super::page::page;
use super::refusal::Refusal;
use super::{ULTRAVOX, delivery, messages, render, wav};
use crate::clock::now_ms;
use crate::conversation::Conversation;
use crate::query::Query;
use crate::server::Shared;

/// Calls of a page when nobody says.
const USUAL_PAGE: usize = 10;
/// Messages of a page when nobody says.
const USUAL_MESSAGES: usize = 5;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/calls", get(list))
        .route("/api/calls/{id}", get(one).delete(delete))
        .route("/api/calls/{id}/messages", get(all_messages))
        .route("/api/calls/{id}/recording", get(recording))
        .route("/api/calls/{id}/send_data_message", post(send_data_message))
}

/// Where a recording's short-lived address leads; it needs no key.
pub(crate) fn open_routes() -> Router<Shared> {
    Router::new().route("/ultravox/recordings/{file}", get(recording_file))
}

/// What a list is asked for.
struct Filter {
    agents: Vec<String>,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
    metadata: Vec<(String, String)>,
}

/// The moment a text names: a day's first, or for the end of a range its last.
fn moment(name: &str, text: Option<&str>, last: bool) -> Result<Option<i64>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let utc = |at: DateTime| at.to_zoned(jiff::tz::TimeZone::UTC).map(|at| at.timestamp());
    let day = |day: Date| match last {
        true => utc(day.at(0, 0, 0, 0)).and_then(|at| at.checked_add(24.hours())),
        false => utc(day.at(0, 0, 0, 0)),
    };
    let is_day = text.len() == "2026-11-20".len();
    let found = match text.parse::<Timestamp>() {
        Ok(at) => Ok(at),
        Err(_) if is_day => text.parse().and_then(day),
        Err(_) => text.parse().and_then(utc),
    };
    match found {
        Ok(at) => Ok(Some(at.as_millisecond() - i64::from(is_day && last))),
        Err(_) => Err(Refusal::field(name, "Date has wrong format. Use ISO 8601.")),
    }
}

impl Filter {
    fn of(query: &Query) -> Result<Self, Refusal> {
        let metadata = query.pairs().iter().filter_map(|(name, value)| {
            let key = name.strip_prefix("metadata.")?;
            Some((key.to_owned(), value.clone()))
        });
        Ok(Self {
            agents: query.all("agentIds"),
            from_ms: moment("fromDate", query.get("fromDate"), false)?,
            to_ms: moment("toDate", query.get("toDate"), true)?,
            metadata: metadata.collect(),
        })
    }

    fn fits(&self, conversation: &Conversation) -> bool {
        let has = |(key, value): &(String, String)| {
            let metadata = conversation.ultravox.as_ref().map(|call| &call.metadata);
            metadata.and_then(|of| of.get(key)).and_then(Value::as_str) == Some(value)
        };
        (self.agents.is_empty() || self.agents.contains(&conversation.agent_id))
            && self.from_ms.is_none_or(|from| conversation.dialled_ms >= from)
            && self.to_ms.is_none_or(|to| conversation.dialled_ms <= to)
            && self.metadata.iter().all(has)
    }

    /// The attempt it asks for, where it asks for one: there is an index of them.
    fn attempt(&self) -> Option<&str> {
        let named = self.metadata.iter().find(|(key, _)| key == "attempt_id");
        named.map(|(_, value)| value.as_str())
    }
}

async fn list(State(shared): State<Shared>, base: Base, uri: Uri) -> Result<Json<Value>, Refusal> {
    let filter = Filter::of(&Query::of(&uri))?;
    listed(&shared, &base, &uri, &filter)
}

/// The calls of one agent.
pub(crate) async fn of_agent(
    State(shared): State<Shared>,
    Path(agent_id): Path<String>,
    base: Base,
    uri: Uri,
) -> Result<Json<Value>, Refusal> {
    if !shared.lock().ultravox.agents.contains_key(&agent_id) {
        return Err(Refusal::not_found());
    }
    let mut filter = Filter::of(&Query::of(&uri))?;
    filter.agents = vec![agent_id];
    listed(&shared, &base, &uri, &filter)
}

fn listed(shared: &Shared, base: &Base, uri: &Uri, filter: &Filter) -> Result<Json<Value>, Refusal> {
    let query = Query::of(uri);
    let oldest_first = match query.get("sort") {
        None | Some("-created") => false,
        Some("created") => true,
        Some(_) => return Err(Refusal::field("sort", "Calls are sorted by created.")),
    };
    let now = now_ms();
    let state = shared.lock();
    let fitting = state
        .conversations(ULTRAVOX, filter.attempt())
        .filter(|call| filter.fits(call));
    let mut calls: Vec<&Conversation> = fitting.collect();
    if !oldest_first {
        calls.reverse();
    }
    let row = |call: &&Conversation| render::call(call, now);
    page(base, uri, USUAL_PAGE, &calls, |call| call.id.clone(), row).map(Json)
}

async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let state = shared.lock();
    let call = state.find(ULTRAVOX, &id).ok_or_else(Refusal::not_found)?;
    Ok(Json(render::call(call, now_ms())))
}

/// What the vendor does with a live call is not documented; it is refused here, so that nobody counts on it.
async fn delete(State(shared): State<Shared>, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    let mut state = shared.lock();
    let call = state.find(ULTRAVOX, &id).ok_or_else(Refusal::not_found)?;
    if call.is_live(now_ms()) {
        return Err(Refusal::detail(
            StatusCode::BAD_REQUEST,
            "The call has not ended.",
        ));
    }
    state.delete_conversation(ULTRAVOX, &id);
    Ok(StatusCode::NO_CONTENT)
}

async fn all_messages(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    base: Base,
    uri: Uri,
) -> Result<Json<Value>, Refusal> {
    let mode = Query::of(&uri).get("mode").unwrap_or("last_stage").to_owned();
    if !["last_stage", "in_call"].contains(&mode.as_str()) {
        return Err(Refusal::field("mode", "Not a mode."));
    }
    let state = shared.lock();
    let call = state.find(ULTRAVOX, &id).ok_or_else(Refusal::not_found)?;
    let all = messages::all(call, now_ms());
    let key = |message: &Value| message["callStageMessageIndex"].to_string();
    page(&base, &uri, USUAL_MESSAGES, &all, key, Value::clone).map(Json)
}

/// Whether there is a recording by now.
fn is_recorded(call: &Conversation) -> bool {
    let kept = call.ultravox.as_ref().is_some_and(|call| call.is_recorded);
    kept && call.is_answered() && call.has_audio(now_ms())
}

async fn recording(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    base: Base,
) -> Result<Response, Refusal> {
    let state = shared.lock();
    let call = state.find(ULTRAVOX, &id).ok_or_else(Refusal::not_found)?;
    if !is_recorded(call) {
        return Err(Refusal::not_found());
    }
    let place = format!("{}/ultravox/recordings/{id}.wav", base.0);
    Ok((StatusCode::FOUND, [(header::LOCATION, place)]).into_response())
}

async fn recording_file(State(shared): State<Shared>, Path(file): Path<String>) -> Result<Response, Refusal> {
    let wav = {
        let state = shared.lock();
        let id = file.strip_suffix(".wav").unwrap_or_default();
        let call = state.find(ULTRAVOX, id).filter(|call| is_recorded(call));
        let call = call.ok_or_else(Refusal::not_found)?;
        wav::Wav::of(call.length_secs(now_ms()), call.audio_bytes)
    };
    let length = wav.bytes();
    let body = HttpBody::from_stream(stream::iter(wav.chunks().map(Ok::<_, std::convert::Infallible>)));
    let headers = [
        (header::CONTENT_TYPE, "audio/wav".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    Ok((headers, body).into_response())
}

async fn send_data_message(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    body: Body,
) -> Result<StatusCode, Refusal> {
    let hangs_up = match body.0.get("type").and_then(Value::as_str) {
        Some("hang_up") => true,
        Some("user_text_message" | "forced_agent_message") => false,
        Some(_) => return Err(Refusal::field("type", "Not a type of message.")),
        None => return Err(Refusal::required("type")),
    };
    {
        let now = now_ms();
        let mut state = shared.lock();
        let call = state.find(ULTRAVOX, &id).ok_or_else(Refusal::not_found)?;
        if call.joined_ms(now).is_none() || now >= call.ended_ms {
            let text = "The call is not live.";
            return Err(Refusal::detail(StatusCode::UNPROCESSABLE_ENTITY, text));
        }
        if !hangs_up {
            return Ok(StatusCode::NO_CONTENT);
        }
        let mut call = call.clone();
        // A second that was begun counts.
        let talked = call.talked_secs(now).ceil().max(1.0) as u32;
        call.cut_at_secs = Some(talked);
        call.ended_ms = now;
        call.done_ms = now + state.scaled_ms(SUMMARY_SECS);
        if let Some(own) = &mut call.ultravox {
            own.end_reason = EndReason::AgentHangup;
            own.billed_ms = now + state.scaled_ms(BILLING_SECS);
        }
        state.change(call);
    }
    delivery::schedule(&shared, &id);
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_can_be_a_day_or_have_an_offset_or_none() {
        let at = |text, last| moment("toDate", Some(text), last).unwrap().unwrap();
        let day = at("2026-11-20", false);
        assert_eq!(at("2026-11-20", true) - day, 86_400_000 - 1);
        assert_eq!(at("2026-11-20T01:00:00", false) - day, 3_600_000);
        assert_eq!(at("2026-11-20T01:00:00+01:00", false), day);
        assert!(moment("toDate", Some("yesterday"), true).is_err());
    }
}
