//! What the provider in memory knows.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use jiff::Timestamp;
use switchboard_domain::{CallOutcome, CallResults, Direction, PhoneLine, ProviderId};

use super::NextDial;
use crate::{
    AgentChanges, AgentSpec, Conversation, ConversationPage, ConversationQuery, ConversationState,
    ConversationSummary, PlaceCall, PlacedCall, ProviderAgent, ProviderError, Quota, TakeCall, Voice,
    required_variables,
};

#[derive(Default)]
pub(super) struct State {
    made: u64,
    pub(super) dial_script: VecDeque<NextDial>,
    pub(super) failures: VecDeque<ProviderError>,
    pub(super) dials: Vec<PlaceCall>,
    pub(super) taken: Vec<TakeCall>,
    pub(super) peak_live: u64,
    pub(super) conversations: BTreeMap<ProviderId, Conversation>,
    pub(super) recordings: BTreeMap<ProviderId, Bytes>,
    pub(super) agents: BTreeMap<ProviderId, ProviderAgent>,
    pub(super) phone_lines: Vec<PhoneLine>,
    pub(super) voices: Vec<Voice>,
    pub(super) voice_searches: u64,
    pub(super) quota: Option<Quota>,
}

impl State {
    pub(super) fn place(&mut self, request: &PlaceCall, now: Timestamp) -> PlacedCall {
        let conversation = Conversation {
            conversation_id: self.next_id("conv"),
            provider_agent_id: request.provider_agent_id.clone(),
            attempt: Some(request.attempt.clone()),
            state: ConversationState::Initiated,
            direction: Some(Direction::Outbound),
            started_at: Some(now),
            accepted: false,
            duration_secs: 0,
            carrier: Some(request.carrier),
            carrier_call_id: Some(format!("CA{:032x}", self.made)),
            phone_line_id: Some(request.phone_line_id.clone()),
            agent_number: None,
            external_number: Some(request.to.clone()),
            outcome: None,
            failure: None,
            turns: Vec::new(),
            results: CallResults::default(),
            has_audio: false,
        };
        let placed = PlacedCall {
            conversation_id: conversation.conversation_id.clone(),
            carrier_call_id: conversation.carrier_call_id.clone(),
        };
        self.conversations
            .insert(conversation.conversation_id.clone(), conversation);
        self.peak_live = self.peak_live.max(self.live());
        placed
    }

    pub(super) fn live(&self) -> u64 {
        self.conversations.values().filter(|c| !c.state.is_over()).count() as u64
    }

    pub(super) fn list(&self, query: &ConversationQuery) -> ConversationPage {
        let wanted = |c: &&Conversation| {
            query.since.is_none_or(|since| c.started_at >= Some(since))
                && query.until.is_none_or(|until| c.started_at < Some(until))
                && query
                    .provider_agent_id
                    .as_ref()
                    .is_none_or(|id| *id == c.provider_agent_id)
                && (query.attempt.is_none() || query.attempt == c.attempt)
                && (!query.in_analysis || c.state == ConversationState::Processing)
        };
        let mut rows: Vec<&Conversation> = self.conversations.values().filter(wanted).collect();
        rows.sort_by_key(|c| (c.started_at, c.conversation_id.clone()));
        if !query.oldest_first {
            rows.reverse();
        }
        let from: usize = query
            .cursor
            .as_deref()
            .and_then(|cursor| cursor.parse().ok())
            .unwrap_or(0);
        let size = query.page_size.unwrap_or(30).clamp(1, 100) as usize;
        let next = from.saturating_add(size);
        ConversationPage {
            conversations: rows.iter().skip(from).take(size).map(|c| summary(c)).collect(),
            unreadable: 0,
            next_cursor: (next < rows.len()).then(|| next.to_string()),
        }
    }

    pub(super) fn create_agent(&mut self, spec: &AgentSpec) -> ProviderId {
        let id = self.next_id("agent");
        let agent = ProviderAgent {
            provider_agent_id: id.clone(),
            name: spec.name.clone(),
            prompt: spec.prompt.clone(),
            first_message: spec.first_message.clone(),
            language: spec.language.clone(),
            voice_id: spec.voice_id.clone(),
            required_variables: required_variables(&spec.first_message, &spec.prompt, []),
            bursting: spec.bursting,
            takes_first_message: true,
            options: spec.options.clone(),
        };
        self.agents.insert(id.clone(), agent);
        id
    }

    pub(super) fn update_agent(&mut self, id: &ProviderId, changes: &AgentChanges) -> Option<ProviderAgent> {
        fn change(old: &mut String, new: &Option<String>) {
            if let Some(new) = new {
                old.clone_from(new);
            }
        }
        let agent = self.agents.get_mut(id)?;
        change(&mut agent.name, &changes.name);
        change(&mut agent.prompt, &changes.prompt);
        change(&mut agent.first_message, &changes.first_message);
        change(&mut agent.language, &changes.language);
        agent.bursting = changes.bursting;
        agent.options.extend(changes.options.clone());
        if changes.voice_id.is_some() {
            agent.voice_id.clone_from(&changes.voice_id);
        }
        agent.required_variables = required_variables(&agent.first_message, &agent.prompt, []);
        Some(agent.clone())
    }

    #[expect(clippy::expect_used, reason = "a letter prefix and digits are an id")]
    pub(super) fn next_id(&mut self, prefix: &str) -> ProviderId {
        self.made += 1;
        ProviderId::parse(&format!("{prefix}_{:020}", self.made)).expect("letters and digits")
    }
}

/// A conversation that is over, as the outcome would have it.
pub(super) fn end(conversation: &mut Conversation, outcome: CallOutcome, duration_secs: u64) {
    let talked = matches!(outcome, CallOutcome::Completed | CallOutcome::Voicemail);
    conversation.state = if talked {
        ConversationState::Done
    } else {
        ConversationState::Failed
    };
    conversation.accepted = talked;
    conversation.outcome = Some(outcome);
    conversation.duration_secs = duration_secs;
}

fn summary(conversation: &Conversation) -> ConversationSummary {
    ConversationSummary {
        conversation_id: conversation.conversation_id.clone(),
        provider_agent_id: conversation.provider_agent_id.clone(),
        state: conversation.state.clone(),
        direction: conversation.direction,
        started_at: conversation.started_at,
        duration_secs: conversation.duration_secs,
    }
}
