//! Conversations: list, one, audio, deletion, feedback.

use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::stream;
use http::{Uri, header};
use serde_json::{Value, json};

use super::body::Query;
use super::refusal::Refusal;
use super::render;
use crate::clock::now_ms;
use crate::conversation::Conversation;
use crate::server::Shared;
use crate::{Platform, recording};

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/convai/conversations", get(list))
        .route("/v1/convai/conversations/{id}", get(one).delete(delete))
        .route("/v1/convai/conversations/{id}/audio", get(audio))
        .route("/v1/convai/conversations/{id}/feedback", post(feedback))
        .route("/v1/convai/analytics/live-count", get(live_count))
}

/// What a list is asked for.
struct Filter {
    agent: Option<String>,
    user: Option<String>,
    after: Option<i64>,
    before: Option<i64>,
    successful: Option<String>,
    without: Vec<String>,
    lines: Vec<String>,
    variables: Vec<(String, String, String)>,
}

impl Filter {
    fn of(query: &Query) -> Result<Self, Refusal> {
        let variable = |text: String| {
            let mut parts = text.splitn(3, ':').map(str::to_owned);
            Some((parts.next()?, parts.next()?, parts.next()?))
        };
        let successful = query.get("call_successful").map(str::to_owned);
        if successful
            .as_deref()
            .is_some_and(|s| !["success", "failure", "unknown", "error"].contains(&s))
        {
            let message = "Input should be 'success', 'failure' or 'unknown'";
            return Err(Refusal::field("query", "call_successful", message, "enum"));
        }
        Ok(Self {
            agent: query.get("agent_id").map(str::to_owned),
            user: query.get("user_id").map(str::to_owned),
            after: query.number("call_start_after_unix")?,
            before: query.number("call_start_before_unix")?,
            successful,
            without: query.all("exclude_statuses"),
            lines: query.all("phone_number_ids"),
            variables: query
                .all("dynamic_variable_params")
                .into_iter()
                .filter_map(variable)
                .collect(),
        })
    }

    fn fits(&self, conversation: &Conversation, now: i64) -> bool {
        let start = conversation.dialled_ms / 1_000;
        let status = conversation.phase(now).as_str();
        self.agent
            .as_ref()
            .is_none_or(|agent| *agent == conversation.agent_id)
            && self.after.is_none_or(|after| start >= after)
            && self.before.is_none_or(|before| start <= before)
            && !self.without.iter().any(|without| without == status)
            && (self.lines.is_empty() || self.lines.contains(&conversation.line_id))
            && self.variables.iter().all(|(name, op, value)| {
                let has = conversation
                    .variables
                    .get(name)
                    .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
                match op.as_str() {
                    "eq" => has.as_deref() == Some(value),
                    "neq" => has.as_deref() != Some(value),
                    "in" => has.is_some_and(|has| value.split('|').any(|v| v == has)),
                    _ => true,
                }
            })
            && self.successful.as_ref().is_none_or(|wanted| {
                render::summary(conversation, now, false)["call_successful"].as_str() == Some(wanted)
            })
    }
}

async fn list(State(shared): State<Shared>, uri: Uri) -> Result<Json<Value>, Refusal> {
    let query = Query::of(&uri);
    let size = query.page_size("page_size", 30, 100)?;
    let filter = Filter::of(&query)?;
    let ascending = query.get("sort_direction") == Some("asc");
    let with_summary = query.get("summary_mode") == Some("include");
    let cursor = query.get("cursor").map(str::to_owned);
    let now = now_ms();
    let state = shared.lock();
    let all = state.conversations(Platform::ElevenLabs, filter.user.as_deref());
    let ordered: Box<dyn Iterator<Item = &Conversation>> = if ascending { all } else { Box::new(all.rev()) };
    let mut fitting = ordered.filter(|conversation| filter.fits(conversation, now));
    if let Some(cursor) = &cursor {
        // The cursor is the last id seen.
        if !fitting.by_ref().any(|conversation| conversation.id == *cursor) {
            return Err(Refusal::typed(
                http::StatusCode::BAD_REQUEST,
                "validation_error",
                "invalid_cursor",
                "The cursor is not valid",
            ));
        }
    }
    let mut page: Vec<&Conversation> = fitting.take(size + 1).collect();
    let has_more = page.len() > size;
    page.truncate(size);
    let next = has_more
        .then(|| page.last().map(|conversation| conversation.id.clone()))
        .flatten();
    let rows: Vec<Value> = page
        .iter()
        .map(|c| render::summary(c, now, with_summary))
        .collect();
    Ok(Json(
        json!({ "conversations": rows, "next_cursor": next, "has_more": has_more }),
    ))
}

async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let state = shared.lock();
    let conversation = state
        .find(Platform::ElevenLabs, &id)
        .ok_or_else(|| Refusal::not_found("conversation_not_found"))?;
    Ok(Json(render::detail(conversation, now_ms())))
}

async fn delete(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    match shared.lock().delete_conversation(Platform::ElevenLabs, &id) {
        true => Ok(Json(json!({}))),
        false => Err(Refusal::not_found("conversation_not_found")),
    }
}

async fn audio(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let chunks = {
        let state = shared.lock();
        let conversation = state
            .find(Platform::ElevenLabs, &id)
            .ok_or_else(|| Refusal::not_found("conversation_not_found"))?;
        if !conversation.has_audio(now_ms()) {
            return Err(Refusal::not_found("audio_not_found"));
        }
        recording::chunks(conversation)
    };
    let body = HttpBody::from_stream(stream::iter(chunks.map(Ok::<_, std::convert::Infallible>)));
    Ok(([(header::CONTENT_TYPE, "audio/mpeg")], body).into_response())
}

async fn feedback(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let known = shared.lock().find(Platform::ElevenLabs, &id).is_some();
    if known {
        Ok(Json(json!({})))
    } else {
        Err(Refusal::not_found("conversation_not_found"))
    }
}

async fn live_count(State(shared): State<Shared>, uri: Uri) -> Json<Value> {
    let query = Query::of(&uri);
    let mut agents = query.all("agent_ids");
    agents.extend(query.get("agent_id").map(str::to_owned));
    let count = shared.lock().live_of(Platform::ElevenLabs, &agents, now_ms());
    Json(json!({ "count": count }))
}
