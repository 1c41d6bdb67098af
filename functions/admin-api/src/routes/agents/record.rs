//! Our record of an agent, brought up to date with its provider.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use switchboard_domain::{Agent, AgentStatus, ProviderId};
use switchboard_providers::{ProviderAgent, VoiceProvider};
use switchboard_reconcile::{AgentChange, AgentKept, AgentSeen, keep_agent, voice_missing};
use switchboard_service::Problem;
use switchboard_store::StoreError;

use crate::api::Api;

/// Voices that were looked up in one request: many agents share one.
#[derive(Debug, Default)]
pub(super) struct VoicesSeen(Mutex<HashMap<ProviderId, Option<bool>>>);

impl VoicesSeen {
    async fn missing(&self, provider: &dyn VoiceProvider, voice: Option<&ProviderId>) -> Option<bool> {
        let known = voice.and_then(|voice| self.seen().get(voice).copied());
        if let Some(known) = known {
            return known;
        }
        let missing = voice_missing(provider, voice).await;
        if let Some(voice) = voice {
            self.seen().insert(voice.clone(), missing);
        }
        missing
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, HashMap<ProviderId, Option<bool>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what the provider tells into our record, a new one where there is none, and what was changed there and
/// not here into the audit trail.
pub(super) async fn keep(
    api: &Api,
    provider: &dyn VoiceProvider,
    agent: ProviderAgent,
    change: &AgentChange,
    voices: &VoicesSeen,
) -> Result<AgentKept, Problem> {
    let seen = AgentSeen {
        voice_missing: voices.missing(provider, agent.voice_id.as_ref()).await,
        agent,
    };
    let kept = keep_agent(&api.store, provider.kind(), seen, change, api.now()).await?;
    if !kept.drifted.is_empty() {
        api.audit("agent.drifted", &kept.drift_told()).await;
    }
    Ok(kept)
}

/// Notes that the provider does not know an agent any more; answers the record as it is then.
pub(super) async fn mark_gone(api: &Api, mut agent: Agent) -> Result<Agent, StoreError> {
    if agent.status == AgentStatus::Missing {
        return Ok(agent);
    }
    agent.status = AgentStatus::Missing;
    agent.updated_at = api.now();
    match api.store.put_agent(agent.clone()).await {
        // Whoever changed it meanwhile knows better.
        Err(StoreError::Stale) => Ok(api.store.find_agent(&agent.agent_id).await?.unwrap_or(agent)),
        kept => kept,
    }
}
