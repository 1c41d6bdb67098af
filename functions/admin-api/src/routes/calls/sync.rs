//! Asking the providers for what never came.

use axum::Json;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::AgentId;
use switchboard_service::Problem;
use utoipa::ToSchema;

use crate::answer::{Answer, Made, Refusals};
use crate::body::JsonBody;
use crate::path::found;
use crate::roles::{Operator, Viewer};

/// What to sync.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SyncCalls {
    /// Conversations begun at or after this moment; none: since the last sync.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    /// Conversations begun before this moment; none: until now.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    /// Only conversations that are so far at the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<ConversationStatus>,
    /// Only this agent's.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<AgentId>,
}

/// Where a conversation is on its way at the provider.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ConversationStatus {
    /// Known, not answered yet.
    Initiated,
    /// Answered.
    InProgress,
    /// Over; the provider still works on its analysis.
    Processing,
    /// Over.
    Done,
    /// Did not work out.
    Failed,
}

/// A sync that was started.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StartedSync {
    /// When it was asked for.
    started_at: Timestamp,
}

/// Starts a sync of conversations and recordings with the providers; it goes on by itself.
#[utoipa::path(post, path = "/calls/sync", tag = "calls", request_body = SyncCalls,
    responses((status = ACCEPTED, body = StartedSync), Refusals))]
pub(super) async fn sync_calls(
    Operator(api): Operator,
    JsonBody(request): JsonBody<SyncCalls>,
) -> Made<StartedSync> {
    let now = api.now();
    if request.since.is_some_and(|since| since > now) {
        return Err(Problem::invalid_field("since", "choose a moment that has passed"));
    }
    if request
        .until
        .is_some_and(|until| request.since.is_some_and(|since| until <= since))
    {
        return Err(Problem::invalid_field("until", "choose a moment after since"));
    }
    if let Some(id) = &request.agent_id {
        found(api.store.find_agent(id).await?, "agent").map_err(|_| {
            Problem::invalid_field(
                "agent_id",
                "there is no such agent: choose one of GET /api/agents",
            )
        })?;
    }
    api.store.functions().start_sync(&request).await?;
    api.audit("calls.sync_started", &now).await;
    Ok((StatusCode::ACCEPTED, Json(StartedSync { started_at: now })))
}

/// What the last sync did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LastSync {
    /// When it ended; none: there was none yet.
    finished_at: Option<Timestamp>,
    /// What it did; none when there was no sync yet.
    summary: Option<SyncSummary>,
}

/// What a sync did.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct SyncSummary {
    /// Conversations that the providers showed.
    listed: u64,
    /// Of those: known, and nothing was missing.
    synced: u64,
    /// Known, and something was missing or stale.
    updated: u64,
    /// Begun elsewhere; now calls of ours.
    imported: u64,
    /// Of agents that we have no record of.
    skipped_unknown_agent: u64,
    /// Not over yet: looked at again by the next run.
    unfinished: u64,
    /// Steps that failed. The next run does them.
    failed: u64,
    /// Calls that were settled by asking.
    settled: u64,
    /// Recordings fetched.
    recordings_stored: u64,
    /// Agents of running campaigns that were changed at their provider and not here.
    agents_drifted: u64,
    /// Everything was looked at; otherwise time ran out, or a provider did not show all.
    complete: bool,
}

/// What the last sync did.
#[utoipa::path(get, path = "/calls/sync", tag = "calls", responses((status = OK, body = LastSync), Refusals))]
pub(super) async fn last_sync(Viewer(api): Viewer) -> Answer<LastSync> {
    let (summary, finished_at) = match api.store.sync_summary().await? {
        Some((summary, finished_at)) => (serde_json::from_value(summary).ok(), Some(finished_at)),
        None => (None, None),
    };
    Ok(Json(LastSync { finished_at, summary }))
}
