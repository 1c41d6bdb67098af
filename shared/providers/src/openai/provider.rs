//! The platform behind the trait.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_domain::{CallId, PhoneLine, ProviderId, ProviderKind};
use url::Url;

use super::surroundings::Surroundings;
use super::{OpenAi, agents, conversations, dial, voices};
use crate::{
    AgentChanges, AgentPage, AgentQuery, AgentSpec, ApiKeySource, Conversation, ConversationPage,
    ConversationQuery, DialError, EndedCall, InvalidConfig, PlaceCall, PlacedCall, ProviderAgent,
    ProviderError, Quota, RecordingStream, Refusal, Voice, VoicePage, VoicePreview, VoiceProvider,
    VoiceQuery,
};

/// OpenAI as one of the voice providers. Cheap to clone.
#[derive(Clone)]
pub struct OpenAiProvider {
    api: OpenAi,
    around: Option<Surroundings>,
}

impl OpenAiProvider {
    /// A client that takes its key from `keys` with every request. It can say whether the key is good, and no more:
    /// see [`OpenAiProvider::within`].
    ///
    /// # Errors
    /// When the address is not one of an HTTP server.
    pub fn new(base_url: Url, keys: Arc<dyn ApiKeySource>) -> Result<Self, InvalidConfig> {
        Ok(Self {
            api: OpenAi::new(base_url, keys)?,
            around: None,
        })
    }

    /// The same, with what OpenAI does not have.
    #[must_use]
    pub fn within(self, around: Surroundings) -> Self {
        Self {
            around: Some(around),
            ..self
        }
    }

    fn around(&self) -> Result<&Surroundings, ProviderError> {
        self.around.as_ref().ok_or_else(|| ProviderError::Rejected {
            code: "no_surroundings".to_owned(),
            message: "OpenAI keeps neither agents nor calls, and nobody else is there to be asked".to_owned(),
            request_id: None,
        })
    }
}

#[async_trait]
impl VoiceProvider for OpenAiProvider {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Openai
    }

    async fn place_call(&self, request: &PlaceCall) -> Result<PlacedCall, DialError> {
        let around = self.around().map_err(|error| {
            DialError::refused(Refusal::NeverSent {
                reason: error.to_string(),
            })
        })?;
        dial::place_call(around, request).await
    }

    async fn find_conversation(
        &self,
        attempt: &CallId,
        _provider_agent_id: &ProviderId,
        since: Timestamp,
    ) -> Result<Option<Conversation>, ProviderError> {
        conversations::find(self.around()?, attempt, since).await
    }

    async fn get_conversation(&self, id: &ProviderId) -> Result<Option<Conversation>, ProviderError> {
        conversations::get(self.around()?, id).await
    }

    /// There are none that we do not know: every call with OpenAI begins here.
    async fn list_conversations(
        &self,
        _query: &ConversationQuery,
    ) -> Result<ConversationPage, ProviderError> {
        Ok(ConversationPage::default())
    }

    async fn get_recording(&self, id: &ProviderId) -> Result<Option<RecordingStream>, ProviderError> {
        conversations::recording(self.around()?, id).await
    }

    async fn end_call(&self, id: &ProviderId) -> Result<EndedCall, ProviderError> {
        let around = self.around()?;
        match conversations::leg_of(around, id).await? {
            Some(sid) => around.carrier.end_call(&sid).await,
            None => self.api.hangup(id).await,
        }
    }

    async fn live_count(&self) -> Result<u64, ProviderError> {
        self.around()?.records.open_calls().await
    }

    async fn list_agents(&self, query: &AgentQuery) -> Result<AgentPage, ProviderError> {
        agents::list(self.around()?, query).await
    }

    async fn get_agent(&self, id: &ProviderId) -> Result<Option<ProviderAgent>, ProviderError> {
        agents::get(self.around()?, id).await
    }

    /// Nobody is asked: the agent is there once our record of it is.
    async fn create_agent(&self, _spec: &AgentSpec) -> Result<ProviderId, ProviderError> {
        Ok(self.around()?.records.new_agent_id())
    }

    async fn update_agent(
        &self,
        id: &ProviderId,
        changes: &AgentChanges,
    ) -> Result<ProviderAgent, ProviderError> {
        agents::update(self.around()?, id, changes).await
    }

    /// Nobody is asked: the agent is gone once our record of it is.
    async fn delete_agent(&self, _id: &ProviderId) -> Result<(), ProviderError> {
        Ok(())
    }

    /// There are none to list: numbers live at the account's Twilio, and are entered here.
    async fn list_phone_lines(&self) -> Result<Vec<PhoneLine>, ProviderError> {
        Ok(Vec::new())
    }

    async fn search_voices(&self, query: &VoiceQuery) -> Result<VoicePage, ProviderError> {
        Ok(voices::search(query))
    }

    async fn get_voice(&self, id: &ProviderId) -> Result<Option<Voice>, ProviderError> {
        Ok(voices::get(id))
    }

    async fn get_voice_preview(&self, _id: &ProviderId) -> Result<Option<VoicePreview>, ProviderError> {
        Ok(None)
    }

    /// OpenAI tells no allowance by this key; that it answers is what is learned.
    async fn get_subscription(&self) -> Result<Quota, ProviderError> {
        self.api.check().await?;
        let calls_in_progress = match &self.around {
            Some(around) => Some(around.records.open_calls().await?),
            None => None,
        };
        Ok(Quota {
            status: "active".to_owned(),
            calls_in_progress,
            ..Quota::default()
        })
    }
}
