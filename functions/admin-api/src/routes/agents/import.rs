//! Agents that were made at the provider, brought into our records.

use std::collections::HashSet;

use axum::Json;
use futures::stream::{self, StreamExt, TryStreamExt};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use switchboard_domain::{Agent, AgentAction, ProviderId, ProviderKind};
use switchboard_providers::{AgentQuery, AgentSummary, VoiceProvider};
use switchboard_reconcile::{AgentChange, AgentKept, agent_id_of};
use switchboard_service::Problem;
use utoipa::ToSchema;

use super::record::{VoicesSeen, keep, mark_gone};
use crate::answer::{Answer, Made, PlatformRefusals, Refusals};
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
    /// Agents that were changed at their provider and not here; their records say what.
    drifted: u64,
    /// Agents whose voice the provider has no longer: give them another one.
    voices_missing: u64,
    /// Platforms that could not be asked; their agents are as they were.
    failed: Vec<FailedSync>,
}

/// A platform that could not be asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FailedSync {
    /// The platform.
    provider: ProviderKind,
    /// Why, and what to do.
    explanation: String,
}

/// Imports one agent from its provider, or brings its record up to date.
#[utoipa::path(post, path = "/agents/import", tag = "agents", request_body = ImportAgent,
    responses((status = OK, description = "We had a record; it is up to date.", body = Agent),
        (status = CREATED, body = Agent), Refusals, PlatformRefusals))]
pub(super) async fn import_one(Admin(api): Admin, JsonBody(wanted): JsonBody<ImportAgent>) -> Made<Agent> {
    let provider = api.platform_of_field("provider", wanted.provider).await?;
    let voices = VoicesSeen::default();
    let kept = import(&api, provider.as_ref(), &wanted.provider_agent_id, &voices).await?;
    let Some(kept) = kept else {
        return Err(Problem::invalid_field(
            "provider_agent_id",
            "the provider does not know this agent: copy its id from the provider's own site",
        ));
    };
    api.audit("agent.imported", &kept.agent.agent_id).await;
    if !kept.is_new {
        return Ok((StatusCode::OK, Json(kept.agent)));
    }
    api.measure_agent(kept.agent.provider, AgentAction::Created).await;
    api.store.await_listed(&kept.agent).await?;
    Ok((StatusCode::CREATED, Json(kept.agent)))
}

/// The record of a provider's agent, brought up to date; none when the provider does not know it.
pub(crate) async fn import_agent(
    api: &Api,
    provider: ProviderKind,
    id: &ProviderId,
) -> Result<Option<Agent>, Problem> {
    let provider = api.providers.get(provider);
    let kept = import(api, provider.as_ref(), id, &VoicesSeen::default()).await?;
    Ok(kept.map(|kept| kept.agent))
}

async fn import(
    api: &Api,
    provider: &dyn VoiceProvider,
    id: &ProviderId,
    voices: &VoicesSeen,
) -> Result<Option<AgentKept>, Problem> {
    match provider
        .get_agent(id)
        .await
        .map_err(Problem::of_provider(provider.kind()))?
    {
        Some(agent) => {
            let kept = keep(api, provider, agent, &AgentChange::default(), voices).await?;
            Ok(Some(kept))
        }
        None => Ok(None),
    }
}

/// Imports every agent of every platform, notes what was changed there and not here, and marks those that are gone.
/// A platform that does not answer is named, and the others are synced all the same.
#[utoipa::path(post, path = "/agents/sync", tag = "agents", responses((status = OK, body = AgentSync), Refusals, PlatformRefusals))]
pub(super) async fn sync_agents(Admin(api): Admin) -> Answer<AgentSync> {
    let mut done = AgentSync::default();
    let used = api.providers.used().await;
    for provider in &used {
        let Err(problem) = sync_platform(&api, provider.as_ref(), &mut done).await else {
            continue;
        };
        if used.len() == 1 {
            return Err(problem);
        }
        done.failed.push(FailedSync {
            provider: provider.kind(),
            explanation: problem.detail,
        });
    }
    api.audit("agents.synced", &done.imported).await;
    Ok(Json(done))
}

async fn sync_platform(api: &Api, provider: &dyn VoiceProvider, done: &mut AgentSync) -> Result<(), Problem> {
    let rows = all_agents(provider).await?;
    let ids: Vec<ProviderId> = rows.into_iter().map(|row| row.provider_agent_id).collect();
    let voices = &VoicesSeen::default();
    let kept: Vec<Option<AgentKept>> = stream::iter(ids.clone())
        .map(|id| async move { import(api, provider, &id, voices).await })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let mut newest = None;
    for kept in kept.iter().flatten() {
        done.imported += u64::from(kept.is_new);
        done.refreshed += u64::from(!kept.is_new);
        done.drifted += u64::from(!kept.drifted.is_empty());
        done.voices_missing += u64::from(kept.agent.voice_missing);
        newest = Some(&kept.agent).filter(|_| kept.is_new).or(newest);
    }
    if let Some(agent) = newest {
        api.store.await_listed(agent).await?;
    }
    let kind = provider.kind();
    let there: HashSet<_> = ids.iter().map(|id| agent_id_of(kind, id)).collect();
    done.missing += mark_missing(api, kind, |agent| there.contains(&agent.agent_id)).await?;
    Ok(())
}

async fn all_agents(provider: &dyn VoiceProvider) -> Result<Vec<AgentSummary>, Problem> {
    let mut rows = Vec::new();
    let mut query = AgentQuery {
        page_size: Some(100),
        ..AgentQuery::default()
    };
    loop {
        let page = provider
            .list_agents(&query)
            .await
            .map_err(Problem::of_provider(provider.kind()))?;
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
        for agent in page.items.into_iter().filter(|agent| !is_there(agent)) {
            missing += 1;
            mark_gone(api, agent).await?;
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(missing);
        }
    }
}
