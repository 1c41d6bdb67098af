//! One conversation, brought to its call, or made one.

use std::collections::HashMap;

use switchboard_domain::{Agent, Call, CallStatus, ProviderId, ProviderKind};
use switchboard_providers::{Conversation, ConversationSummary, VoiceProvider};
use switchboard_reconcile::{Applied, ReconcileError, apply_conversation, find_call_of};
use switchboard_store::StoreError;

use crate::ConversationSync;

/// Agents looked up in this run, by the provider's id.
pub(crate) type KnownAgents = HashMap<ProviderId, Option<Agent>>;

/// What became of one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Known, and nothing was missing.
    Fine,
    /// Known, and something was missing; `whole` when nothing is any more.
    Updated {
        /// The call is over and everything about it is known.
        whole: bool,
    },
    /// Begun elsewhere; now a call of ours.
    Imported,
    /// Of an agent that we have no record of.
    UnknownAgent,
    /// Not over yet.
    Unfinished,
}

impl ConversationSync {
    pub(crate) async fn bring_in(
        &self,
        provider: &dyn VoiceProvider,
        row: &ConversationSummary,
        agents: &mut KnownAgents,
    ) -> Result<Seen, ReconcileError> {
        let known = self.store.find_call_by_conversation(&row.conversation_id).await?;
        if known.as_ref().is_some_and(is_whole) {
            return Ok(Seen::Fine);
        }
        let agent = self
            .agent_of(provider.kind(), &row.provider_agent_id, agents)
            .await?;
        // Whoever shares the account may have many conversations: not one question for each of them. A
        // call of ours whose agent was deleted since is found by its attempt, when it is settled.
        if known.is_none() && agent.is_none() {
            return Ok(Seen::UnknownAgent);
        }
        let Some(conversation) = self
            .pace
            .ask(|| provider.get_conversation(&row.conversation_id))
            .await?
        else {
            // Deleted between list and question.
            return Ok(Seen::Fine);
        };
        let call = match known {
            Some(call) => Some(call),
            None => find_call_of(&self.store, &conversation).await?,
        };
        match (call, agent) {
            // What was erased here stays erased, although its platform still has it.
            (Some(call), _) if call.erased_at.is_some() => Ok(Seen::Fine),
            // Tables were restored to a moment before this dial: as far as they know, it never was. It becomes a call
            // of its own, by whose number its person can be taken out of the campaign.
            (Some(call), Some(agent)) if never_dialled(&call) => {
                Ok(self.import(&agent, conversation).await?)
            }
            (Some(call), _) => Ok(self.update(call, &conversation).await?),
            (None, Some(agent)) => Ok(self.import(&agent, conversation).await?),
            (None, None) => Ok(Seen::UnknownAgent),
        }
    }

    async fn update(&self, before: Call, conversation: &Conversation) -> Result<Seen, StoreError> {
        Ok(
            match apply_conversation(&self.store, &before.call_id, conversation, self.clock.now()).await? {
                Applied::Finished(call) => Seen::Updated {
                    whole: is_whole(&call),
                },
                Applied::FinishedBefore(call) if call.version != before.version => Seen::Updated {
                    whole: is_whole(&call),
                },
                Applied::FinishedBefore(call) if is_whole(&call) => Seen::Fine,
                Applied::Live(_) | Applied::FinishedBefore(_) => Seen::Unfinished,
                // Withdrawn meanwhile.
                Applied::NotFound => Seen::Fine,
            },
        )
    }

    async fn agent_of(
        &self,
        provider: ProviderKind,
        id: &ProviderId,
        agents: &mut KnownAgents,
    ) -> Result<Option<Agent>, StoreError> {
        if let Some(agent) = agents.get(id) {
            return Ok(agent.clone());
        }
        let agent = self.store.find_agent_at_provider(provider, id).await?;
        agents.insert(id.clone(), agent.clone());
        Ok(agent)
    }
}

/// No provider was asked for this call: whoever dials writes that down first.
fn never_dialled(call: &Call) -> bool {
    matches!(call.status, CallStatus::Queued | CallStatus::Cancelled)
}

/// Nothing more is to be learned of the call from its conversation.
fn is_whole(call: &Call) -> bool {
    call.status.is_final() && call.results_complete
}
