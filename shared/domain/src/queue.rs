//! The dial queue's settings and the slots.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CallId, CampaignId};

/// The highest concurrency limit that can be set: what one queue mapping allows.
pub const MAX_CONCURRENCY_LIMIT: u32 = 1_000;

/// Whether the dial queue runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// Calls are placed.
    Running,
    /// No call is placed until somebody starts the queue again.
    Stopped,
}

/// The wanted state of the dial queue, and how many slots are taken. One item holds all of it, so
/// that taking a slot, the limit and stop are decided by one conditional write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueSettings {
    /// Whether calls may be placed.
    pub state: QueueState,
    /// Most calls in progress at one time.
    pub concurrency_limit: u32,
    /// Slots taken now.
    pub slots_in_use: u32,
    /// When somebody last changed the settings.
    pub updated_at: Timestamp,
}

impl QueueSettings {
    /// Whether nobody is dialled.
    pub fn is_stopped(&self) -> bool {
        self.state == QueueState::Stopped
    }

    /// How many slots are free: none while stopped or while a lowered limit is still exceeded.
    pub fn free_slots(&self) -> u32 {
        match self.state {
            QueueState::Running => self.concurrency_limit.saturating_sub(self.slots_in_use),
            QueueState::Stopped => 0,
        }
    }
}

/// Who holds a slot, since when, and how fresh the evidence is.
///
/// A slot is a lease tied to evidence: whoever watches the call extends `watched_until`. Past that
/// moment nobody is known to watch it, and the scheduler asks the provider how the call is. The
/// slot itself is given back only in the write that ends the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlotHolder {
    /// The call that holds it.
    pub call_id: CallId,
    /// The call's campaign.
    pub campaign_id: Option<CampaignId>,
    /// Since when.
    pub since: Timestamp,
    /// Until when somebody is known to watch the call.
    pub watched_until: Timestamp,
    /// Since when its line is free again although the provider still works on the call: it counts no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_free_at: Option<Timestamp>,
}

impl SlotHolder {
    /// Nobody is known to watch the call any more.
    pub fn is_unwatched(&self, now: Timestamp) -> bool {
        self.watched_until <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_slot_is_free_while_stopped_or_over_a_lowered_limit() {
        let mut settings = QueueSettings {
            state: QueueState::Running,
            concurrency_limit: 5,
            slots_in_use: 3,
            updated_at: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(settings.free_slots(), 2);
        settings.slots_in_use = 15;
        assert_eq!(settings.free_slots(), 0);
        settings.slots_in_use = 0;
        settings.state = QueueState::Stopped;
        assert_eq!(settings.free_slots(), 0);
    }

    #[test]
    fn a_queue_is_stopped_only_when_it_was_stopped() {
        let mut queue = QueueSettings {
            state: QueueState::Running,
            concurrency_limit: 0,
            slots_in_use: 0,
            updated_at: Timestamp::UNIX_EPOCH,
        };
        assert!(!queue.is_stopped());
        queue.state = QueueState::Stopped;
        assert!(queue.is_stopped());
    }

    #[test]
    fn a_slot_is_unwatched_from_the_moment_until_which_it_was_watched() {
        let at = |secs| Timestamp::from_second(secs).unwrap();
        let holder = SlotHolder {
            call_id: CallId::derived(&["call"]),
            campaign_id: None,
            since: at(0),
            watched_until: at(10),
            line_free_at: None,
        };
        assert_eq!(
            [9, 10, 11].map(|secs| holder.is_unwatched(at(secs))),
            [false, true, true]
        );
    }
}
