//! How long a call may stay in a passing status.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Call, CallStatus};
use switchboard_providers::{Conversation, ConversationState};

/// After the phone could have rung its longest, how long the provider gets to say so.
const RINGING_MARGIN: SignedDuration = SignedDuration::from_secs(60);
/// How long a conversation that was confirmed may be unknown to the provider.
const UNKNOWN_PATIENCE: SignedDuration = SignedDuration::from_secs(600);

/// The longest conversation that there is.
const LONGEST_CALL: SignedDuration = SignedDuration::from_hours(12);

/// Why a call should have moved on by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdue {
    /// It may have rung for as long as it may, and the provider knows nothing of it.
    NeverHappened,
    /// It rang for as long as it may, and nobody answered.
    NeverAnswered,
    /// The provider had it, and does not know it any more.
    Forgotten,
    /// The provider shows it in progress for longer than any conversation.
    NeverEnded,
}

/// Whether a live call should have moved on, given what the provider shows of it now.
pub fn overdue(call: &Call, shown: Option<&Conversation>, now: Timestamp) -> Option<Overdue> {
    let since_dial = now.duration_since(call.placing_at?);
    let ringing = SignedDuration::from_secs(i64::from(call.ringing_timeout_secs));
    match (call.status, shown.map(|c| &c.state)) {
        (CallStatus::Unconfirmed, None) => {
            (since_dial > ringing + RINGING_MARGIN).then_some(Overdue::NeverHappened)
        }
        (CallStatus::InProgress, None) => {
            (since_dial > ringing + UNKNOWN_PATIENCE).then_some(Overdue::Forgotten)
        }
        (_, Some(ConversationState::Initiated)) => {
            (since_dial > ringing + RINGING_MARGIN).then_some(Overdue::NeverAnswered)
        }
        (_, Some(ConversationState::InProgress | ConversationState::Other(_))) => {
            (since_dial > LONGEST_CALL).then_some(Overdue::NeverEnded)
        }
        _ => None,
    }
}
