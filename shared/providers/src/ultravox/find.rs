//! Looking for the call of an attempt whose answer was lost.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{CallId, ProviderId};

use super::conversations;
use super::wire::call::CallBody;
use crate::failure::unreadable;
use crate::transport::Transport;
use crate::{Conversation, ConversationQuery, ProviderError};

/// Clocks differ a little.
const BEFORE: SignedDuration = SignedDuration::from_secs(60);
/// Each row is a whole call with its prompt.
const PAGE_SIZE: u32 = 50;
const MOST_PAGES: u32 = 40;
/// Of calls that do not tell whose they are until they are asked.
const MOST_CANDIDATES: usize = 60;

/// Walks the list, narrowed as far as the server honours it. A row tells whose call it was by its own
/// metadata, and the one that is found has to tell it again.
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
        // The server knows days only: from the newest on it is left where the window ends, from the
        // oldest on the whole day would come first.
        oldest_first: false,
        cursor: None,
        in_analysis: false,
    };
    let mut asked = HashSet::new();
    for _ in 0..MOST_PAGES {
        let page = conversations::calls(transport, &query).await?;
        for call in page.calls.iter().filter(|call| may_be_it(call, attempt)) {
            let id = call.id().map_err(|_| not_finished())?;
            if !asked.insert(id.clone()) {
                continue;
            }
            if asked.len() > MOST_CANDIDATES {
                return Err(not_finished());
            }
            let found = conversations::get(transport, &id).await?;
            if let Some(found) = found.filter(|found| found.attempt.as_ref() == Some(attempt)) {
                return Ok(Some(found));
            }
        }
        if page.unreadable > 0 {
            return Err(not_finished());
        }
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(None),
        }
    }
    Err(not_finished())
}

fn may_be_it(call: &CallBody, attempt: &CallId) -> bool {
    match call.attempt() {
        Some(of) => of == *attempt,
        None => !call.tells_metadata(),
    }
}

/// "Not found" may only be said when everything was looked at.
fn not_finished() -> ProviderError {
    unreadable("calls came back that cannot be looked through; the server seems to ignore the filter")
}
