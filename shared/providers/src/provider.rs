//! What every voice provider can do for us.

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_domain::{CallId, PhoneLine, ProviderId, ProviderKind};

use crate::{
    AgentChanges, AgentPage, AgentQuery, AgentSpec, Conversation, ConversationPage, ConversationQuery,
    DialError, EndedCall, PlaceCall, PlacedCall, ProviderAgent, ProviderError, Quota, RecordingStream,
    TakeCall, TakenCall, Voice, VoicePage, VoicePreview, VoiceQuery,
};

/// A platform on which voice agents live and from which calls are placed.
///
/// Reading is tried again a little when the provider stumbles; anything that changes something is
/// asked once.
#[async_trait]
pub trait VoiceProvider: Send + Sync {
    /// Which platform this is.
    fn kind(&self) -> ProviderKind;

    /// Asks the provider to place one call. Asks once, whatever happens.
    ///
    /// May take as long as the phone rings: some carriers answer only when the person picks up.
    ///
    /// # Errors
    /// [`DialError::Refused`]: nothing rang. [`DialError::Unconfirmed`]: it may ring; look for the
    /// call before anyone dials the number again.
    async fn place_call(&self, request: &PlaceCall) -> Result<PlacedCall, DialError>;

    /// The conversation of an attempt that began dialling at `since`, if the provider knows it.
    ///
    /// Every candidate is verified by its own record, so that a provider that ignores a filter
    /// cannot pass off somebody else's call. `None` means that the provider does not show it *now*:
    /// a young call may take a while to appear.
    ///
    /// # Errors
    /// When the look-up could not be finished; then nothing is known.
    async fn find_conversation(
        &self,
        attempt: &CallId,
        provider_agent_id: &ProviderId,
        since: Timestamp,
    ) -> Result<Option<Conversation>, ProviderError>;

    /// One conversation, or none if the provider does not know it.
    ///
    /// # Errors
    /// When the provider could not be asked.
    async fn get_conversation(&self, id: &ProviderId) -> Result<Option<Conversation>, ProviderError>;

    /// One page of conversations.
    ///
    /// # Errors
    /// When the provider could not be asked.
    async fn list_conversations(&self, query: &ConversationQuery) -> Result<ConversationPage, ProviderError>;

    /// The recording of a conversation as a stream, or none if there is none (yet).
    ///
    /// # Errors
    /// When the provider could not be asked. The stream itself can also end in an error.
    async fn get_recording(&self, id: &ProviderId) -> Result<Option<RecordingStream>, ProviderError>;

    /// Ends a call in progress. What it was is asked for as ever, and its outcome comes as ever.
    ///
    /// # Errors
    /// When the provider could not be asked.
    async fn end_call(&self, id: &ProviderId) -> Result<EndedCall, ProviderError>;

    /// Lets an agent take an inbound call that the carrier has on the line. Asks once.
    ///
    /// # Errors
    /// When the agent does not take it, or the provider cannot be asked for this: then somebody else is to take it.
    async fn take_call(&self, _request: &TakeCall) -> Result<TakenCall, ProviderError> {
        Err(ProviderError::Rejected {
            code: "not_possible".to_owned(),
            message: "calls are not handed to it in this way".to_owned(),
            request_id: None,
        })
    }

    /// Calls in progress at the provider now, whoever began them.
    ///
    /// # Errors
    /// When the provider could not be asked.
    async fn live_count(&self) -> Result<u64, ProviderError>;

    /// One page of the agents that live there.
    ///
    /// # Errors
    /// When the provider could not be asked.
    async fn list_agents(&self, query: &AgentQuery) -> Result<AgentPage, ProviderError>;

    /// One agent, or none if the provider does not know it.
    ///
    /// # Errors
    /// When the provider could not be asked.
    async fn get_agent(&self, id: &ProviderId) -> Result<Option<ProviderAgent>, ProviderError>;

    /// Creates an agent and answers its id. Not idempotent.
    ///
    /// # Errors
    /// When it was not created, or we cannot know.
    async fn create_agent(&self, spec: &AgentSpec) -> Result<ProviderId, ProviderError>;

    /// Changes what is given and answers the whole agent.
    ///
    /// # Errors
    /// [`ProviderError::NotFound`] when the provider does not know the agent.
    async fn update_agent(
        &self,
        id: &ProviderId,
        changes: &AgentChanges,
    ) -> Result<ProviderAgent, ProviderError>;

    /// Deletes an agent; one that is gone already is fine.
    ///
    /// # Errors
    /// When it was not deleted, or we cannot know.
    async fn delete_agent(&self, id: &ProviderId) -> Result<(), ProviderError>;

    /// Every phone line that calls can be placed from or received on.
    ///
    /// # Errors
    /// When the provider could not be asked.
    async fn list_phone_lines(&self) -> Result<Vec<PhoneLine>, ProviderError>;

    /// One page of the voices an agent can speak with.
    ///
    /// # Errors
    /// When the provider could not be asked.
    async fn search_voices(&self, query: &VoiceQuery) -> Result<VoicePage, ProviderError>;

    /// One voice, or none if the provider does not have it (any more).
    ///
    /// # Errors
    /// When the provider could not be asked.
    async fn get_voice(&self, id: &ProviderId) -> Result<Option<Voice>, ProviderError>;

    /// What a voice sounds like, or none if the provider has no sample of it.
    ///
    /// # Errors
    /// When the provider could not be asked, or its sample is larger than [`crate::MAX_PREVIEW_BYTES`].
    async fn get_voice_preview(&self, id: &ProviderId) -> Result<Option<VoicePreview>, ProviderError>;

    /// What the account may still use.
    ///
    /// # Errors
    /// When the provider could not be asked.
    async fn get_subscription(&self) -> Result<Quota, ProviderError>;
}
