//! Agents that were made at the provider, brought into our records.

use std::collections::HashSet;

use axum::Json;
use futures::stream::{self, StreamExt, TryStreamExt};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use switchboard_domain::{Agent, AgentStatus, ProviderId, ProviderKind};
use switchboard_providers::{AgentQuery, AgentSummary, VoiceProvider};
use switchboard_service::Problem;
use switchboard_store::StoreError;
use utoipa::ToSchema;

use super::record::{id_of, keep};
use crate::answer::{Answer, Made, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::roles::Admin;

/// Most agents of one provider.
const MAX_AGENTS: usize = 5_000;
/// Agents asked for at one time.
const AT_ONCE: usize = 4;

/// An agent to be imported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportAgent {
    /// The platform it lives on.
    #[serde(default = "usual_provider")]
    provider: ProviderKind,
    /// The provider's id of it.
    provider_agent_id: ProviderId,
}

fn usual_provider() -> ProviderKind {
    ProviderKind::Elevenlabs
}

/// What a sync of agents did.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct AgentSync {
    /// Agents that we had no record of.
    imported: u64,
    /// Agents whose record was brought up to date, or was so already.
    refreshed: u64,
    /// Agents that the provider has no longer; their records say so.
    missing: u64,
}

/// Imports one agent from its provider, or brings its record up to date.
#[utoipa::path(post, path = "/agents/import", tag = "agents", request_body = ImportAgent,
    responses((status = OK, description = "We had a record; it is up to date.", body = Agent),
        (status = CREATED, body = Agent), Refusals))]
pub(super) async fn import_one(Admin(api): Admin, JsonBody(wanted): JsonBody<ImportAgent>) -> Made<Agent> {
    let imported = import_agent(&api, wanted.provider, &wanted.provider_agent_id).await?;
    let Some((agent, new)) = imported else {
        return Err(Problem::invalid_field(
            "provider_agent_id",
            "the provider does not know this agent: copy its id from the provider's own site",
        ));
    };
    api.audit("agent.imported", &agent.agent_id).await;
    Ok((
        if new { StatusCode::CREATED } else { StatusCode::OK },
        Json(agent),
    ))
}

/// The record of a provider's agent, brought up to date, and whether it is new; none when the
/// provider does not know it.
pub(crate) async fn import_agent(
    api: &Api,
    provider: ProviderKind,
    id: &ProviderId,
) -> Result<Option<(Agent, bool)>, Problem> {
    match api.providers.get(provider).get_agent(id).await? {
        Some(agent) => Ok(Some(keep(api, provider, agent, None).await?)),
        None => Ok(None),
    }
}

/// Imports every agent of every provider, and marks those that are gone.
#[utoipa::path(post, path = "/agents/sync", tag = "agents", responses((status = OK, body = AgentSync), Refusals))]
pub(super) async fn sync_agents(Admin(api): Admin) -> Answer<AgentSync> {
    let mut done = AgentSync::default();
    for provider in api.providers.used().await {
        let rows = all_agents(provider.as_ref()).await?;
        let ids: Vec<ProviderId> = rows.into_iter().map(|row| row.provider_agent_id).collect();
        let (api, kind) = (&api, provider.kind());
        let kept: Vec<Option<(Agent, bool)>> = stream::iter(ids.clone())
            .map(|id| async move { import_agent(api, kind, &id).await })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let new = kept.iter().flatten().filter(|(_, new)| *new).count() as u64;
        done.imported += new;
        done.refreshed += kept.iter().flatten().count() as u64 - new;
        let there: HashSet<_> = ids.iter().map(|id| id_of(kind, id)).collect();
        done.missing += mark_missing(api, kind, |agent| there.contains(&agent.agent_id)).await?;
    }
    api.audit("agents.synced", &done.imported).await;
    Ok(Json(done))
}

async fn all_agents(provider: &dyn VoiceProvider) -> Result<Vec<AgentSummary>, Problem> {
    let mut rows = Vec::new();
    let mut query = AgentQuery {
        page_size: Some(100),
        ..AgentQuery::default()
    };
    loop {
        let page = provider.list_agents(&query).await?;
        rows.extend(page.agents);
        // A provider whose pages never end must not hold us for ever.
        if page.next_cursor.is_none() || page.next_cursor == query.cursor || rows.len() >= MAX_AGENTS {
            return Ok(rows);
        }
        query.cursor = page.next_cursor;
    }
}

async fn mark_missing(
    api: &Api,
    provider: ProviderKind,
    is_there: impl Fn(&Agent) -> bool,
) -> Result<u64, Problem> {
    let (mut missing, mut cursor) = (0, None);
    loop {
        let page = api.store.list_agents(provider, cursor.as_ref(), 200).await?;
        for mut agent in page.items {
            if is_there(&agent) {
                continue;
            }
            missing += 1;
            if agent.status == AgentStatus::Active {
                agent.status = AgentStatus::Missing;
                agent.updated_at = api.now();
                match api.store.put_agent(agent).await {
                    // Whoever changed it meanwhile knows better.
                    Ok(_) | Err(StoreError::Stale) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(missing);
        }
    }
}
