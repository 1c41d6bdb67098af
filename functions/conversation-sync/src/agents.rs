//! Agents that call now, looked at again: what somebody changed about them at the provider is noticed.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use switchboard_domain::{
    Agent, AgentId, AgentStatus, AuditEntry, AuditId, CampaignStatus, ProviderId, ProviderKind,
};
use switchboard_providers::VoiceProvider;
use switchboard_reconcile::{AgentChange, AgentKept, AgentSeen, ReconcileError, keep_agent, voice_missing};
use switchboard_service::Causes;
use switchboard_store::StoreError;

use crate::{ConversationSync, SyncSummary};

/// Most agents that one run looks at.
const MOST_AGENTS: usize = 100;
const PAGE: u32 = 100;

/// Voices looked up in this run.
type Voices = HashMap<(ProviderKind, ProviderId), Option<bool>>;

impl ConversationSync {
    /// Compares the agents of running campaigns with their providers. One that cannot be asked for is counted, and
    /// does not stop the others.
    pub(crate) async fn look_at_agents(
        &self,
        work_until: Timestamp,
        summary: &mut SyncSummary,
    ) -> Result<(), StoreError> {
        let mut voices = Voices::new();
        for id in self.calling_agents().await? {
            if self.clock.now() >= work_until {
                summary.complete = false;
                return Ok(());
            }
            let Some(agent) = self.store.find_agent(&id).await? else {
                continue;
            };
            if !self.providers.is_used(agent.provider).await {
                continue;
            }
            match self.look_at_agent(agent, &mut voices).await {
                Ok(drifted) => summary.agents_drifted += u64::from(drifted),
                Err(error) => {
                    tracing::warn!(agent.id = %id, error = %Causes(&error), "an agent could not be compared");
                    summary.failed += 1;
                }
            }
        }
        Ok(())
    }

    async fn calling_agents(&self) -> Result<BTreeSet<AgentId>, StoreError> {
        let (mut agents, mut cursor) = (BTreeSet::new(), None);
        loop {
            let running = Some(CampaignStatus::Running);
            let page = self.store.list_campaigns(running, cursor.as_ref(), PAGE).await?;
            for campaign in page.items {
                agents.insert(campaign.agent_id);
                agents.extend(campaign.rules.more_agents.into_iter().map(|more| more.agent_id));
            }
            cursor = page.next;
            if agents.len() >= MOST_AGENTS {
                tracing::warn!("more agents call now than one run looks at");
                return Ok(agents.into_iter().take(MOST_AGENTS).collect());
            }
            if cursor.is_none() {
                return Ok(agents);
            }
        }
    }

    /// Answers whether it was changed there and not here.
    async fn look_at_agent(&self, mut agent: Agent, voices: &mut Voices) -> Result<bool, ReconcileError> {
        let provider = self.providers.get(agent.provider);
        let asked = self
            .pace
            .ask(|| provider.get_agent(&agent.provider_agent_id))
            .await?;
        let Some(there) = asked else {
            if agent.status == AgentStatus::Active {
                agent.status = AgentStatus::Missing;
                agent.updated_at = self.clock.now();
                match self.store.put_agent(agent).await {
                    // Whoever changed it meanwhile knows better.
                    Ok(_) | Err(StoreError::Stale) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            return Ok(false);
        };
        let seen = AgentSeen {
            voice_missing: self
                .voice_missing(provider.as_ref(), there.voice_id.as_ref(), voices)
                .await,
            agent: there,
        };
        let change = AgentChange::default();
        let kept = keep_agent(&self.store, agent.provider, seen, &change, self.clock.now()).await?;
        if kept.drifted.is_empty() {
            return Ok(false);
        }
        self.note_drift(&kept).await?;
        Ok(true)
    }

    async fn voice_missing(
        &self,
        provider: &dyn VoiceProvider,
        voice: Option<&ProviderId>,
        voices: &mut Voices,
    ) -> Option<bool> {
        let Some(id) = voice else {
            return voice_missing(provider, None).await;
        };
        let key = (provider.kind(), id.clone());
        if let Some(known) = voices.get(&key) {
            return *known;
        }
        let missing = voice_missing(provider, voice).await;
        voices.insert(key, missing);
        missing
    }

    async fn note_drift(&self, kept: &AgentKept) -> Result<(), StoreError> {
        let (id, now) = (&kept.agent.agent_id, self.clock.now());
        let version = kept.agent.version.to_string();
        tracing::info!(agent.id = %id, "an agent was changed at its provider");
        let entry = AuditEntry {
            audit_id: AuditId::derived(&["agent.drifted", id.as_str(), &version]),
            at: now,
            actor: "conversation-sync".to_owned(),
            actor_name: None,
            role: None,
            action: "agent.drifted".to_owned(),
            thing: kept.drift_told(),
        };
        self.store.add_audit_entry(&entry).await?;
        Ok(())
    }
}
