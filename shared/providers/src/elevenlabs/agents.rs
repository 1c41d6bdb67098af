//! Agents.

use reqwest::Method;
use switchboard_domain::ProviderId;

use super::wire::agent::{Agent, AgentBody, AgentList, CreatedAgent};
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
            .map(|size| ("page_size", size.clamp(1, 100).to_string())),
    );
    let page: AgentList = transport.get_json("/v1/convai/agents", &params).await?;
    Ok(AgentPage {
        agents: page
            .agents
            .into_iter()
            .filter_map(|row| row.try_into().ok())
            .collect(),
        next_cursor: page.next_cursor.filter(|_| page.has_more),
    })
}

pub(super) async fn get(
    transport: &Transport,
    id: &ProviderId,
) -> Result<Option<ProviderAgent>, ProviderError> {
    match transport.get_json::<Agent>(&path(id), &Query::new()).await {
        Ok(agent) => read(agent).map(Some),
        Err(ProviderError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) async fn create(transport: &Transport, spec: &AgentSpec) -> Result<ProviderId, ProviderError> {
    let body = AgentBody::create(spec);
    let answer = transport
        .change(Method::POST, "/v1/convai/agents/create", Some(&body))
        .await?;
    let created: CreatedAgent = parse(&answer)?;
    ProviderId::parse(&created.agent_id).map_err(|error| unreadable(error.to_string()))
}

pub(super) async fn update(
    transport: &Transport,
    id: &ProviderId,
    changes: &AgentChanges,
) -> Result<ProviderAgent, ProviderError> {
    let body = AgentBody::update(changes);
    let answer = transport.change(Method::PATCH, &path(id), Some(&body)).await?;
    read(parse(&answer)?)
}

pub(super) async fn delete(transport: &Transport, id: &ProviderId) -> Result<(), ProviderError> {
    match transport.change(Method::DELETE, &path(id), NO_BODY).await {
        Ok(_) | Err(ProviderError::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn path(id: &ProviderId) -> String {
    format!("/v1/convai/agents/{id}")
}

fn read(agent: Agent) -> Result<ProviderAgent, ProviderError> {
    agent
        .try_into()
        .map_err(|error: switchboard_domain::InvalidId| unreadable(error.to_string()))
}
