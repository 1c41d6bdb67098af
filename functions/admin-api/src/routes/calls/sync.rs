//! Asking the providers for what never came.

use axum::Json;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::AgentId;
use switchboard_service::Problem;
use utoipa::ToSchema;

use crate::answer::{Made, Refusals};
use crate::body::JsonBody;
use crate::path::found;
use crate::roles::Operator;

/// What to sync.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SyncCalls {
    /// Conversations begun at or after this moment; none: since the last sync.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    /// Only this agent's.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<AgentId>,
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
    if let Some(id) = &request.agent_id {
        found(api.store.find_agent(id).await?, "agent").map_err(|_| {
            Problem::invalid_field(
                "agent_id",
                "there is no such agent: choose one of GET /api/agents",
            )
        })?;
    }
    api.store.functions().start_sync(&request).await?;
    api.audit("calls.sync_started", &now);
    Ok((StatusCode::ACCEPTED, Json(StartedSync { started_at: now })))
}
