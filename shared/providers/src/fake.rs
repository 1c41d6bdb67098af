//! A provider in memory, for tests: scripted conversations, and failures before and after the effect.

mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use jiff::Timestamp;
use switchboard_domain::{CallId, CallOutcome, Clock, PhoneLine, ProviderId, ProviderKind};

use self::state::State;
use crate::{
    AgentChanges, AgentPage, AgentQuery, AgentSpec, AgentSummary, Conversation, ConversationPage,
    ConversationQuery, DialError, EndedCall, PlaceCall, PlacedCall, ProviderAgent, ProviderError, Quota,
    RecordingStream, Refusal, TakeCall, TakenCall, Voice, VoicePage, VoicePreview, VoiceProvider, VoiceQuery,
};

/// What becomes of the next dial.
#[derive(Debug, Clone)]
pub enum NextDial {
    /// The call is placed and confirmed.
    Place,
    /// The provider says no; nothing rings.
    Refuse(Refusal),
    /// The request is lost on its way: nothing rings, and nobody can tell.
    LoseRequest,
    /// The call is placed, and the answer is lost on its way back.
    LoseAnswer,
}

/// A provider in memory. Clones share it.
#[derive(Clone)]
pub struct FakeProvider {
    kind: ProviderKind,
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

impl FakeProvider {
    /// An empty provider; what it begins, begins at the clock's time.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::of(ProviderKind::Elevenlabs, clock)
    }

    /// An empty provider that says it is of this kind.
    pub fn of(kind: ProviderKind, clock: Arc<dyn Clock>) -> Self {
        Self {
            kind,
            clock,
            state: Arc::default(),
        }
    }

    /// Scripts the next dial that is not scripted yet. Dials beyond the script are placed.
    pub fn script_dial(&self, next: NextDial) {
        self.state().dial_script.push_back(next);
    }

    /// Forgets the script: dials are placed again.
    pub fn clear_script(&self) {
        let mut state = self.state();
        state.dial_script.clear();
        state.failures.clear();
    }

    /// Takes a conversation away, as if the provider did not show it (yet).
    pub fn hide(&self, id: &ProviderId) {
        self.state().conversations.remove(id);
    }

    /// Lets the next request that is no dial fail.
    pub fn fail_next_request(&self, error: ProviderError) {
        self.state().failures.push_back(error);
    }

    /// Every inbound call that an agent was asked to take.
    pub fn taken(&self) -> Vec<TakeCall> {
        self.state().taken.clone()
    }

    /// Every dial that was asked for, whatever became of it.
    pub fn dials(&self) -> Vec<PlaceCall> {
        self.state().dials.clone()
    }

    /// The most calls that were in progress at one time.
    pub fn peak_live(&self) -> u64 {
        self.state().peak_live
    }

    /// The conversation that an attempt became.
    pub fn conversation_of(&self, attempt: &CallId) -> Option<Conversation> {
        self.state()
            .conversations
            .values()
            .find(|c| c.attempt.as_ref() == Some(attempt))
            .cloned()
    }

    /// Adds a conversation, or puts another one in its place.
    pub fn put_conversation(&self, conversation: Conversation) {
        self.state()
            .conversations
            .insert(conversation.conversation_id.clone(), conversation);
    }

    /// Ends a conversation. Without effect on one that is not known.
    pub fn end(&self, id: &ProviderId, outcome: CallOutcome, duration_secs: u64) {
        if let Some(conversation) = self.state().conversations.get_mut(id) {
            state::end(conversation, outcome, duration_secs);
        }
    }

    /// Somebody picks up. Without effect on one that is not known.
    pub fn pick_up(&self, id: &ProviderId) {
        if let Some(conversation) = self.state().conversations.get_mut(id) {
            conversation.state = crate::ConversationState::InProgress;
        }
    }

    /// Frees the line of a conversation whose analysis is still to come. Without effect on one that is not known.
    pub fn hang_up(&self, id: &ProviderId) {
        if let Some(conversation) = self.state().conversations.get_mut(id) {
            conversation.accepted = true;
            conversation.state = crate::ConversationState::Processing;
        }
    }

    /// Gives a conversation a recording.
    pub fn put_recording(&self, id: &ProviderId, audio: impl Into<Bytes>) {
        let mut state = self.state();
        state.recordings.insert(id.clone(), audio.into());
        if let Some(conversation) = state.conversations.get_mut(id) {
            conversation.has_audio = true;
        }
    }

    /// Adds an agent, or puts another one in its place.
    pub fn put_agent(&self, agent: ProviderAgent) {
        self.state().agents.insert(agent.provider_agent_id.clone(), agent);
    }

    /// Adds a phone line.
    pub fn put_phone_line(&self, line: PhoneLine) {
        self.state().phone_lines.push(line);
    }

    /// Adds a voice.
    pub fn put_voice(&self, voice: Voice) {
        self.state().voices.push(voice);
    }

    /// Takes a voice away.
    pub fn remove_voice(&self, id: &ProviderId) {
        self.state().voices.retain(|voice| voice.voice_id != *id);
    }

    /// Takes an agent away, as if somebody had deleted it there.
    pub fn remove_agent(&self, id: &ProviderId) {
        self.state().agents.remove(id);
    }

    /// How often the list of voices was asked for.
    pub fn voice_searches(&self) -> u64 {
        self.state().voice_searches
    }

    /// Sets what the account may still use.
    pub fn set_quota(&self, quota: Quota) {
        self.state().quota = Some(quota);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, unless this request is to fail.
    fn asked(&self) -> Result<MutexGuard<'_, State>, ProviderError> {
        let mut state = self.state();
        match state.failures.pop_front() {
            Some(error) => Err(error),
            None => Ok(state),
        }
    }
}

#[async_trait]
impl VoiceProvider for FakeProvider {
    fn kind(&self) -> ProviderKind {
        self.kind
    }

    async fn place_call(&self, request: &PlaceCall) -> Result<PlacedCall, DialError> {
        let mut state = self.state();
        state.dials.push(request.clone());
        let now = self.clock.now();
        match state.dial_script.pop_front().unwrap_or(NextDial::Place) {
            NextDial::Place => Ok(state.place(request, now)),
            NextDial::Refuse(refusal) => Err(DialError::refused(refusal)),
            NextDial::LoseRequest => Err(lost()),
            NextDial::LoseAnswer => {
                state.place(request, now);
                Err(lost())
            }
        }
    }

    async fn find_conversation(
        &self,
        attempt: &CallId,
        _provider_agent_id: &ProviderId,
        _since: Timestamp,
    ) -> Result<Option<Conversation>, ProviderError> {
        let state = self.asked()?;
        Ok(state
            .conversations
            .values()
            .find(|c| c.attempt.as_ref() == Some(attempt))
            .cloned())
    }

    async fn get_conversation(&self, id: &ProviderId) -> Result<Option<Conversation>, ProviderError> {
        Ok(self.asked()?.conversations.get(id).cloned())
    }

    async fn list_conversations(&self, query: &ConversationQuery) -> Result<ConversationPage, ProviderError> {
        Ok(self.asked()?.list(query))
    }

    async fn get_recording(&self, id: &ProviderId) -> Result<Option<RecordingStream>, ProviderError> {
        let audio = self.asked()?.recordings.get(id).cloned();
        Ok(audio.map(|audio| RecordingStream {
            content_type: "audio/mpeg".to_owned(),
            content_length: Some(audio.len() as u64),
            bytes: futures::stream::once(async { Ok(audio) }).boxed(),
        }))
    }

    async fn end_call(&self, id: &ProviderId) -> Result<EndedCall, ProviderError> {
        let mut state = self.asked()?;
        Ok(match state.conversations.get_mut(id) {
            Some(conversation) if conversation.state == crate::ConversationState::Initiated => {
                EndedCall::NotPickedUp
            }
            Some(conversation) if !conversation.state.is_over() => {
                state::end(conversation, CallOutcome::Completed, conversation.duration_secs);
                EndedCall::Ended
            }
            _ => EndedCall::NotLive,
        })
    }

    async fn take_call(&self, request: &TakeCall) -> Result<TakenCall, ProviderError> {
        let mut state = self.asked()?;
        state.taken.push(request.clone());
        Ok(match self.kind {
            ProviderKind::Ultravox => TakenCall::Stream {
                url: "wss://voice.example.test/join".to_owned(),
                conversation_id: state.next_id("taken"),
            },
            _ => TakenCall::Twiml(
                "<Response><Connect><Stream url=\"wss://x.test/1\"/></Connect></Response>".to_owned(),
            ),
        })
    }

    async fn live_count(&self) -> Result<u64, ProviderError> {
        Ok(self.asked()?.live())
    }

    async fn list_agents(&self, query: &AgentQuery) -> Result<AgentPage, ProviderError> {
        let state = self.asked()?;
        let words = query.search.clone().unwrap_or_default().to_lowercase();
        let agents = state
            .agents
            .values()
            .filter(|agent| agent.name.to_lowercase().contains(&words));
        let row = |a: &ProviderAgent| AgentSummary {
            provider_agent_id: a.provider_agent_id.clone(),
            name: a.name.clone(),
        };
        Ok(AgentPage {
            agents: agents.map(row).collect(),
            next_cursor: None,
        })
    }

    async fn get_agent(&self, id: &ProviderId) -> Result<Option<ProviderAgent>, ProviderError> {
        Ok(self.asked()?.agents.get(id).cloned())
    }

    async fn create_agent(&self, spec: &AgentSpec) -> Result<ProviderId, ProviderError> {
        Ok(self.asked()?.create_agent(spec))
    }

    async fn update_agent(
        &self,
        id: &ProviderId,
        changes: &AgentChanges,
    ) -> Result<ProviderAgent, ProviderError> {
        let updated = self.asked()?.update_agent(id, changes);
        updated.ok_or_else(|| ProviderError::NotFound {
            code: "agent_not_found".to_owned(),
            request_id: None,
        })
    }

    async fn delete_agent(&self, id: &ProviderId) -> Result<(), ProviderError> {
        self.asked()?.agents.remove(id);
        Ok(())
    }

    async fn list_phone_lines(&self) -> Result<Vec<PhoneLine>, ProviderError> {
        Ok(self.asked()?.phone_lines.clone())
    }

    async fn search_voices(&self, query: &VoiceQuery) -> Result<VoicePage, ProviderError> {
        let mut state = self.asked()?;
        state.voice_searches += 1;
        let words = query.search.clone().unwrap_or_default().to_lowercase();
        let speaks = |voice: &&Voice| match &query.language {
            Some(language) => voice.languages.contains(language),
            None => true,
        };
        let mut voices = state
            .voices
            .iter()
            .filter(|voice| voice.name.to_lowercase().contains(&words))
            .filter(speaks);
        let from = query.cursor.as_deref().and_then(|cursor| cursor.parse().ok());
        let from: usize = from.unwrap_or(0);
        let size = query.page_size.unwrap_or(100) as usize;
        let page = voices.by_ref().skip(from).take(size).cloned().collect();
        let next = voices.next().map(|_| from.saturating_add(size).to_string());
        Ok(VoicePage {
            voices: page,
            next_cursor: next,
        })
    }

    async fn get_voice(&self, id: &ProviderId) -> Result<Option<Voice>, ProviderError> {
        let state = self.asked()?;
        Ok(state.voices.iter().find(|voice| voice.voice_id == *id).cloned())
    }

    async fn get_voice_preview(&self, id: &ProviderId) -> Result<Option<VoicePreview>, ProviderError> {
        let voice = self.get_voice(id).await?;
        Ok(voice.filter(|voice| voice.has_preview).map(|voice| VoicePreview {
            content_type: "audio/mpeg".to_owned(),
            audio: Bytes::from(voice.name),
        }))
    }

    async fn get_subscription(&self) -> Result<Quota, ProviderError> {
        let quota = self.asked()?.quota.clone();
        quota.ok_or_else(|| ProviderError::NotFound {
            code: "no_quota_set".to_owned(),
            request_id: None,
        })
    }
}

fn lost() -> DialError {
    let reason = "the connection broke off".to_owned();
    DialError::Unconfirmed {
        cause: ProviderError::Unavailable {
            reason,
            request_id: None,
            source: None,
        },
    }
}
