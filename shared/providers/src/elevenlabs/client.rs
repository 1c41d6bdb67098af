//! The provider behind the trait; each subject has its file beside this one.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::header::HeaderName;
use switchboard_domain::{CallId, PhoneLine, ProviderId, ProviderKind};
use url::Url;

use super::{account, agents, conversations, dial, find, phone_lines, recordings, taking, voices};
use crate::transport::{Transport, TransportConfig};
use crate::{
    AgentChanges, AgentPage, AgentQuery, AgentSpec, ApiKeySource, Conversation, ConversationPage,
    ConversationQuery, DialError, EndedCall, InvalidConfig, PlaceCall, PlacedCall, ProviderAgent,
    ProviderError, Quota, RecordingStream, TakeCall, TakenCall, Voice, VoicePage, VoicePreview,
    VoiceProvider, VoiceQuery,
};

const KEY_HEADER: HeaderName = HeaderName::from_static("xi-api-key");

/// Where ElevenLabs is and how patiently it is asked.
#[derive(Debug, Clone)]
pub struct ElevenLabsConfig {
    /// Address of the API, e.g. `https://api.elevenlabs.io`; residency regions have their own.
    pub base_url: Url,
    /// Wait before a read is tried again; doubles once.
    pub retry_wait: Duration,
}

impl ElevenLabsConfig {
    /// The usual patience at `base_url`.
    pub fn new(base_url: Url) -> Self {
        Self {
            base_url,
            retry_wait: Duration::from_millis(250),
        }
    }
}

/// ElevenLabs Agents. Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct ElevenLabs {
    transport: Arc<Transport>,
}

impl ElevenLabs {
    /// A client that takes its key from `keys` with every request.
    ///
    /// # Errors
    /// When the address is not one of an HTTP server.
    pub fn new(config: ElevenLabsConfig, keys: Arc<dyn ApiKeySource>) -> Result<Self, InvalidConfig> {
        Ok(Self {
            transport: Arc::new(Transport::new(
                TransportConfig {
                    base_url: config.base_url,
                    key_header: KEY_HEADER,
                    key_prefix: "",
                    retry_wait: config.retry_wait,
                },
                keys,
            )?),
        })
    }
}

#[async_trait]
impl VoiceProvider for ElevenLabs {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Elevenlabs
    }

    async fn place_call(&self, request: &PlaceCall) -> Result<PlacedCall, DialError> {
        dial::place_call(&self.transport, request).await
    }

    async fn take_call(&self, request: &TakeCall) -> Result<TakenCall, ProviderError> {
        taking::take_call(&self.transport, request).await
    }

    async fn find_conversation(
        &self,
        attempt: &CallId,
        provider_agent_id: &ProviderId,
        since: Timestamp,
    ) -> Result<Option<Conversation>, ProviderError> {
        find::find(&self.transport, attempt, provider_agent_id, since).await
    }

    async fn get_conversation(&self, id: &ProviderId) -> Result<Option<Conversation>, ProviderError> {
        conversations::get(&self.transport, id).await
    }

    async fn list_conversations(&self, query: &ConversationQuery) -> Result<ConversationPage, ProviderError> {
        conversations::list(&self.transport, query).await
    }

    async fn get_recording(&self, id: &ProviderId) -> Result<Option<RecordingStream>, ProviderError> {
        recordings::get(&self.transport, id).await
    }

    /// Nothing in the vendor's API ends a call; the carrier's own does.
    async fn end_call(&self, _id: &ProviderId) -> Result<EndedCall, ProviderError> {
        Ok(EndedCall::NotPossible)
    }

    async fn live_count(&self) -> Result<u64, ProviderError> {
        account::live_count(&self.transport).await
    }

    async fn list_agents(&self, query: &AgentQuery) -> Result<AgentPage, ProviderError> {
        agents::list(&self.transport, query).await
    }

    async fn get_agent(&self, id: &ProviderId) -> Result<Option<ProviderAgent>, ProviderError> {
        agents::get(&self.transport, id).await
    }

    async fn create_agent(&self, spec: &AgentSpec) -> Result<ProviderId, ProviderError> {
        agents::create(&self.transport, spec).await
    }

    async fn update_agent(
        &self,
        id: &ProviderId,
        changes: &AgentChanges,
    ) -> Result<ProviderAgent, ProviderError> {
        agents::update(&self.transport, id, changes).await
    }

    async fn delete_agent(&self, id: &ProviderId) -> Result<(), ProviderError> {
        agents::delete(&self.transport, id).await
    }

    async fn list_phone_lines(&self) -> Result<Vec<PhoneLine>, ProviderError> {
        phone_lines::list(&self.transport).await
    }

    async fn search_voices(&self, query: &VoiceQuery) -> Result<VoicePage, ProviderError> {
        voices::search(&self.transport, query).await
    }

    async fn get_voice(&self, id: &ProviderId) -> Result<Option<Voice>, ProviderError> {
        voices::get(&self.transport, id).await
    }

    async fn get_voice_preview(&self, id: &ProviderId) -> Result<Option<VoicePreview>, ProviderError> {
        voices::preview(&self.transport, id).await
    }

    async fn get_subscription(&self) -> Result<Quota, ProviderError> {
        account::subscription(&self.transport).await
    }
}
