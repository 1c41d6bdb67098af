//! Our record of an agent, from what the provider tells.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use switchboard_domain::{Agent, AgentId, AgentStatus, ProviderId, ProviderKind};
use switchboard_providers::{ProviderAgent, VoiceProvider};
use switchboard_store::{Store, StoreError};

/// How often a record is written again when somebody else was faster.
const MAX_RACES: u32 = 5;

/// Why a provider's agent is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentChange {
    /// The fields that were just changed here; none: it is only looked at. What differs otherwise was changed at
    /// the provider.
    pub ours: Option<BTreeSet<String>>,
    /// Whether somebody here just said whether calls may go above the limit of the account; none: nobody did.
    pub bursting_asked: Option<bool>,
}

/// What we know of an agent at its provider.
#[derive(Debug, Clone)]
pub struct AgentSeen {
    /// The agent.
    pub agent: ProviderAgent,
    /// Whether its voice is gone; none: that could not be found out, and what was known holds.
    pub voice_missing: Option<bool>,
}

/// A record that was brought up to date.
#[derive(Debug, Clone)]
pub struct AgentKept {
    /// The record.
    pub agent: Agent,
    /// There was none before.
    pub is_new: bool,
    /// What was changed at the provider since we last looked.
    pub drifted: BTreeSet<String>,
}

impl AgentKept {
    /// What the audit trail says of the change at the provider: the agent and its fields.
    pub fn drift_told(&self) -> String {
        let fields: Vec<&str> = self.drifted.iter().map(String::as_str).collect();
        format!("{}: {}", self.agent.agent_id, fields.join(", "))
    }
}

/// The id of the record of a provider's agent: always the same, so that none is kept twice.
pub fn agent_id_of(provider: ProviderKind, id: &ProviderId) -> AgentId {
    AgentId::derived(&[provider.as_str(), id.as_str()])
}

/// Whether the provider has an agent's voice no longer; none when it could not be asked, or the agent has no voice
/// of its own choice.
pub async fn voice_missing(provider: &dyn VoiceProvider, voice: Option<&ProviderId>) -> Option<bool> {
    let Some(voice) = voice else {
        return Some(false);
    };
    match provider.get_voice(voice).await {
        Ok(found) => Some(found.is_none()),
        // A key may be for agents and not for voices: nothing is said then.
        Err(error) => {
            tracing::debug!(%error, "a voice could not be looked up");
            None
        }
    }
}

/// Writes what the provider tells into our record, a new one where there is none. What was changed at the provider
/// and not here is noted in it.
///
/// # Errors
/// When the table does not answer, or others were faster again and again.
pub async fn keep_agent(
    store: &Store,
    provider: ProviderKind,
    seen: AgentSeen,
    change: &AgentChange,
    now: Timestamp,
) -> Result<AgentKept, StoreError> {
    let id = agent_id_of(provider, &seen.agent.provider_agent_id);
    for _ in 0..MAX_RACES {
        let Some(before) = store.find_agent(&id).await? else {
            let mut agent = new_record(provider, &seen.agent.provider_agent_id, now);
            take_over(&mut agent, &seen);
            agent.bursting_asked = change.bursting_asked.unwrap_or(false);
            if store.create_agent(&agent).await? {
                return Ok(AgentKept {
                    agent,
                    is_new: true,
                    drifted: BTreeSet::new(),
                });
            }
            continue;
        };
        let mut agent = before.clone();
        take_over(&mut agent, &seen);
        agent.bursting_asked = change.bursting_asked.unwrap_or(before.bursting_asked);
        let mut drifted = before.fields_changed(&agent);
        if let Some(ours) = &change.ours {
            // Whoever edits it has it before their eyes.
            agent.drift = None;
            drifted.retain(|field| !ours.contains(field));
        }
        agent.note_drift(drifted.clone(), now);
        let kept = |agent| AgentKept {
            agent,
            is_new: false,
            drifted: drifted.clone(),
        };
        if agent == before {
            return Ok(kept(agent));
        }
        agent.updated_at = now;
        match store.put_agent(agent).await {
            Ok(agent) => return Ok(kept(agent)),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Stale)
}

fn take_over(record: &mut Agent, seen: &AgentSeen) {
    let agent = seen.agent.clone();
    record.name = agent.name;
    record.prompt = agent.prompt;
    record.first_message = agent.first_message;
    record.language = agent.language;
    record.voice_missing = match seen.voice_missing {
        Some(missing) => missing,
        None => record.voice_missing && record.voice_id == agent.voice_id,
    };
    record.voice_id = agent.voice_id;
    record.required_variables = agent.required_variables;
    record.bursting = agent.bursting;
    record.takes_first_message = agent.takes_first_message;
    record.options = agent.options;
    record.status = AgentStatus::Active;
}

fn new_record(provider: ProviderKind, id: &ProviderId, now: Timestamp) -> Agent {
    Agent {
        agent_id: agent_id_of(provider, id),
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
        drift: None,
        voice_missing: false,
        status: AgentStatus::Active,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}
