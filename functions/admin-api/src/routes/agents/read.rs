//! Looking at agents.

use axum::Json;
use serde::Deserialize;
use switchboard_domain::{Agent, AgentId, ProviderKind};
use utoipa::IntoParams;

use crate::answer::{Answer, Refusals};
use crate::paging::{List, PageParams, Paged};
use crate::path::{Id, found};
use crate::roles::Viewer;

/// Most pages read to fill one page of a search.
const MAX_SEARCH_READS: u32 = 20;

/// Which agents to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AgentFilter {
    /// Only those of this provider; left out: those of ElevenLabs.
    #[param(required = false)]
    provider: Option<ProviderKind>,
    /// Words in the name.
    #[param(required = false, max_length = 200)]
    search: Option<String>,
}

/// Agents, newest first.
#[utoipa::path(get, path = "/agents", tag = "agents", params(AgentFilter, PageParams),
    responses((status = OK, body = List<Agent>), Refusals))]
pub(super) async fn list_agents(Viewer(api): Viewer, page: Paged<AgentFilter>) -> Answer<List<Agent>> {
    let provider = page.filter.provider.unwrap_or(ProviderKind::Elevenlabs);
    let words = page.filter.search.as_deref().unwrap_or_default().to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    let fits = |agent: &Agent| {
        let name = agent.name.to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    let mut items = Vec::new();
    let mut cursor = page.cursor()?;
    for _ in 0..MAX_SEARCH_READS {
        let wanted = page
            .limit
            .saturating_sub(u32::try_from(items.len()).unwrap_or(u32::MAX));
        let read = api.store.list_agents(provider, cursor.as_ref(), wanted).await?;
        items.extend(read.items.into_iter().filter(fits));
        cursor = read.next;
        if cursor.is_none() || items.len() >= page.limit as usize {
            break;
        }
    }
    Ok(Json(List {
        items,
        next_cursor: cursor.map(|cursor| cursor.encode()),
    }))
}

/// One agent.
#[utoipa::path(get, path = "/agents/{agent_id}", tag = "agents", params(("agent_id" = AgentId, Path)),
    responses((status = OK, body = Agent), Refusals))]
pub(super) async fn get_agent(Viewer(api): Viewer, Id(id): Id<AgentId>) -> Answer<Agent> {
    found(api.store.find_agent(&id).await?, "agent").map(Json)
}
