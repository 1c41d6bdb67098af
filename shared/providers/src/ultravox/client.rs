//! The provider behind the trait.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::header::HeaderName;
use switchboard_domain::{CallId, PhoneLine, ProviderId, ProviderKind};
use url::Url;

use crate::failure::unreadable;
use crate::transport::{Transport, TransportConfig};
use crate::{
    AgentChanges, AgentPage, AgentQuery, AgentSpec, ApiKeySource, Conversation, ConversationPage,
    ConversationQuery, DialError, EndedCall, InvalidConfig, PlaceCall, PlacedCall, ProviderAgent,
    ProviderError, Quota, RecordingStream, Voice, VoicePage, VoicePreview, VoiceProvider, VoiceQuery,
};

const KEY_HEADER: HeaderName = HeaderName::from_static("x-api-key");

/// Ultravox. Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct Ultravox {
    transport: Arc<Transport>,
}

impl Ultravox {
    /// A client that takes its key from `keys` with every request.
    ///
    /// # Errors
    /// When the address is not one of an HTTP server.
    pub fn new(base_url: Url, keys: Arc<dyn ApiKeySource>) -> Result<Self, InvalidConfig> {
        Ok(Self {
            transport: Arc::new(Transport::new(
                TransportConfig {
                    base_url,
                    key_header: KEY_HEADER,
                    retry_wait: Duration::from_millis(250),
                },
                keys,
            )?),
        })
    }
}

#[async_trait]
impl VoiceProvider for Ultravox {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Ultravox
    }

    async fn place_call(&self, request: &PlaceCall) -> Result<PlacedCall, DialError> {
        let _ = (&self.transport, request);
        Err(crate::DialError::refused(crate::Refusal::NeverSent {
            reason: "not built".to_owned(),
        }))
    }

    async fn find_conversation(
        &self,
        attempt: &CallId,
        provider_agent_id: &ProviderId,
        since: Timestamp,
    ) -> Result<Option<Conversation>, ProviderError> {
        let _ = (&self.transport, attempt, provider_agent_id, since);
        Err(unreadable("not built"))
    }

    async fn get_conversation(&self, id: &ProviderId) -> Result<Option<Conversation>, ProviderError> {
        let _ = (&self.transport, id);
        Err(unreadable("not built"))
    }

    async fn list_conversations(&self, query: &ConversationQuery) -> Result<ConversationPage, ProviderError> {
        let _ = (&self.transport, query);
        Err(unreadable("not built"))
    }

    async fn get_recording(&self, id: &ProviderId) -> Result<Option<RecordingStream>, ProviderError> {
        let _ = (&self.transport, id);
        Err(unreadable("not built"))
    }

    async fn end_call(&self, _id: &ProviderId) -> Result<EndedCall, ProviderError> {
        let _ = (&self.transport, _id);
        Err(unreadable("not built"))
    }

    async fn live_count(&self) -> Result<u64, ProviderError> {
        let _ = (&self.transport);
        Err(unreadable("not built"))
    }

    async fn list_agents(&self, query: &AgentQuery) -> Result<AgentPage, ProviderError> {
        let _ = (&self.transport, query);
        Err(unreadable("not built"))
    }

    async fn get_agent(&self, id: &ProviderId) -> Result<Option<ProviderAgent>, ProviderError> {
        let _ = (&self.transport, id);
        Err(unreadable("not built"))
    }

    async fn create_agent(&self, spec: &AgentSpec) -> Result<ProviderId, ProviderError> {
        let _ = (&self.transport, spec);
        Err(unreadable("not built"))
    }

    async fn update_agent(
        &self,
        id: &ProviderId,
        changes: &AgentChanges,
    ) -> Result<ProviderAgent, ProviderError> {
        let _ = (&self.transport, id, changes);
        Err(unreadable("not built"))
    }

    async fn delete_agent(&self, id: &ProviderId) -> Result<(), ProviderError> {
        let _ = (&self.transport, id);
        Err(unreadable("not built"))
    }

    async fn list_phone_lines(&self) -> Result<Vec<PhoneLine>, ProviderError> {
        let _ = (&self.transport);
        Err(unreadable("not built"))
    }

    async fn search_voices(&self, query: &VoiceQuery) -> Result<VoicePage, ProviderError> {
        let _ = (&self.transport, query);
        Err(unreadable("not built"))
    }

    async fn get_voice(&self, id: &ProviderId) -> Result<Option<Voice>, ProviderError> {
        let _ = (&self.transport, id);
        Err(unreadable("not built"))
    }

    async fn get_voice_preview(&self, id: &ProviderId) -> Result<Option<VoicePreview>, ProviderError> {
        let _ = (&self.transport, id);
        Err(unreadable("not built"))
    }

    async fn get_subscription(&self) -> Result<Quota, ProviderError> {
        let _ = (&self.transport);
        Err(unreadable("not built"))
    }
}
