//! A conversation that began elsewhere, made a call of ours.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{
    Agent, Call, CallId, CallOrigin, CallOutcome, CallResults, Direction, DynamicVariables, Recording,
    RecordingState,
};
use switchboard_providers::Conversation;
use switchboard_store::StoreError;

use crate::ConversationSync;
use crate::conversation::Seen;

impl ConversationSync {
    pub(crate) async fn import(&self, agent: &Agent, conversation: Conversation) -> Result<Seen, StoreError> {
        let Some(outcome) = conversation.outcome else {
            return Ok(Seen::Unfinished);
        };
        let call = imported_call(agent, &conversation, outcome, self.clock.now());
        // The transcript first: a call that is over has everything.
        self.store
            .put_transcript(&call.call_id, &conversation.turns)
            .await?;
        let recording_due = call.recording.state == RecordingState::Pending;
        Ok(match self.store.import_call(&call, recording_due).await? {
            true => {
                tracing::info!(call.id = %call.call_id, conversation.id = %conversation.conversation_id, "call imported");
                Seen::Imported
            }
            // Imported before; the index of conversations follows a moment behind.
            false => Seen::Fine,
        })
    }
}

/// The call that a conversation is. Its id follows from the conversation, so that importing it again
/// makes no second one; its times are the conversation's, so that it stands where it belongs in every
/// list by time.
fn imported_call(agent: &Agent, conversation: &Conversation, outcome: CallOutcome, now: Timestamp) -> Call {
    let began = conversation.started_at.unwrap_or(now).min(now);
    let length = SignedDuration::from_secs(i64::try_from(conversation.duration_secs).unwrap_or(i64::MAX));
    let ended = began.saturating_add(length).unwrap_or(now).min(now);
    let mut call = Call {
        call_id: CallId::derived(&[agent.provider.as_str(), conversation.conversation_id.as_str()]),
        status: outcome.into(),
        // What was no phone call was begun by the person, on a page.
        direction: conversation.direction.unwrap_or(Direction::Inbound),
        origin: CallOrigin::Imported,
        provider: Some(agent.provider),
        agent_id: Some(agent.agent_id.clone()),
        provider_agent_id: Some(agent.provider_agent_id.clone()),
        phone_line_id: conversation.phone_line_id.clone(),
        carrier: conversation.carrier,
        phone_number: conversation.external_number.clone(),
        campaign_id: None,
        recipient_id: None,
        attempt: 1,
        variables: DynamicVariables::new(),
        conversation_id: None,
        carrier_call_id: None,
        ringing_timeout_secs: 0,
        first_message: None,
        max_attempts: None,
        created_at: began,
        enqueued_at: None,
        due_at: None,
        dial_before: None,
        placing_at: None,
        hours: None,
        reserved_micros: None,
        started_at: Some(began),
        ended_at: Some(ended),
        duration_secs: None,
        failure: None,
        provider_request_id: None,
        hung_up_at: None,
        asked_at: None,
        answer_ms: None,
        results: CallResults::default(),
        results_complete: false,
        disclosure: None,
        reception: None,
        erased_at: None,
        recording: Recording::default(),
        handled: false,
        updated_at: now,
        version: 1,
    };
    let mut facts = conversation.facts();
    facts.results.turns = u32::try_from(conversation.turns.len()).unwrap_or(u32::MAX);
    call.take_facts(&facts);
    call
}
