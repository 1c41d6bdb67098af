//! Agents.

use reqwest::Method;
use switchboard_domain::{InvalidId, ProviderId};

use super::wire::agent::{Agent, AgentBody};
use super::wire::page::Page;
use crate::failure::unreadable;
use crate::transport::{Query, Transport, parse};
use crate::{AgentChanges, AgentPage, AgentQuery, AgentSpec, ProviderAgent, ProviderError};

const NO_BODY: Option<&()> = None;

pub(super) async fn list(transport: &Transport, query: &AgentQuery) -> Result<AgentPage, ProviderError> {
    let mut params = Query::new();
    params.extend(query.search.clone().map(|words| ("search", words)));
    params.extend(query.cursor.clone().map(|cursor| ("cursor", cursor)));
    params.extend(
        query
            .page_size
            .map(|size| ("pageSize", size.clamp(1, 100).to_string())),
    );
    let page: Page = transport.get_json("/api/agents", &params).await?;
    let next_cursor = page.next_cursor(query.cursor.as_deref())?;
    let (agents, _) = page.rows::<Agent>();
    Ok(AgentPage {
        agents: agents.into_iter().filter_map(|row| row.try_into().ok()).collect(),
        next_cursor,
    })
}

pub(super) async fn get(
    transport: &Transport,
    id: &ProviderId,
) -> Result<Option<ProviderAgent>, ProviderError> {
    match ask(transport, id).await {
        Ok(agent) => read(agent).map(Some),
        Err(ProviderError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) async fn create(transport: &Transport, spec: &AgentSpec) -> Result<ProviderId, ProviderError> {
    let body = AgentBody::create(spec);
    let answer = transport.change(Method::POST, "/api/agents", Some(&body)).await?;
    parse::<Agent>(&answer)?.id().map_err(odd_id)
}

/// Reads the agent, changes what is asked for in what came, and sends that back: see `wire::template`.
/// A change that somebody makes there in the same second is lost; the API knows no versions.
pub(super) async fn update(
    transport: &Transport,
    id: &ProviderId,
    changes: &AgentChanges,
) -> Result<ProviderAgent, ProviderError> {
    let agent = ask(transport, id).await?;
    let Some(body) = AgentBody::update(&agent, changes) else {
        return read(agent);
    };
    let answer = transport.change(Method::PATCH, &path(id), Some(&body)).await?;
    read(parse(&answer)?)
}

pub(super) async fn delete(transport: &Transport, id: &ProviderId) -> Result<(), ProviderError> {
    match transport.change(Method::DELETE, &path(id), NO_BODY).await {
        Ok(_) | Err(ProviderError::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn ask(transport: &Transport, id: &ProviderId) -> Result<Agent, ProviderError> {
    transport.get_json(&path(id), &Query::new()).await
}

fn path(id: &ProviderId) -> String {
    format!("/api/agents/{id}")
}

fn read(agent: Agent) -> Result<ProviderAgent, ProviderError> {
    agent.try_into().map_err(odd_id)
}

fn odd_id(error: InvalidId) -> ProviderError {
    unreadable(error.to_string())
}
