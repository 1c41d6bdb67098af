//! The states of a call and what moves it between them.

use serde::{Deserialize, Serialize};

/// Where a call is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    /// About to be placed.
    Queued,
    /// Written down before the provider is asked; a slot is held.
    Placing,
    /// The provider was asked and we never learned the answer; it may be ringing.
    Unconfirmed,
    /// The provider accepted it: it rings or is answered.
    InProgress,
    /// The provider said no, or a look-up showed that it never happened.
    NotPlaced,
    /// Answered, and over.
    Completed,
    /// Nobody answered.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// A machine answered.
    Voicemail,
    /// It broke down.
    Failed,
    /// Given up before it was placed.
    Cancelled,
}

impl CallStatus {
    /// Every status, in the order people read them.
    pub const ALL: [Self; 11] = [
        Self::Queued,
        Self::Placing,
        Self::Unconfirmed,
        Self::InProgress,
        Self::NotPlaced,
        Self::Completed,
        Self::NoAnswer,
        Self::Busy,
        Self::Voicemail,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The name in keys and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Placing => "placing",
            Self::Unconfirmed => "unconfirmed",
            Self::InProgress => "in_progress",
            Self::NotPlaced => "not_placed",
            Self::Completed => "completed",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Voicemail => "voicemail",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// It may be ringing or talking now, so it holds a slot.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Placing | Self::Unconfirmed | Self::InProgress)
    }

    /// Nothing more happens to it by itself.
    pub fn is_final(self) -> bool {
        !matches!(
            self,
            Self::Queued | Self::Placing | Self::Unconfirmed | Self::InProgress
        )
    }

    /// The status after `event`.
    ///
    /// Proof that a call takes place ([`CallEvent::FoundLive`], [`CallEvent::Ended`]) is taken from
    /// every status in which the call may have been placed, `not_placed` included: a look-up that
    /// found nothing can be wrong, a conversation that exists cannot.
    ///
    /// # Errors
    /// When the event does not fit the status: old, repeated or out of order. The call stays as it is.
    pub fn after(self, event: CallEvent) -> Result<Self, IllegalCallEvent> {
        use CallEvent as E;
        match (self, event) {
            (Self::Queued, E::DialBegan) => Ok(Self::Placing),
            (Self::Queued, E::GivenUp) => Ok(Self::Cancelled),
            (Self::Placing, E::AnswerLost) => Ok(Self::Unconfirmed),
            (Self::Placing | Self::Unconfirmed, E::Confirmed) => Ok(Self::InProgress),
            (Self::Placing | Self::Unconfirmed, E::NotPlaced) => Ok(Self::NotPlaced),
            (Self::NotPlaced, E::FoundLive) => Ok(Self::InProgress),
            (Self::Placing | Self::Unconfirmed | Self::InProgress | Self::NotPlaced, E::Ended(outcome)) => {
                Ok(outcome.into())
            }
            (from, event) => Err(IllegalCallEvent { from, event }),
        }
    }
}

/// How a placed call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// Answered, and over.
    Completed,
    /// Nobody answered.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// A machine answered.
    Voicemail,
    /// It broke down.
    Failed,
}

impl From<CallOutcome> for CallStatus {
    fn from(outcome: CallOutcome) -> Self {
        match outcome {
            CallOutcome::Completed => Self::Completed,
            CallOutcome::NoAnswer => Self::NoAnswer,
            CallOutcome::Busy => Self::Busy,
            CallOutcome::Voicemail => Self::Voicemail,
            CallOutcome::Failed => Self::Failed,
        }
    }
}

/// What can happen to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEvent {
    /// A slot is taken and the provider is about to be asked.
    DialBegan,
    /// Given up before the provider was asked.
    GivenUp,
    /// The provider was asked and its answer was lost.
    AnswerLost,
    /// The provider has the call.
    Confirmed,
    /// The provider said no, or a look-up found that it never happened.
    NotPlaced,
    /// The provider shows it ringing or talking, although it was thought never to have happened.
    FoundLive,
    /// The call is over.
    Ended(CallOutcome),
}

/// An event that does not fit the call's status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a call that is {} cannot take {event:?}", from.as_str())]
pub struct IllegalCallEvent {
    /// The status it is in.
    pub from: CallStatus,
    /// What was to happen.
    pub event: CallEvent,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_event() -> impl Strategy<Value = CallEvent> {
        use CallOutcome as O;
        prop::sample::select(vec![
            CallEvent::DialBegan,
            CallEvent::GivenUp,
            CallEvent::AnswerLost,
            CallEvent::Confirmed,
            CallEvent::NotPlaced,
            CallEvent::FoundLive,
            CallEvent::Ended(O::Completed),
            CallEvent::Ended(O::NoAnswer),
            CallEvent::Ended(O::Busy),
            CallEvent::Ended(O::Voicemail),
            CallEvent::Ended(O::Failed),
        ])
    }

    /// How much is known of the call; no event may lower it.
    fn rank(status: CallStatus) -> u8 {
        match status {
            CallStatus::Queued => 0,
            CallStatus::Placing => 1,
            CallStatus::Unconfirmed => 2,
            CallStatus::NotPlaced => 3,
            CallStatus::InProgress => 4,
            _ => 5,
        }
    }

    proptest! {
        #[test]
        fn no_order_of_events_moves_a_call_backwards(events in prop::collection::vec(any_event(), 0..40)) {
            let mut status = CallStatus::Queued;
            let mut dials = 0;
            for event in events {
                if let Ok(next) = status.after(event) {
                    prop_assert!(rank(next) > rank(status), "{status:?} -> {next:?}");
                    dials += u32::from(event == CallEvent::DialBegan);
                    status = next;
                }
            }
            prop_assert!(dials <= 1, "one attempt dials at most once");
        }
    }

    #[test]
    fn every_passing_status_has_an_exit_and_final_ones_keep_their_outcome() {
        let ended = CallEvent::Ended(CallOutcome::Failed);
        for status in CallStatus::ALL {
            let exits = [CallEvent::GivenUp, ended]
                .iter()
                .any(|e| status.after(*e).is_ok());
            let takes_late_proof = status == CallStatus::NotPlaced;
            assert_eq!(exits, !status.is_final() || takes_late_proof, "{status:?}");
        }
    }

    #[test]
    fn a_status_is_named_in_keys_as_in_json() {
        let names = [
            "queued",
            "placing",
            "unconfirmed",
            "in_progress",
            "not_placed",
            "completed",
            "no_answer",
            "busy",
            "voicemail",
            "failed",
            "cancelled",
        ];
        assert_eq!(CallStatus::ALL.map(CallStatus::as_str), names);
        assert_eq!(
            serde_json::to_value(CallStatus::ALL).unwrap(),
            serde_json::json!(names)
        );
    }

    /// A live call holds a slot: from the dial until the outcome is known.
    #[test]
    fn a_call_is_live_from_its_dial_to_its_end() {
        use CallStatus as S;
        let live = S::ALL.into_iter().filter(|status| status.is_live());
        assert!(live.eq([S::Placing, S::Unconfirmed, S::InProgress]));
        let passing = S::ALL.into_iter().filter(|status| !status.is_final());
        assert!(passing.eq([S::Queued, S::Placing, S::Unconfirmed, S::InProgress]));
    }

    /// Everything that can happen, with the only statuses in which it may and what they become.
    #[test]
    fn every_event_fits_the_statuses_that_it_is_meant_for() {
        use CallEvent as E;
        use CallStatus as S;
        let dialled = [S::Placing, S::Unconfirmed];
        let may_end = [S::Placing, S::Unconfirmed, S::InProgress, S::NotPlaced];
        let table: [(CallEvent, &[S], S); 11] = [
            (E::DialBegan, &[S::Queued], S::Placing),
            (E::GivenUp, &[S::Queued], S::Cancelled),
            (E::AnswerLost, &[S::Placing], S::Unconfirmed),
            (E::Confirmed, &dialled, S::InProgress),
            (E::NotPlaced, &dialled, S::NotPlaced),
            (E::FoundLive, &[S::NotPlaced], S::InProgress),
            (E::Ended(CallOutcome::Completed), &may_end, S::Completed),
            (E::Ended(CallOutcome::NoAnswer), &may_end, S::NoAnswer),
            (E::Ended(CallOutcome::Busy), &may_end, S::Busy),
            (E::Ended(CallOutcome::Voicemail), &may_end, S::Voicemail),
            (E::Ended(CallOutcome::Failed), &may_end, S::Failed),
        ];
        for (event, from, becomes) in table {
            for status in S::ALL {
                let expected = from.contains(&status).then_some(becomes);
                assert_eq!(status.after(event).ok(), expected, "{status:?} {event:?}");
            }
        }
    }
}
