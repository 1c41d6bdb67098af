//! The secret of a tool, exchanged.

use axum::Json;
use jiff::SignedDuration;
use switchboard_domain::{AgentId, AgentTool};
use switchboard_service::{Problem, new_target_secret};

use super::change::thing;
use super::own_tool;
use crate::answer::Refusals;
use crate::api::NotKept;
use crate::body::JsonBody;
use crate::path::{Ids, ToolName};
use crate::roles::Admin;
use crate::routes::event_targets::{RotateEventSecret, RotatedEventSecret, secret_problem};

/// Makes a new secret for the requests to a tool. Until the overlap is over, every request has a signature of each.
#[utoipa::path(post, path = "/agents/{agent_id}/tools/{name}/rotate-secret", tag = "agents",
    params(("agent_id" = AgentId, Path), ("name" = String, Path)), request_body = RotateEventSecret,
    responses((status = OK, body = RotatedEventSecret), Refusals))]
pub(super) async fn rotate_tool_secret(
    Admin(api): Admin,
    Ids(id, ToolName(name)): Ids<AgentId, ToolName>,
    JsonBody(request): JsonBody<RotateEventSecret>,
) -> Result<(NotKept, Json<RotatedEventSecret>), Problem> {
    let hours = request.hours()?;
    let mut tool = own_tool(&api, &id, &name).await?;
    let now = api.now();
    let old_until = now
        .saturating_add(SignedDuration::from_hours(hours))
        .unwrap_or(now);
    let secret = api.draw(new_target_secret);
    api.target_secrets
        .rotate(&AgentTool::signer(&id, &name), &secret, old_until, now)
        .await
        .map_err(|error| secret_problem(&error))?;
    // Counted afterwards: who reads the old count signs with the old secret for a minute, which is good that long.
    tool.secret_version += 1;
    tool.updated_at = now;
    api.store.put_agent_tool(&id, &tool).await?;
    api.audit("agent_tool.secret_rotated", &thing(&id, &name)).await;
    let secret = secret.open().to_owned();
    Ok((NotKept, Json(RotatedEventSecret { secret, old_until })))
}
