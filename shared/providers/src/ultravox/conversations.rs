//! Calls, and what was said in them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use switchboard_domain::{InvalidId, ProviderId};

use super::wire::call::CallBody;
use super::wire::message::{Message, Transcript};
use super::wire::page::Page;
use crate::failure::unreadable;
use crate::transport::{Query, Transport};
use crate::{Conversation, ConversationPage, ConversationQuery, ConversationState, ProviderError};

const MESSAGES_PER_PAGE: &str = "100";
/// Of messages; a call of an hour has a few hundred.
const MOST_PAGES: u32 = 100;

pub(super) async fn get(
    transport: &Transport,
    id: &ProviderId,
) -> Result<Option<Conversation>, ProviderError> {
    let call: CallBody = match transport
        .get_json(&format!("/api/calls/{id}"), &Query::new())
        .await
    {
        Ok(call) => call,
        Err(ProviderError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let said = if call.was_joined() {
        match transcript(transport, id).await {
            Ok(said) => said,
            // Deleted between the two questions.
            Err(ProviderError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
    } else {
        Transcript::default()
    };
    let read = call.into_conversation(said);
    read.map(Some)
        .map_err(|error: InvalidId| unreadable(error.to_string()))
}

/// What was said in all stages of a call.
async fn transcript(transport: &Transport, id: &ProviderId) -> Result<Transcript, ProviderError> {
    let path = format!("/api/calls/{id}/messages");
    let mut said = Transcript::default();
    let mut cursor: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut query = vec![
            ("mode", "in_call".to_owned()),
            ("pageSize", MESSAGES_PER_PAGE.to_owned()),
        ];
        query.extend(cursor.clone().map(|cursor| ("cursor", cursor)));
        let page: Page = transport.get_json(&path, &query).await?;
        let next = page.next_cursor(cursor.as_deref())?;
        let (messages, _) = page.rows::<Message>();
        for message in messages {
            said.add(message);
        }
        if next.is_none() {
            return Ok(said);
        }
        if said.is_full() {
            break;
        }
        cursor = next;
    }
    tracing::warn!(conversation.id = %id, "the transcript is longer than is kept; its end is left out");
    Ok(said)
}

pub(super) async fn list(
    transport: &Transport,
    query: &ConversationQuery,
) -> Result<ConversationPage, ProviderError> {
    let page = calls(transport, query).await?;
    let mut unreadable = page.unreadable;
    let mut conversations = Vec::new();
    for call in page.calls {
        match call.into_summary() {
            Some(row) if query.in_analysis && row.state != ConversationState::Processing => {}
            Some(row) => conversations.push(row),
            None => unreadable += 1,
        }
    }
    Ok(ConversationPage {
        conversations,
        unreadable,
        next_cursor: page.next_cursor,
    })
}

/// One page of calls that began in the window of the query.
pub(super) struct Calls {
    pub(super) calls: Vec<CallBody>,
    pub(super) unreadable: u32,
    pub(super) next_cursor: Option<String>,
}

pub(super) async fn calls(transport: &Transport, query: &ConversationQuery) -> Result<Calls, ProviderError> {
    let page: Page = transport.get_json("/api/calls", &params(query)).await?;
    let next_cursor = page.next_cursor(query.cursor.as_deref())?;
    let (mut calls, unreadable) = page.rows::<CallBody>();
    let is_past = is_past_the_window(&calls, query);
    calls.retain(|call| call.created().is_none_or(|created| is_in_window(created, query)));
    Ok(Calls {
        calls,
        unreadable,
        next_cursor: next_cursor.filter(|_| !is_past),
    })
}

/// Whole seconds, as promised.
fn is_in_window(created: Timestamp, query: &ConversationQuery) -> bool {
    let second = created.as_second();
    query.since.is_none_or(|since| second >= since.as_second())
        && query.until.is_none_or(|until| second < until.as_second())
}

/// The rows come in the order that was asked for, and the last is beyond the far end of the window: so are
/// all that follow. The server knows whole days only, and a day can have many pages.
fn is_past_the_window(calls: &[CallBody], query: &ConversationQuery) -> bool {
    let created: Option<Vec<Timestamp>> = calls.iter().map(CallBody::created).collect();
    let Some(created) = created else { return false };
    let Some(last) = created.last() else { return false };
    if query.oldest_first {
        created.is_sorted()
            && query
                .until
                .is_some_and(|until| last.as_second() >= until.as_second())
    } else {
        created.iter().rev().is_sorted()
            && query
                .since
                .is_some_and(|since| last.as_second() < since.as_second())
    }
}

fn params(query: &ConversationQuery) -> Query {
    let mut params = Query::new();
    params.extend(
        query
            .provider_agent_id
            .as_ref()
            .map(|id| ("agentIds", id.to_string())),
    );
    params.extend(
        query
            .attempt
            .as_ref()
            .map(|id| ("metadata.attempt_id", id.to_string())),
    );
    // Days, both of them included (the vendor's OpenAPI document says `format: date`).
    params.extend(query.since.map(|at| ("fromDate", day(at))));
    params.extend(query.until.map(|at| ("toDate", day(at))));
    params.extend(
        query
            .page_size
            .map(|size| ("pageSize", size.clamp(1, 100).to_string())),
    );
    let sort = if query.oldest_first { "created" } else { "-created" };
    params.push(("sort", sort.to_owned()));
    params.extend(query.cursor.clone().map(|cursor| ("cursor", cursor)));
    params
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}
