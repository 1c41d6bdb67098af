//! Looking for the conversation of an attempt whose answer was lost.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{CallId, Direction, ProviderId};

use super::conversations;
use crate::failure::unreadable;
use crate::transport::Transport;
use crate::{Conversation, ConversationQuery, ConversationSummary, ProviderError};

/// Clocks differ a little.
const BEFORE: SignedDuration = SignedDuration::from_secs(60);
const PAGE_SIZE: u32 = 100;
const MOST_PAGES: u32 = 5;
const MOST_CANDIDATES: usize = 60;

/// Walks the list, narrowed as far as the server honours it, and asks each candidate whose call it
/// was: rows of the list do not tell, and a server that does not know a filter ignores it.
pub(super) async fn find(
    transport: &Transport,
    attempt: &CallId,
    provider_agent_id: &ProviderId,
    since: Timestamp,
) -> Result<Option<Conversation>, ProviderError> {
    let mut query = ConversationQuery {
        since: Some(since.saturating_sub(BEFORE).unwrap_or(Timestamp::MIN)),
        until: None,
        provider_agent_id: Some(provider_agent_id.clone()),
        attempt: Some(attempt.clone()),
        page_size: Some(PAGE_SIZE),
        // The call began right after `since`: on the first page, if the server does not filter.
        oldest_first: true,
        cursor: None,
        in_analysis: false,
    };
    let mut asked = HashSet::new();
    for _ in 0..MOST_PAGES {
        let page = conversations::list(transport, &query).await?;
        for row in page
            .conversations
            .into_iter()
            .filter(|row| may_be_it(row, &query))
        {
            if !asked.insert(row.conversation_id.clone()) {
                continue;
            }
            if asked.len() > MOST_CANDIDATES {
                return Err(not_finished());
            }
            if let Some(found) = verified(transport, &row.conversation_id, attempt).await? {
                return Ok(Some(found));
            }
        }
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None if page.unreadable > 0 => return Err(not_finished()),
            None => return Ok(None),
        }
    }
    Err(not_finished())
}

async fn verified(
    transport: &Transport,
    id: &ProviderId,
    attempt: &CallId,
) -> Result<Option<Conversation>, ProviderError> {
    let conversation = conversations::get(transport, id).await?;
    Ok(conversation.filter(|c| c.attempt.as_ref() == Some(attempt)))
}

fn may_be_it(row: &ConversationSummary, query: &ConversationQuery) -> bool {
    // The list tells whole seconds.
    let in_window = match (row.started_at, query.since) {
        (Some(started_at), Some(since)) => started_at.as_second() >= since.as_second(),
        _ => true,
    };
    in_window
        && row.direction != Some(Direction::Inbound)
        && query.provider_agent_id.as_ref() == Some(&row.provider_agent_id)
}

/// "Not found" may only be said when everything was looked at.
fn not_finished() -> ProviderError {
    unreadable(
        "more conversations came back than can be looked through; the server seems to ignore the filter",
    )
}
