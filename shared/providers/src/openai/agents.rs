//! Agents: OpenAI keeps none, so that our record of one is the agent itself.

use switchboard_domain::{Agent, ProviderId};

use super::OpenAiPlatform;
use super::surroundings::Surroundings;
use crate::{AgentChanges, AgentPage, AgentQuery, AgentSummary, Platform, ProviderAgent, ProviderError};

const PAGE_SIZE: u32 = 100;

pub(super) async fn list(around: &Surroundings, query: &AgentQuery) -> Result<AgentPage, ProviderError> {
    let size = query.page_size.unwrap_or(PAGE_SIZE).clamp(1, PAGE_SIZE);
    let page = around.records.agents(query.cursor.as_deref(), size).await?;
    let words = query.search.as_deref().unwrap_or_default().to_lowercase();
    let fits = |agent: &Agent| {
        let name = agent.name.to_lowercase();
        words.split_whitespace().all(|word| name.contains(word))
    };
    let found = page.agents.into_iter().filter(fits);
    let summary = |agent: Agent| AgentSummary {
        provider_agent_id: agent.provider_agent_id,
        name: agent.name,
    };
    Ok(AgentPage {
        agents: found.map(summary).collect(),
        next_cursor: page.next_cursor,
    })
}

pub(super) async fn get(
    around: &Surroundings,
    id: &ProviderId,
) -> Result<Option<ProviderAgent>, ProviderError> {
    Ok(around.records.agent(id).await?.map(as_it_is))
}

/// The agent as it is to be. Whoever asked writes that into our record, which is the change.
pub(super) async fn update(
    around: &Surroundings,
    id: &ProviderId,
    changes: &AgentChanges,
) -> Result<ProviderAgent, ProviderError> {
    let agent = around.records.agent(id).await?;
    let mut agent = agent.map(as_it_is).ok_or_else(|| ProviderError::NotFound {
        code: "no_such_agent".to_owned(),
        request_id: None,
    })?;
    let AgentChanges {
        name,
        prompt,
        first_message,
        language,
        voice_id,
        bursting,
        options,
    } = changes.clone();
    agent.name = name.unwrap_or(agent.name);
    agent.prompt = prompt.unwrap_or(agent.prompt);
    agent.first_message = first_message.unwrap_or(agent.first_message);
    agent.language = language.unwrap_or(agent.language);
    agent.voice_id = voice_id.or(agent.voice_id);
    agent.bursting = bursting;
    agent.options.extend(options);
    agent.required_variables = OpenAiPlatform.required_variables(&[&agent.first_message, &agent.prompt]);
    Ok(agent)
}

fn as_it_is(agent: Agent) -> ProviderAgent {
    ProviderAgent {
        provider_agent_id: agent.provider_agent_id,
        name: agent.name,
        prompt: agent.prompt,
        first_message: agent.first_message,
        language: agent.language,
        voice_id: agent.voice_id,
        required_variables: agent.required_variables,
        bursting: agent.bursting,
        takes_first_message: true,
        options: agent.options,
    }
}
