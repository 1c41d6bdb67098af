//! The detector: calls that are longer in a passing status than its bound allows.
//!
//! Each bound leaves whoever moves the call several tries. A call that the detector lists needs
//! somebody's eye: either a fault lasts, or a rule is missing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Call, CallStatus, RecordingState};

/// A call on the dial queue past its `dial_before`.
const QUEUED_MARGIN: SignedDuration = SignedDuration::from_mins(2);
/// Being placed: the longest ringing, and a minute to notice that nobody watches.
const PLACING_MARGIN: SignedDuration = SignedDuration::from_secs(120);
/// Unconfirmed: the longest ringing, the look-up's margin of a minute, and a minute to do it.
const UNCONFIRMED_MARGIN: SignedDuration = SignedDuration::from_secs(120);
/// The longest conversation that there is.
const LONGEST_CALL: SignedDuration = SignedDuration::from_hours(12);
/// The provider's analysis of a finished call.
const RESULTS_PATIENCE: SignedDuration = SignedDuration::from_mins(15);
/// The recording of a finished call.
const RECORDING_PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// Why a call should have moved on by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stuck {
    /// On the dial queue, although its time has passed.
    QueuedPastItsTime,
    /// Nobody wrote down what the provider answered, and nobody noticed.
    PlacingTooLong,
    /// The provider could not be asked whether the call took place.
    UnconfirmedTooLong,
    /// In progress for longer than any conversation.
    InProgressTooLong,
    /// Over, and the provider's analysis or the transcript is still missing.
    ResultsMissing,
    /// Over, and its recording is still not stored.
    RecordingMissing,
}

impl Stuck {
    /// What is known and what happens next, for people.
    pub fn explain(self) -> &'static str {
        match self {
            Self::QueuedPastItsTime => {
                "It still waits on the dial queue although its time has passed. It will not be dialled any more; the \
                 scheduler closes it. If it stays, see whether the scheduler runs."
            }
            Self::PlacingTooLong => {
                "Its dial began and nobody wrote down the answer. The person may have been called; nobody dials them \
                 again for it. The scheduler looks it up at the provider."
            }
            Self::UnconfirmedTooLong => {
                "The provider was asked for this call and could not say whether it took place. Nobody dials the \
                 person again until it can. See whether the provider is up."
            }
            Self::InProgressTooLong => {
                "It is in progress for longer than any conversation. Look at the conversation at the provider; if it \
                 is over there, sync the calls."
            }
            Self::ResultsMissing => {
                "The call is over, and the provider's transcript or analysis has not come. The sync asks for it every \
                 hour; sync now to ask at once."
            }
            Self::RecordingMissing => {
                "The call is over, and its recording is not stored yet. It is asked for again and again for six hours, \
                 and then named as lost."
            }
        }
    }
}

/// Why a call should have moved on by `now`, if it should have.
pub fn stuck(call: &Call, now: Timestamp) -> Option<Stuck> {
    let past = |since: Option<Timestamp>, bound: SignedDuration| {
        since.is_some_and(|since| now.duration_since(since) > bound)
    };
    let ringing = SignedDuration::from_secs(i64::from(call.ringing_timeout_secs));
    match call.status {
        CallStatus::Queued => past(call.dial_before, QUEUED_MARGIN).then_some(Stuck::QueuedPastItsTime),
        CallStatus::Placing => {
            past(call.placing_at, ringing + PLACING_MARGIN).then_some(Stuck::PlacingTooLong)
        }
        CallStatus::Unconfirmed => {
            past(call.placing_at, ringing + UNCONFIRMED_MARGIN).then_some(Stuck::UnconfirmedTooLong)
        }
        CallStatus::InProgress => past(call.placing_at, LONGEST_CALL).then_some(Stuck::InProgressTooLong),
        CallStatus::Cancelled | CallStatus::NotPlaced => None,
        _ if !call.results_complete && past(call.ended_at, RESULTS_PATIENCE) => Some(Stuck::ResultsMissing),
        _ if call.recording.state == RecordingState::Pending && past(call.ended_at, RECORDING_PATIENCE) => {
            Some(Stuck::RecordingMissing)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;

    fn after(secs: i64) -> Timestamp {
        Timestamp::from_second(secs).unwrap()
    }

    #[test]
    fn every_passing_status_has_a_bound() {
        let (soon, late) = (after(30), after(14 * 3_600));
        for status in CallStatus::ALL.into_iter().filter(|s| !s.is_final()) {
            let mut call = call(status);
            call.dial_before = Some(after(3_600));
            assert_eq!(stuck(&call, soon), None, "{status:?}");
            assert!(stuck(&call, late).is_some(), "{status:?}");
        }
    }

    #[test]
    fn a_finished_call_without_results_or_recording_is_listed() {
        let mut call = call(CallStatus::Completed);
        call.ended_at = Some(after(0));
        assert_eq!(stuck(&call, after(60)), None);
        assert_eq!(stuck(&call, after(1_000)), Some(Stuck::ResultsMissing));
        call.results_complete = true;
        assert_eq!(stuck(&call, after(1_000)), Some(Stuck::RecordingMissing));
        call.recording.state = RecordingState::Stored;
        assert_eq!(stuck(&call, after(1_000)), None);
    }

    #[test]
    fn each_status_has_its_own_patience() {
        let mut over = call(CallStatus::Completed);
        over.ended_at = Some(after(0));
        let mut recorded = over.clone();
        recorded.results_complete = true;
        let mut queued = call(CallStatus::Queued);
        queued.dial_before = Some(after(0));
        // The phone may ring for a minute.
        for (call, patience, expected) in [
            (queued, 120, Stuck::QueuedPastItsTime),
            (call(CallStatus::Placing), 180, Stuck::PlacingTooLong),
            (call(CallStatus::Unconfirmed), 180, Stuck::UnconfirmedTooLong),
            (call(CallStatus::InProgress), 12 * 3_600, Stuck::InProgressTooLong),
            (over, 900, Stuck::ResultsMissing),
            (recorded, 600, Stuck::RecordingMissing),
        ] {
            let found = [patience, patience + 1].map(|secs| stuck(&call, after(secs)));
            let before = (expected == Stuck::ResultsMissing).then_some(Stuck::RecordingMissing);
            assert_eq!(found, [before, Some(expected)]);
        }
        for status in [CallStatus::Cancelled, CallStatus::NotPlaced] {
            let mut call = call(status);
            call.ended_at = Some(after(0));
            assert_eq!(stuck(&call, after(99_999)), None, "{status:?}");
        }
    }

    #[test]
    fn every_cause_has_a_sentence_of_its_own_that_says_what_happens() {
        let all = [
            Stuck::QueuedPastItsTime,
            Stuck::PlacingTooLong,
            Stuck::UnconfirmedTooLong,
            Stuck::InProgressTooLong,
            Stuck::ResultsMissing,
            Stuck::RecordingMissing,
        ];
        let sentences: std::collections::BTreeSet<&str> = all.iter().map(|stuck| stuck.explain()).collect();
        assert_eq!(sentences.len(), all.len());
        assert!(
            sentences
                .iter()
                .all(|text| text.len() > 80 && text.ends_with('.'))
        );
    }
}
