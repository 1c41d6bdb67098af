//! Tools of an agent's own: made, changed, deleted.

use axum::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use switchboard_domain::{AgentId, AgentTool};
use switchboard_service::{Problem, new_target_secret};
use utoipa::ToSchema;

use super::{ShownTool, built_in, own_tool, takes_tools};
use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::path::{Ids, ToolName, found};
use crate::roles::Admin;
use crate::routes::event_targets::secret_problem;

/// Tools of one agent: it reads all of them at the beginning of every call.
const MAX_TOOLS: usize = 20;
/// Seconds that a tool may take when nothing is said.
const DEFAULT_TIMEOUT_SECS: u32 = 10;

/// A tool as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutTool {
    /// What it does and when to use it, for the agent.
    #[schema(min_length = 1, max_length = 1000)]
    description: String,
    /// JSON Schema of its parameters: an object.
    #[schema(value_type = Object)]
    parameters: Value,
    /// Where it is asked: https, and public.
    #[schema(example = "https://example.com/stock")]
    url: String,
    /// Seconds that it may take; 10 when nothing is said.
    #[schema(minimum = 1, maximum = 20, default = 10)]
    timeout_secs: Option<u32>,
}

/// A tool that was made or changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeptTool {
    /// The tool.
    tool: ShownTool,
    /// Signs the requests to it, as Standard Webhooks has it. Shown this once, when the tool is new.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: Option<String>,
}

/// Makes a tool of an agent, or changes it. The next call has it. A new one's secret is shown this once.
#[utoipa::path(put, path = "/agents/{agent_id}/tools/{name}", tag = "agents", request_body = PutTool,
    params(("agent_id" = AgentId, Path), ("name" = String, Path)),
    responses((status = OK, body = KeptTool), Refusals))]
pub(super) async fn put_agent_tool(
    Admin(api): Admin,
    Ids(id, ToolName(name)): Ids<AgentId, ToolName>,
    JsonBody(new): JsonBody<PutTool>,
) -> Answer<KeptTool> {
    let agent = found(api.store.find_agent(&id).await?, "agent")?;
    if !takes_tools(agent.provider) {
        return Err(Problem::conflict(format!(
            "Agents of {0} have their tools at {0}: enter it there.",
            agent.provider.name()
        )));
    }
    let mut checks = Checks::default();
    checks.tool_name(&name);
    if built_in(&agent).iter().any(|tool| tool.name == name) {
        checks.wrong("name", "every agent has a tool of this name: choose another one");
    }
    checks.tool_description(&new.description);
    checks.tool_parameters(&new.parameters);
    let url = checks.tool_url(&api, &new.url);
    let timeout_secs = new.timeout_secs.unwrap_or(DEFAULT_TIMEOUT_SECS);
    checks.tool_timeout(timeout_secs);
    checks.done()?;
    let tools = api.store.agent_tools(&id).await?;
    let before = tools.iter().find(|tool| tool.name == name);
    if before.is_none() && tools.len() >= MAX_TOOLS {
        return Err(Problem::conflict(format!(
            "This agent has {MAX_TOOLS} tools, which is the limit: delete one first."
        )));
    }
    let tool = AgentTool {
        name,
        description: new.description.trim().to_owned(),
        parameters: new.parameters,
        url: url.unwrap_or_default(),
        timeout_secs,
        secret_version: before.map_or(1, |before| before.secret_version),
        updated_at: api.now(),
    };
    let secret = before.is_none().then(|| api.draw(new_target_secret));
    // The secret first: nothing can be asked without it.
    if let Some(secret) = &secret {
        let signer = AgentTool::signer(&id, &tool.name);
        let kept = api.target_secrets.create(&signer, secret).await;
        kept.map_err(|error| secret_problem(&error))?;
    }
    api.store.put_agent_tool(&id, &tool).await?;
    api.audit("agent_tool.put", &thing(&id, &tool.name)).await;
    Ok(Json(KeptTool {
        tool: tool.into(),
        secret: secret.map(|secret| secret.open().to_owned()),
    }))
}

/// Deletes a tool of an agent, and its secret. A call in progress may ask it once more.
#[utoipa::path(delete, path = "/agents/{agent_id}/tools/{name}", tag = "agents",
    params(("agent_id" = AgentId, Path), ("name" = String, Path)),
    responses((status = NO_CONTENT), Refusals))]
pub(super) async fn delete_agent_tool(
    Admin(api): Admin,
    Ids(id, ToolName(name)): Ids<AgentId, ToolName>,
) -> Result<StatusCode, Problem> {
    found(api.store.find_agent(&id).await?, "agent")?;
    let tool = own_tool(&api, &id, &name).await?;
    forget(&api, &id, &tool).await?;
    api.audit("agent_tool.deleted", &thing(&id, &name)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes every tool of an agent that goes.
pub(in crate::routes::agents) async fn forget_tools(api: &Api, id: &AgentId) -> Result<(), Problem> {
    for tool in api.store.agent_tools(id).await? {
        forget(api, id, &tool).await?;
    }
    Ok(())
}

/// The tool last: until it is gone, deleting can be asked for again.
async fn forget(api: &Api, id: &AgentId, tool: &AgentTool) -> Result<(), Problem> {
    let signer = AgentTool::signer(id, &tool.name);
    let forgotten = api.target_secrets.forget(&signer).await;
    forgotten.map_err(|error| secret_problem(&error))?;
    api.store.delete_agent_tool(id, &tool.name).await?;
    Ok(())
}

/// The tool as the trail names it.
pub(super) fn thing(id: &AgentId, name: &str) -> String {
    format!("{id}/{name}")
}
