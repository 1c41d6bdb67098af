//! Conversations.

use switchboard_domain::{InvalidId, ProviderId};

use super::wire::conversation::{ConversationBody, ConversationList, summary};
use crate::failure::unreadable;
use crate::transport::{Query, Transport};
use crate::{Conversation, ConversationPage, ConversationQuery, ProviderError};

pub(super) async fn get(
    transport: &Transport,
    id: &ProviderId,
) -> Result<Option<Conversation>, ProviderError> {
    let path = format!("/v1/convai/conversations/{id}");
    match transport.get_json::<ConversationBody>(&path, &Query::new()).await {
        Ok(body) => {
            let read = body
                .try_into()
                .map_err(|error: InvalidId| unreadable(error.to_string()));
            read.map(Some)
        }
        Err(ProviderError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) async fn list(
    transport: &Transport,
    query: &ConversationQuery,
) -> Result<ConversationPage, ProviderError> {
    let page: ConversationList = transport
        .get_json("/v1/convai/conversations", &params(query))
        .await?;
    let rows = page.conversations.len();
    let conversations: Vec<_> = page.conversations.into_iter().filter_map(summary).collect();
    // A cursor that does not move would be walked for ever.
    let moves_on = |cursor: &String| !cursor.is_empty() && Some(cursor) != query.cursor.as_ref();
    Ok(ConversationPage {
        unreadable: u32::try_from(rows - conversations.len()).unwrap_or(u32::MAX),
        conversations,
        next_cursor: page
            .next_cursor
            .filter(|cursor| page.has_more && moves_on(cursor)),
    })
}

fn params(query: &ConversationQuery) -> Query {
    let mut params = Query::new();
    params.extend(
        query
            .provider_agent_id
            .as_ref()
            .map(|id| ("agent_id", id.to_string())),
    );
    params.extend(query.attempt.as_ref().map(|id| ("user_id", id.to_string())));
    params.extend(
        query
            .since
            .map(|at| ("call_start_after_unix", at.as_second().to_string())),
    );
    params.extend(
        query
            .until
            .map(|at| ("call_start_before_unix", at.as_second().to_string())),
    );
    params.extend(
        query
            .page_size
            .map(|size| ("page_size", size.clamp(1, 100).to_string())),
    );
    if query.in_analysis {
        // There is no filter for what is wanted, only for what is not.
        let others = ["initiated", "in-progress", "done", "failed"];
        params.extend(others.map(|status| ("exclude_statuses", status.to_owned())));
    }
    params.push((
        "sort_direction",
        if query.oldest_first { "asc" } else { "desc" }.to_owned(),
    ));
    params.extend(query.cursor.clone().map(|cursor| ("cursor", cursor)));
    params
}
