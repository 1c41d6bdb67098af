//! A provider whose failures are measured, whatever it was asked.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_domain::{CallId, Clock, Measurement, PhoneLine, ProviderId, ProviderKind};
use switchboard_providers::{
    AgentChanges, AgentPage, AgentQuery, AgentSpec, Conversation, ConversationPage, ConversationQuery,
    DialError, EndedCall, PlaceCall, PlacedCall, ProviderAgent, ProviderError, Quota, RecordingStream,
    TakeCall, TakenCall, Voice, VoicePage, VoicePreview, VoiceProvider, VoiceQuery,
};
use switchboard_store::Store;

/// Asks another provider, and counts by class what was not answered as hoped.
pub(crate) struct Measured {
    provider: Arc<dyn VoiceProvider>,
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Measured {
    pub(crate) fn new(provider: Arc<dyn VoiceProvider>, store: Store, clock: Arc<dyn Clock>) -> Self {
        Self {
            provider,
            store,
            clock,
        }
    }

    async fn seen<T, E>(&self, answer: Result<T, E>, class: impl Fn(&E) -> &'static str) -> Result<T, E> {
        if let Err(error) = &answer {
            let failed = Measurement::ProviderFailed {
                provider: self.provider.kind(),
                class: class(error),
            };
            self.store.measure(&failed, self.clock.now()).await;
        }
        answer
    }
}

macro_rules! asked {
    ($self:ident, $method:ident($($argument:expr),*)) => {{
        let answer = $self.provider.$method($($argument),*).await;
        $self.seen(answer, ProviderError::class).await
    }};
}

#[async_trait]
impl VoiceProvider for Measured {
    fn kind(&self) -> ProviderKind {
        self.provider.kind()
    }

    async fn place_call(&self, request: &PlaceCall) -> Result<PlacedCall, DialError> {
        let answer = self.provider.place_call(request).await;
        self.seen(answer, DialError::class).await
    }

    async fn find_conversation(
        &self,
        attempt: &CallId,
        provider_agent_id: &ProviderId,
        since: Timestamp,
    ) -> Result<Option<Conversation>, ProviderError> {
        asked!(self, find_conversation(attempt, provider_agent_id, since))
    }

    async fn get_conversation(&self, id: &ProviderId) -> Result<Option<Conversation>, ProviderError> {
        asked!(self, get_conversation(id))
    }

    async fn list_conversations(&self, query: &ConversationQuery) -> Result<ConversationPage, ProviderError> {
        asked!(self, list_conversations(query))
    }

    async fn get_recording(&self, id: &ProviderId) -> Result<Option<RecordingStream>, ProviderError> {
        asked!(self, get_recording(id))
    }

    async fn end_call(&self, id: &ProviderId) -> Result<EndedCall, ProviderError> {
        asked!(self, end_call(id))
    }

    async fn take_call(&self, request: &TakeCall) -> Result<TakenCall, ProviderError> {
        asked!(self, take_call(request))
    }

    async fn live_count(&self) -> Result<u64, ProviderError> {
        asked!(self, live_count())
    }

    async fn list_agents(&self, query: &AgentQuery) -> Result<AgentPage, ProviderError> {
        asked!(self, list_agents(query))
    }

    async fn get_agent(&self, id: &ProviderId) -> Result<Option<ProviderAgent>, ProviderError> {
        asked!(self, get_agent(id))
    }

    async fn create_agent(&self, spec: &AgentSpec) -> Result<ProviderId, ProviderError> {
        asked!(self, create_agent(spec))
    }

    async fn update_agent(
        &self,
        id: &ProviderId,
        changes: &AgentChanges,
    ) -> Result<ProviderAgent, ProviderError> {
        asked!(self, update_agent(id, changes))
    }

    async fn delete_agent(&self, id: &ProviderId) -> Result<(), ProviderError> {
        asked!(self, delete_agent(id))
    }

    async fn list_phone_lines(&self) -> Result<Vec<PhoneLine>, ProviderError> {
        asked!(self, list_phone_lines())
    }

    async fn search_voices(&self, query: &VoiceQuery) -> Result<VoicePage, ProviderError> {
        asked!(self, search_voices(query))
    }

    async fn get_voice(&self, id: &ProviderId) -> Result<Option<Voice>, ProviderError> {
        asked!(self, get_voice(id))
    }

    async fn get_voice_preview(&self, id: &ProviderId) -> Result<Option<VoicePreview>, ProviderError> {
        asked!(self, get_voice_preview(id))
    }

    async fn get_subscription(&self) -> Result<Quota, ProviderError> {
        asked!(self, get_subscription())
    }
}
