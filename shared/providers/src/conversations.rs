//! What a provider tells of a call.

use jiff::Timestamp;
use switchboard_domain::{
    CallFacts, CallId, CallOutcome, CallResults, Carrier, Direction, PhoneNumber, ProviderId, Speaker,
    TranscriptTurn,
};

/// Where a conversation is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConversationState {
    /// Known, not answered yet.
    Initiated,
    /// Answered.
    InProgress,
    /// Over; the provider still works on its analysis.
    Processing,
    /// Over, and everything about it is known.
    Done,
    /// Over, and it did not work out.
    Failed,
    /// Something the provider has added since.
    Other(String),
}

impl ConversationState {
    /// The call is over and nothing more is to be learned of it.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }

    /// The line is free again, even if the analysis is still to come.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Processing | Self::Done | Self::Failed)
    }
}

/// A conversation with everything the provider tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// The provider's id of it.
    pub conversation_id: ProviderId,
    /// The provider's id of the agent.
    pub provider_agent_id: ProviderId,
    /// Our call, when it was placed by us: what we sent along came back.
    pub attempt: Option<CallId>,
    /// Where it is on its way.
    pub state: ConversationState,
    /// Who called whom; none when it was no phone call, or the provider does not tell yet.
    pub direction: Option<Direction>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// Somebody or something answered.
    pub accepted: bool,
    /// Length in seconds.
    pub duration_secs: u64,
    /// Who carried it.
    pub carrier: Option<Carrier>,
    /// The carrier's id of the call.
    pub carrier_call_id: Option<String>,
    /// The line it was placed from or received on.
    pub phone_line_id: Option<ProviderId>,
    /// The number of that line, as the provider writes it.
    pub agent_number: Option<String>,
    /// The other side's number.
    pub external_number: Option<PhoneNumber>,
    /// How it ended, once the state is final.
    pub outcome: Option<CallOutcome>,
    /// Why it failed, where it did, in the provider's words with numbers hidden.
    pub failure: Option<String>,
    /// What was said.
    pub turns: Vec<TranscriptTurn>,
    /// What the provider found out.
    pub results: CallResults,
    /// Whether there is a recording to fetch.
    pub has_audio: bool,
}

impl Conversation {
    /// The same for the rules of the domain.
    pub fn facts(&self) -> CallFacts {
        CallFacts {
            conversation_id: Some(self.conversation_id.clone()),
            carrier_call_id: self.carrier_call_id.clone(),
            started_at: self.started_at,
            duration_secs: self.state.is_over().then_some(self.duration_secs),
            results: self.results.clone(),
            results_complete: self.state.is_final(),
            has_recording: self.state.is_final().then_some(self.has_audio),
            failure: self.failure.clone(),
            first_words: self.first_words().map(str::to_owned),
        }
    }
}

impl Conversation {
    /// What the agent said first.
    fn first_words(&self) -> Option<&str> {
        let mut spoken = self.turns.iter().filter(|turn| turn.speaker == Speaker::Agent);
        let first = spoken.find(|turn| !turn.message.trim().is_empty());
        first.map(|turn| turn.message.as_str())
    }
}

/// Which conversations to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationQuery {
    /// Begun at or after this moment (whole seconds).
    pub since: Option<Timestamp>,
    /// Begun before this moment; pins the window, because rows shift while new calls begin.
    pub until: Option<Timestamp>,
    /// Only this agent's.
    pub provider_agent_id: Option<ProviderId>,
    /// Only the one of this attempt, as far as the provider honours it: verify each.
    pub attempt: Option<CallId>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Conversations per page, 1 to 100; none: the provider's own.
    pub page_size: Option<u32>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
    /// Only those that are over and whose analysis goes on, as far as the provider can tell them apart: verify each.
    pub in_analysis: bool,
}

/// One row of a list of conversations. It does not tell whose call it was; the whole one does.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationSummary {
    /// The provider's id of it.
    pub conversation_id: ProviderId,
    /// The provider's id of the agent.
    pub provider_agent_id: ProviderId,
    /// Where it is on its way.
    pub state: ConversationState,
    /// Who called whom.
    pub direction: Option<Direction>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// Length in seconds.
    pub duration_secs: u64,
}

/// One page of conversations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConversationPage {
    /// The conversations.
    pub conversations: Vec<ConversationSummary>,
    /// Rows that could not be read, so that they are counted and not silently lost.
    pub unreadable: u32,
    /// Where the next page begins; none: this was the last.
    pub next_cursor: Option<String>,
}
