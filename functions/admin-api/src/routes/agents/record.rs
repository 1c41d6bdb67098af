//! Our record of an agent, from what the provider tells.

use std::collections::BTreeMap;

use jiff::Timestamp;
use switchboard_domain::{Agent, AgentId, AgentStatus, ProviderId, ProviderKind};
use switchboard_providers::ProviderAgent;
use switchboard_store::StoreError;

use crate::api::Api;

/// How often a record is written again when somebody else was faster.
const MAX_RACES: u32 = 5;

/// The id of the record of a provider's agent: always the same, so that none is kept twice.
pub(super) fn id_of(provider: ProviderKind, id: &ProviderId) -> AgentId {
    AgentId::derived(&[provider.as_str(), id.as_str()])
}

fn take_over(record: &mut Agent, agent: ProviderAgent) {
    record.name = agent.name;
    record.prompt = agent.prompt;
    record.first_message = agent.first_message;
    record.language = agent.language;
    record.voice_id = agent.voice_id;
    record.required_variables = agent.required_variables;
    record.bursting = agent.bursting;
    record.takes_first_message = agent.takes_first_message;
    record.options = agent.options;
    record.status = AgentStatus::Active;
}

fn new_record(provider: ProviderKind, id: &ProviderId, now: Timestamp) -> Agent {
    Agent {
        agent_id: id_of(provider, id),
        provider,
        provider_agent_id: id.clone(),
        name: String::new(),
        prompt: String::new(),
        first_message: String::new(),
        language: String::new(),
        voice_id: None,
        required_variables: Vec::new(),
        bursting: false,
        bursting_asked: false,
        takes_first_message: false,
        options: BTreeMap::new(),
        status: AgentStatus::Active,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// Writes what the provider tells into our record, a new one where there is none, with whether somebody
/// asked for bursting just now. Answers the record, and whether it is new.
pub(super) async fn keep(
    api: &Api,
    provider: ProviderKind,
    agent: ProviderAgent,
    bursting_asked: Option<bool>,
) -> Result<(Agent, bool), StoreError> {
    let now = api.now();
    let id = id_of(provider, &agent.provider_agent_id);
    for _ in 0..MAX_RACES {
        let Some(before) = api.store.find_agent(&id).await? else {
            let mut record = new_record(provider, &agent.provider_agent_id, now);
            take_over(&mut record, agent.clone());
            record.bursting_asked = bursting_asked.unwrap_or(false);
            if api.store.create_agent(&record).await? {
                return Ok((record, true));
            }
            continue;
        };
        let mut record = before.clone();
        take_over(&mut record, agent.clone());
        record.bursting_asked = bursting_asked.unwrap_or(before.bursting_asked);
        if record == before {
            return Ok((record, false));
        }
        record.updated_at = now;
        match api.store.put_agent(record).await {
            Ok(record) => return Ok((record, false)),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Stale)
}
