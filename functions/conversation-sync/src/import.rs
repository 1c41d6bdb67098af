//! A conversation that began elsewhere, made a call of ours.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Agent, Call, CallId, CallOrigin, CallOutcome, Direction, RecordingState};
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
    let id = CallId::derived(&[agent.provider.as_str(), conversation.conversation_id.as_str()]);
    // What was no phone call was begun by the person, on a page.
    let direction = conversation.direction.unwrap_or(Direction::Inbound);
    let mut call = Call {
        status: outcome.into(),
        provider: Some(agent.provider),
        agent_id: Some(agent.agent_id.clone()),
        provider_agent_id: Some(agent.provider_agent_id.clone()),
        phone_line_id: conversation.phone_line_id.clone(),
        carrier: conversation.carrier,
        phone_number: conversation.external_number.clone(),
        started_at: Some(began),
        ended_at: Some(ended),
        updated_at: now,
        ..Call::new(id, direction, CallOrigin::Imported, began)
    };
    let mut facts = conversation.facts();
    facts.results.turns = u32::try_from(conversation.turns.len()).unwrap_or(u32::MAX);
    call.take_facts(&facts);
    call
}
