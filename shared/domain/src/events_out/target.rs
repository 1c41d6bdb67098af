//! An address that events are sent to.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{EventTargetId, EventType};

/// Why we stopped sending to a target that a person had enabled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TurnedOff {
    /// When.
    pub at: Timestamp,
    /// Why, in one sentence for people.
    pub reason: String,
}

/// An address of the customer's that is told what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventTarget {
    /// Our id.
    pub target_id: EventTargetId,
    /// Where events are posted to.
    pub url: String,
    /// What it is, in people's words.
    #[serde(default)]
    pub description: Option<String>,
    /// What it is told of. A test is sent whatever this says.
    pub types: BTreeSet<EventType>,
    /// Whether anything is sent.
    pub enabled: bool,
    /// Set when it was us who stopped sending; gone when somebody enables it again.
    #[serde(default)]
    pub turned_off: Option<TurnedOff>,
    /// Counts the secrets it has had.
    pub secret_version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes; every write is conditional on it.
    pub version: u64,
}

impl EventTarget {
    /// Whether it is told of things of this type.
    pub fn wants(&self, event_type: EventType) -> bool {
        self.enabled && self.types.contains(&event_type)
    }

    /// Stops sending, visibly. Answers whether that changes anything.
    pub fn turn_off(&mut self, reason: &str, now: Timestamp) -> bool {
        if !self.enabled {
            return false;
        }
        self.enabled = false;
        self.turned_off = Some(TurnedOff {
            at: now,
            reason: reason.to_owned(),
        });
        self.updated_at = now;
        true
    }

    /// Sends, or stops to send, because a person wants it.
    pub fn set_enabled(&mut self, enabled: bool) {
        self.enabled = enabled;
        self.turned_off = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> EventTarget {
        EventTarget {
            target_id: EventTargetId::derived(&["t"]),
            url: "https://example.com".to_owned(),
            description: None,
            types: [EventType::CallEnded].into(),
            enabled: true,
            turned_off: None,
            secret_version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            version: 1,
        }
    }

    #[test]
    fn a_target_wants_what_it_asked_for_while_it_is_on() {
        let mut target = target();
        assert!(target.wants(EventType::CallEnded) && !target.wants(EventType::Test));
        target.set_enabled(false);
        assert!(!target.wants(EventType::CallEnded));
    }

    #[test]
    fn a_target_is_turned_off_once_and_the_reason_goes_when_a_person_decides() {
        let (mut target, now) = (target(), Timestamp::from_second(9).unwrap());
        assert!(target.turn_off("Too many failures.", now));
        assert!(!target.turn_off("Again.", Timestamp::MAX));
        assert_eq!(
            target
                .turned_off
                .as_ref()
                .map(|off| (off.at, off.reason.as_str())),
            Some((now, "Too many failures."))
        );
        assert_eq!((target.enabled, target.updated_at), (false, now));
        target.set_enabled(true);
        assert!(target.enabled && target.turned_off.is_none());
    }
}
