//! The platform behind the trait.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_domain::{CallId, PhoneLine, ProviderId, ProviderKind};
use url::Url;

use super::voices;
use crate::{
    AgentChanges, AgentPage, AgentQuery, AgentSpec, ApiKeySource, Conversation, ConversationPage,
    ConversationQuery, DialError, EndedCall, InvalidConfig, PlaceCall, PlacedCall, ProviderAgent,
    ProviderError, Quota, RecordingStream, Refusal, Voice, VoicePage, VoicePreview, VoiceProvider,
    VoiceQuery,
};

/// OpenAI as one of the voice providers.
#[derive(Clone)]
pub struct OpenAiProvider {
    _keys: Arc<dyn ApiKeySource>,
}

impl OpenAiProvider {
    /// A client that takes its key from `keys` with every request.
    ///
    /// # Errors
    /// When the address is not one of an HTTP server.
    pub fn new(base_url: Url, keys: Arc<dyn ApiKeySource>) -> Result<Self, InvalidConfig> {
        match matches!(base_url.scheme(), "http" | "https") && base_url.host().is_some() {
            true => Ok(Self { _keys: keys }),
            false => Err(InvalidConfig::BaseUrl),
        }
    }
}

#[async_trait]
impl VoiceProvider for OpenAiProvider {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Openai
    }

    async fn place_call(&self, _request: &PlaceCall) -> Result<PlacedCall, DialError> {
        let reason = "calls with an OpenAI agent are placed by the carrier, which is not set up".to_owned();
        Err(DialError::refused(Refusal::NeverSent { reason }))
    }

    async fn find_conversation(
        &self,
        _attempt: &CallId,
        _provider_agent_id: &ProviderId,
        _since: Timestamp,
    ) -> Result<Option<Conversation>, ProviderError> {
        Ok(None)
    }

    async fn get_conversation(&self, _id: &ProviderId) -> Result<Option<Conversation>, ProviderError> {
        Ok(None)
    }

    async fn list_conversations(
        &self,
        _query: &ConversationQuery,
    ) -> Result<ConversationPage, ProviderError> {
        Ok(ConversationPage::default())
    }

    async fn get_recording(&self, _id: &ProviderId) -> Result<Option<RecordingStream>, ProviderError> {
        Ok(None)
    }

    async fn end_call(&self, _id: &ProviderId) -> Result<EndedCall, ProviderError> {
        Ok(EndedCall::NotPossible)
    }

    async fn live_count(&self) -> Result<u64, ProviderError> {
        Ok(0)
    }

    async fn list_agents(&self, _query: &AgentQuery) -> Result<AgentPage, ProviderError> {
        Ok(AgentPage::default())
    }

    async fn get_agent(&self, _id: &ProviderId) -> Result<Option<ProviderAgent>, ProviderError> {
        Ok(None)
    }

    async fn create_agent(&self, _spec: &AgentSpec) -> Result<ProviderId, ProviderError> {
        Err(ours())
    }

    async fn update_agent(
        &self,
        _id: &ProviderId,
        _changes: &AgentChanges,
    ) -> Result<ProviderAgent, ProviderError> {
        Err(ours())
    }

    async fn delete_agent(&self, _id: &ProviderId) -> Result<(), ProviderError> {
        Ok(())
    }

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

    async fn get_subscription(&self) -> Result<Quota, ProviderError> {
        Ok(Quota::default())
    }
}

/// OpenAI keeps no agents: they are records of ours.
fn ours() -> ProviderError {
    ProviderError::Rejected {
        code: "no_agents".to_owned(),
        message: "agents of OpenAI are kept here and not there".to_owned(),
        request_id: None,
    }
}
