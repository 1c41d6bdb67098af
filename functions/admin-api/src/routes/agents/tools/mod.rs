//! Tools that an agent may use during a call: its own, which are requests to the customer's systems, and those that
//! every agent of its platform has.

mod change;
mod fields;
mod secret;

use axum::Json;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use switchboard_domain::{Agent, AgentId, AgentTool, ProviderKind};
use switchboard_providers::openai::tools::{BuiltInTool, built_in_tools};
use switchboard_service::Problem;
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::paging::List;
use crate::path::{Id, Ids, ToolName, found};
use crate::roles::Viewer;
use crate::route_set::{RouteSet, routes};

pub(super) use change::forget_tools;

pub(super) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(list_agent_tools))
        .routes(routes!(
            get_agent_tool,
            change::put_agent_tool,
            change::delete_agent_tool
        ))
        .routes(routes!(secret::rotate_tool_secret))
}

/// A tool as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentTool)]
pub(super) struct ShownTool {
    /// The name that the agent calls it by.
    name: String,
    /// What it does and when to use it, for the agent.
    description: String,
    /// JSON Schema of its parameters: an object.
    #[schema(value_type = Object)]
    parameters: Value,
    /// Whether every agent of the platform has it; it cannot be changed then.
    built_in: bool,
    /// Where it is asked; none of a built-in one.
    url: Option<String>,
    /// Seconds that it may take; none of a built-in one.
    timeout_secs: Option<u32>,
    /// When it last changed; none of a built-in one.
    updated_at: Option<Timestamp>,
}

impl From<AgentTool> for ShownTool {
    fn from(tool: AgentTool) -> Self {
        Self {
            name: tool.name,
            description: tool.description,
            parameters: tool.parameters,
            built_in: false,
            url: Some(tool.url),
            timeout_secs: Some(tool.timeout_secs),
            updated_at: Some(tool.updated_at),
        }
    }
}

/// Whether agents of a platform use tools that are entered here. On the others tools are entered at the platform.
fn takes_tools(kind: ProviderKind) -> bool {
    kind == ProviderKind::Openai
}

/// The tools that every agent of the platform has.
fn built_in(agent: &Agent) -> Vec<ShownTool> {
    if !takes_tools(agent.provider) {
        return Vec::new();
    }
    let shown = |tool: BuiltInTool| ShownTool {
        name: tool.name.to_owned(),
        description: tool.description.to_owned(),
        parameters: tool.parameters,
        built_in: true,
        url: None,
        timeout_secs: None,
        updated_at: None,
    };
    built_in_tools().into_iter().map(shown).collect()
}

/// The tools of an agent: its own by name, then those that every agent of its platform has.
#[utoipa::path(get, path = "/agents/{agent_id}/tools", tag = "agents", params(("agent_id" = AgentId, Path)),
    responses((status = OK, body = List<ShownTool>), Refusals))]
async fn list_agent_tools(Viewer(api): Viewer, Id(id): Id<AgentId>) -> Answer<List<ShownTool>> {
    let agent = found(api.store.find_agent(&id).await?, "agent")?;
    let mut own = api.store.agent_tools(&id).await?;
    own.sort_by(|one, other| one.name.cmp(&other.name));
    let own = own.into_iter().map(ShownTool::from);
    Ok(Json(List::whole(own.chain(built_in(&agent)).collect())))
}

/// One of them.
#[utoipa::path(get, path = "/agents/{agent_id}/tools/{name}", tag = "agents",
    params(("agent_id" = AgentId, Path), ("name" = String, Path)),
    responses((status = OK, body = ShownTool), Refusals))]
async fn get_agent_tool(
    Viewer(api): Viewer,
    Ids(id, ToolName(name)): Ids<AgentId, ToolName>,
) -> Answer<ShownTool> {
    let agent = found(api.store.find_agent(&id).await?, "agent")?;
    if let Some(tool) = built_in(&agent).into_iter().find(|tool| tool.name == name) {
        return Ok(Json(tool));
    }
    Ok(Json(own_tool(&api, &id, &name).await?.into()))
}

/// A tool of the agent's own.
async fn own_tool(api: &Api, id: &AgentId, name: &str) -> Result<AgentTool, Problem> {
    let tools = api.store.agent_tools(id).await?;
    found(tools.into_iter().find(|tool| tool.name == name), "tool")
}
