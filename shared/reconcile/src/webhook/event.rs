//! What each kind of event does.

use switchboard_domain::CallId;
use switchboard_providers::{Conversation, Webhook, WebhookEvent};
use switchboard_store::{StoreError, WebhookRecord, WebhookState};

use super::Webhooks;
use super::failed_start::FailedStart;
use crate::{Applied, apply_conversation, find_call_of};

/// What became of an event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) state: WebhookState,
    pub(crate) call_id: Option<CallId>,
    pub(crate) note: Option<String>,
}

impl Verdict {
    pub(crate) fn applied(call_id: CallId) -> Self {
        Self {
            state: WebhookState::Applied,
            call_id: Some(call_id),
            note: None,
        }
    }

    pub(crate) fn early(note: &str) -> Self {
        Self {
            state: WebhookState::Early,
            call_id: None,
            note: Some(note.to_owned()),
        }
    }

    pub(crate) fn ignored(call_id: Option<CallId>, note: &str) -> Self {
        Self {
            state: WebhookState::Ignored,
            call_id,
            note: Some(note.to_owned()),
        }
    }

    pub(crate) fn unparsed(note: String) -> Self {
        Self {
            state: WebhookState::Unparsed,
            call_id: None,
            note: Some(note),
        }
    }
}

impl Webhooks<'_> {
    pub(crate) async fn apply(
        &self,
        webhook: Webhook,
        record: &WebhookRecord,
    ) -> Result<Verdict, StoreError> {
        let happened_at = webhook.event_timestamp;
        match webhook.event {
            WebhookEvent::Conversation(conversation) | WebhookEvent::Progress(conversation)
                if conversation.outcome.is_some() =>
            {
                self.apply_transcription(&conversation).await
            }
            WebhookEvent::Conversation(conversation) => self.apply_transcription(&conversation).await,
            WebhookEvent::Progress(conversation) => self.apply_progress(&conversation).await,
            WebhookEvent::Audio {
                conversation_id,
                audio,
            } => self.apply_audio(&conversation_id, audio).await,
            WebhookEvent::FailedStart {
                conversation_id,
                provider_agent_id,
                outcome,
                carrier_call_id,
                to,
                reason,
            } => {
                let failed = FailedStart {
                    conversation_id,
                    provider_agent_id,
                    outcome,
                    carrier_call_id,
                    to,
                    reason,
                    happened_at,
                };
                self.apply_failed_start(&failed, record).await
            }
            WebhookEvent::Other { .. } => {
                Ok(Verdict::ignored(None, "We have no use for events of this kind."))
            }
        }
    }

    async fn apply_transcription(&self, conversation: &Conversation) -> Result<Verdict, StoreError> {
        if let Some(call) = find_call_of(self.store, conversation).await? {
            if call.erased_at.is_some() {
                return Ok(Verdict::ignored(
                    Some(call.call_id),
                    "What it tells of its person was erased.",
                ));
            }
            match apply_conversation(self.store, &call.call_id, conversation, self.now).await? {
                Applied::Live(call) | Applied::Finished(call) | Applied::FinishedBefore(call) => {
                    return Ok(Verdict::applied(call.call_id));
                }
                Applied::NotFound => {}
            }
        }
        // No outcome is left for whoever learns of the conversation: with it alone the call would end
        // without its transcript. The dialer of a call of ours asks the provider, which has everything.
        Ok(Verdict::early(
            "No call of ours is known for it yet; the sync finds its call, or imports it.",
        ))
    }

    /// A call that rings, talks, or is over with more to be told. Whoever watches it asks for the rest.
    async fn apply_progress(&self, conversation: &Conversation) -> Result<Verdict, StoreError> {
        let Some(call) = find_call_of(self.store, conversation).await? else {
            return Ok(Verdict::early(
                "No call of ours is known for it yet; the sync finds its call, or imports it.",
            ));
        };
        match apply_conversation(self.store, &call.call_id, conversation, self.now).await? {
            Applied::Live(call) => {
                if conversation.state.is_over() {
                    self.store.free_line(&call, self.now).await?;
                }
                Ok(Verdict::applied(call.call_id))
            }
            Applied::Finished(call) | Applied::FinishedBefore(call) => Ok(Verdict::applied(call.call_id)),
            Applied::NotFound => Ok(Verdict::ignored(None, "Its call is not kept any more.")),
        }
    }
}
