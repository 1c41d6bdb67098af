//! What a provider sends to us, whichever it is.

use jiff::Timestamp;
use switchboard_domain::{CallOutcome, PhoneNumber, ProviderId};

use crate::Conversation;

/// Longest name of a kind of event.
const LONGEST_KIND: usize = 64;

/// A webhook whose signature was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    /// The provider's name of what happened: at most 64 letters, digits, `_`, `-` or `.`.
    pub kind: String,
    /// When it happened, as the provider tells it; the same in every repeat.
    pub event_timestamp: Option<Timestamp>,
    /// What happened.
    pub event: WebhookEvent,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum WebhookEvent {
    /// A call is over and its transcript is there.
    Conversation(Box<Conversation>),
    /// What is known of a call without its transcript: that it rings, talks, or is over. The rest is to be asked for.
    Progress(Box<Conversation>),
    /// The recording of a call.
    Audio {
        /// The conversation.
        conversation_id: ProviderId,
        /// MP3 audio.
        audio: Vec<u8>,
    },
    /// A call never got through.
    FailedStart {
        /// The conversation it was to become.
        conversation_id: ProviderId,
        /// The agent.
        provider_agent_id: ProviderId,
        /// How it ended.
        outcome: CallOutcome,
        /// The carrier's id of the call.
        carrier_call_id: Option<String>,
        /// Whom it was to reach.
        to: Option<PhoneNumber>,
        /// Why, in the provider's and the carrier's words with numbers hidden.
        reason: String,
    },
    /// Something we have no use for, or that the provider has added since: to be kept, not applied.
    Other {
        /// The conversation it is about, where it names one.
        conversation_id: Option<ProviderId>,
    },
}

impl Webhook {
    /// The conversation it is about. With its kind it tells a repeat.
    pub fn conversation_id(&self) -> Option<&ProviderId> {
        match &self.event {
            WebhookEvent::Conversation(conversation) | WebhookEvent::Progress(conversation) => {
                Some(&conversation.conversation_id)
            }
            WebhookEvent::Audio { conversation_id, .. }
            | WebhookEvent::FailedStart { conversation_id, .. } => Some(conversation_id),
            WebhookEvent::Other { conversation_id } => conversation_id.as_ref(),
        }
    }
}

/// A signed webhook that cannot be read: keep the raw body and show it to somebody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not JSON, or not an object that says what happened.
    #[error("the body is not JSON that says what happened")]
    NotAnEvent,
    /// A known kind of event whose data lacks what we need.
    #[error("the data of {kind} could not be read: {reason}")]
    Data {
        /// The provider's name of what happened.
        kind: String,
        /// What is wrong; names the place, not the content.
        reason: String,
    },
}

/// A provider's name of what happened, as it may be kept and shown.
pub(crate) fn plain_kind(kind: &str) -> String {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    kind.chars().filter(allowed).take(LONGEST_KIND).collect()
}
