//! What follows, for everybody concerned, when a call is over.

use jiff::Timestamp;

use crate::retry::next_call;
use crate::{
    AfterAttempt, Attempt, Call, CallEvent, CallOutcome, CallResults, CallStatus, Campaign, IllegalCallEvent,
    ProviderId, Recipient, RecipientEvent, RecipientStatus, Recording, RecordingState, RetryPolicy, TryAgain,
    after_attempt,
};

/// Calls after which a person who asks to be called again is not.
const MOST_CALLBACKS: u32 = 10;

/// What the provider tells of a call that is over.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CallFacts {
    /// The conversation.
    pub conversation_id: Option<ProviderId>,
    /// The carrier's id of the call.
    pub carrier_call_id: Option<String>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// Its length in seconds.
    pub duration_secs: Option<u64>,
    /// What was found out.
    pub results: CallResults,
    /// Whether `results` are whole: the provider's analysis is done.
    pub results_complete: bool,
    /// Whether there is a recording to fetch; none when that is not known.
    pub has_recording: Option<bool>,
    /// Why it failed, where it did.
    pub failure: Option<String>,
    /// The agent's first words, where it spoke.
    pub first_words: Option<String>,
}

/// How a call came to its end.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// It took place.
    Ended {
        /// How it ended.
        outcome: CallOutcome,
        /// What the provider tells of it.
        facts: Box<CallFacts>,
    },
    /// It never took place.
    NotPlaced {
        /// Whether and how long to try again.
        try_again: TryAgain,
        /// Why, in one sentence for people.
        failure: String,
        /// The provider's id of the request.
        request_id: Option<String>,
    },
}

impl Ending {
    fn event(&self) -> CallEvent {
        match self {
            Self::Ended { outcome, .. } => CallEvent::Ended(*outcome),
            Self::NotPlaced { .. } => CallEvent::NotPlaced,
        }
    }
}

/// Everything that changes when a call is over; to be written together.
#[derive(Debug, Clone, PartialEq)]
pub struct Conclusion {
    /// The call as it is from now on.
    pub call: Call,
    /// Its recipient as it is from now on, with the status it had.
    pub recipient: Option<(RecipientStatus, Recipient)>,
    /// The call held a slot, which is free now.
    pub frees_slot: bool,
    /// Its recording is to be fetched.
    pub recording_due: bool,
}

/// What follows when `call` comes to its `ending`.
///
/// `campaign` says whether and when to call again; none: nobody of it may be called again.
///
/// # Errors
/// When the call is over already, or was never begun: nothing follows.
pub fn conclude(
    mut call: Call,
    recipient: Option<Recipient>,
    campaign: Option<&Campaign>,
    ending: &Ending,
    now: Timestamp,
) -> Result<Conclusion, IllegalCallEvent> {
    let frees_slot = call.status.is_live();
    let was = call.status;
    call.status = call.status.after(ending.event())?;
    call.ended_at = Some(now);
    call.updated_at = now;
    match ending {
        Ending::Ended { facts, .. } => {
            if was == CallStatus::NotPlaced {
                // It took place after all: nothing that was taken for settled holds.
                call.failure = None;
                call.results_complete = false;
                call.recording = Recording::default();
            }
            call.take_facts(facts);
        }
        Ending::NotPlaced {
            failure, request_id, ..
        } => {
            call.failure = Some(failure.clone());
            call.provider_request_id.clone_from(request_id);
            call.results_complete = true;
            call.recording.state = RecordingState::None;
        }
    }
    let recipient = recipient
        .filter(|r| r.call_id.as_ref() == Some(&call.call_id))
        .and_then(|r| recipient_after(r, &call, was, campaign, ending, now));
    Ok(Conclusion {
        frees_slot,
        recording_due: call.recording.state == RecordingState::Pending,
        recipient,
        call,
    })
}

fn recipient_after(
    mut recipient: Recipient,
    call: &Call,
    was: CallStatus,
    campaign: Option<&Campaign>,
    ending: &Ending,
    now: Timestamp,
) -> Option<(RecipientStatus, Recipient)> {
    let from = recipient.status;
    let attempt = match ending {
        Ending::Ended { outcome, .. } => {
            recipient.count_attempt(*outcome);
            Attempt::Ended(*outcome)
        }
        Ending::NotPlaced { try_again, .. } => {
            recipient.refusals += 1;
            Attempt::NotPlaced(*try_again)
        }
    };
    let once = RetryPolicy {
        max_attempts: 1,
        ..RetryPolicy::default()
    };
    let policy = campaign.map_or(once, |campaign| campaign.retry_for(&recipient));
    let opted_out = campaign.is_some_and(|campaign| campaign.rules.wishes.opts_out(&call.results));
    let next = match (after_attempt(attempt, &recipient, &policy, now), ending) {
        // Whoever said so is not tried again, however the call ended.
        (AfterAttempt::RetryAt(_), Ending::Ended { outcome, .. }) if opted_out => {
            AfterAttempt::Done(*outcome)
        }
        (next, _) => next,
    };
    let wait = |recipient: &mut Recipient, at: Timestamp| {
        recipient.not_before = Some(at);
        let Some(campaign) = campaign else {
            recipient.due_at = at;
            return;
        };
        let rule = match attempt {
            Attempt::Ended(outcome) => policy.rule_of(outcome),
            Attempt::NotPlaced(_) => None,
        };
        let dialled = call.placing_at.unwrap_or(now);
        let other_than = rule.as_ref().map(|rule| (rule, dialled));
        recipient.due_at = next_call(recipient, &campaign.rules.calling_hours, other_than, at);
    };
    let callback = match (next, campaign) {
        // However often they ask: nobody is called without end.
        (AfterAttempt::Done(CallOutcome::Completed), Some(campaign))
            if recipient.attempts < MOST_CALLBACKS =>
        {
            campaign.callback_of(call, now)
        }
        _ => None,
    };
    if let Some(at) = callback {
        wait(&mut recipient, at);
        recipient.status = from.after(RecipientEvent::CallbackAsked).ok()?;
        return Some((from, updated(recipient, call, now)));
    }
    let event = match next {
        // Late proof of a call thought unplaced: the recipient waits for a retry already.
        AfterAttempt::RetryAt(at) if was == CallStatus::NotPlaced && from == RecipientStatus::Pending => {
            wait(&mut recipient, at);
            return Some((from, updated(recipient, call, now)));
        }
        AfterAttempt::RetryAt(at) => {
            wait(&mut recipient, at);
            RecipientEvent::RetryPlanned
        }
        AfterAttempt::Done(outcome) => RecipientEvent::Ended(outcome),
    };
    recipient.status = from.after(event).ok()?;
    Some((from, updated(recipient, call, now)))
}

/// The recipient of a call that is over, when what came in since says that the person named a time to be
/// called again; none when nothing changes.
pub fn late_callback(
    call: &Call,
    recipient: &Recipient,
    campaign: &Campaign,
    now: Timestamp,
) -> Option<Recipient> {
    let theirs = recipient.call_id.as_ref() == Some(&call.call_id);
    let reached = recipient.status == RecipientStatus::Completed && call.status == CallStatus::Completed;
    if !theirs || !reached || recipient.attempts >= MOST_CALLBACKS {
        return None;
    }
    let at = campaign.callback_of(call, now)?;
    let mut waiting = recipient.clone();
    waiting.status = recipient.status.after(RecipientEvent::CallbackAsked).ok()?;
    waiting.wait_until(at, &campaign.rules.calling_hours);
    waiting.updated_at = now;
    Some(waiting)
}

fn updated(mut recipient: Recipient, call: &Call, now: Timestamp) -> Recipient {
    recipient.conversation_id = call.conversation_id.as_ref().map(|id| id.as_str().to_owned());
    recipient.updated_at = now;
    recipient
}

impl Call {
    /// Takes over what the provider tells. What is known already and not told again stays.
    pub fn take_facts(&mut self, facts: &CallFacts) {
        fn keep<T: Clone>(old: &mut Option<T>, new: &Option<T>) {
            if new.is_some() {
                old.clone_from(new);
            }
        }
        keep(&mut self.conversation_id, &facts.conversation_id);
        keep(&mut self.carrier_call_id, &facts.carrier_call_id);
        keep(&mut self.started_at, &facts.started_at);
        keep(&mut self.duration_secs, &facts.duration_secs);
        keep(&mut self.failure, &facts.failure);
        if !self.results_complete {
            self.results = facts.results.clone();
            self.results_complete = facts.results_complete;
        }
        if self.recording.state == RecordingState::Pending && facts.has_recording == Some(false) {
            self.recording.state = RecordingState::None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{call, campaign, recipient};

    fn ended(outcome: CallOutcome) -> Ending {
        Ending::Ended {
            outcome,
            facts: Box::default(),
        }
    }

    fn not_placed(try_again: TryAgain) -> Ending {
        Ending::NotPlaced {
            try_again,
            failure: "busy provider".into(),
            request_id: None,
        }
    }

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn an_answered_call_completes_its_recipient_and_frees_its_slot() {
        let done = conclude(
            call(CallStatus::InProgress),
            Some(recipient(RecipientStatus::Calling)),
            Some(&campaign()),
            &ended(CallOutcome::Completed),
            NOW,
        )
        .unwrap();
        let (from, recipient) = done.recipient.unwrap();
        assert_eq!(
            (from, recipient.status),
            (RecipientStatus::Calling, RecipientStatus::Completed)
        );
        assert_eq!(recipient.attempts, 1);
        assert!(done.frees_slot);
        assert_eq!(done.call.status, CallStatus::Completed);
    }

    #[test]
    fn a_repeated_ending_changes_nothing() {
        let again = conclude(
            call(CallStatus::Completed),
            None,
            None,
            &ended(CallOutcome::Failed),
            NOW,
        );
        assert!(again.is_err());
    }

    #[test]
    fn a_refused_dial_waits_and_is_no_attempt() {
        let done = conclude(
            call(CallStatus::Placing),
            Some(recipient(RecipientStatus::Calling)),
            Some(&campaign()),
            &not_placed(TryAgain::AFewTimes),
            NOW,
        )
        .unwrap();
        let (_, recipient) = done.recipient.unwrap();
        assert_eq!(recipient.status, RecipientStatus::Pending);
        assert_eq!((recipient.attempts, recipient.refusals), (0, 1));
        assert!(recipient.due_at > NOW);
    }

    #[test]
    fn late_proof_completes_a_recipient_that_waits_for_a_retry() {
        let done = conclude(
            call(CallStatus::NotPlaced),
            Some(recipient(RecipientStatus::Pending)),
            Some(&campaign()),
            &ended(CallOutcome::Completed),
            NOW,
        )
        .unwrap();
        assert_eq!(done.recipient.unwrap().1.status, RecipientStatus::Completed);
        assert!(
            !done.frees_slot,
            "its slot was given back when it was thought unplaced"
        );
    }

    #[test]
    fn a_recipient_that_moved_on_to_another_call_is_left_alone() {
        let mut other = recipient(RecipientStatus::Calling);
        other.call_id = None;
        let done = conclude(
            call(CallStatus::NotPlaced),
            Some(other),
            None,
            &ended(CallOutcome::Completed),
            NOW,
        )
        .unwrap();
        assert_eq!(done.recipient, None);
    }

    #[test]
    fn a_person_has_the_attempts_of_their_own_unless_the_campaign_is_over() {
        let after = |campaign: Option<&Campaign>| {
            let mut person = recipient(RecipientStatus::Calling);
            person.overrides.max_attempts = Some(2);
            let live = call(CallStatus::InProgress);
            let done = conclude(live, Some(person), campaign, &ended(CallOutcome::NoAnswer), NOW);
            done.unwrap().recipient.unwrap().1.status
        };
        assert_eq!(campaign().retry.max_attempts, 1);
        assert_eq!(after(Some(&campaign())), RecipientStatus::Pending);
        assert_eq!(after(None), RecipientStatus::NoAnswer);
    }

    #[test]
    fn nobody_of_a_cancelled_campaign_is_called_again() {
        let done = conclude(
            call(CallStatus::InProgress),
            Some(recipient(RecipientStatus::Calling)),
            None,
            &ended(CallOutcome::NoAnswer),
            NOW,
        )
        .unwrap();
        assert_eq!(done.recipient.unwrap().1.status, RecipientStatus::NoAnswer);
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_second(secs).unwrap()
    }

    /// A call that named a time to be called again, and the person whom it reached.
    fn asks_to_be_called_at(secs: i64) -> (Call, Recipient) {
        let (mut call, mut person) = (call(CallStatus::Completed), recipient(RecipientStatus::Completed));
        let text = serde_json::json!(at(secs).to_string());
        call.results.collected.insert("callback_at".to_owned(), text);
        person.attempts = 1;
        (call, person)
    }

    #[test]
    fn somebody_who_asks_late_waits_for_the_time_that_they_named() {
        let (call, person) = asks_to_be_called_at(5_000);
        let waiting = late_callback(&call, &person, &campaign(), at(9)).unwrap();
        assert_eq!(waiting.status, RecipientStatus::Pending);
        assert_eq!((waiting.due_at, waiting.not_before), (at(5_000), Some(at(5_000))));
        assert_eq!(waiting.updated_at, at(9));
    }

    #[test]
    fn nobody_waits_who_moved_on_was_not_reached_or_was_called_often_enough() {
        let late = |change: fn(&mut Call, &mut Recipient)| {
            let (mut call, mut person) = asks_to_be_called_at(5_000);
            change(&mut call, &mut person);
            late_callback(&call, &person, &campaign(), NOW).is_some()
        };
        assert!(late(|_, _| ()));
        assert!(late(|_, person| person.attempts = MOST_CALLBACKS - 1));
        assert!(!late(|_, person| person.attempts = MOST_CALLBACKS));
        assert!(!late(|_, person| person.call_id = None));
        assert!(!late(|_, person| person.status = RecipientStatus::Calling));
        assert!(!late(|call, _| call.status = CallStatus::Voicemail));
        assert!(!late(|call, _| call.results.collected.clear()));
    }

    #[test]
    fn somebody_who_asks_is_called_again_and_not_without_end() {
        let after = |attempts| {
            let (mut call, mut person) = asks_to_be_called_at(5_000);
            call.status = CallStatus::InProgress;
            (person.status, person.attempts) = (RecipientStatus::Calling, attempts);
            let facts = CallFacts {
                results: call.results.clone(),
                conversation_id: ProviderId::parse("conv_1").ok(),
                ..CallFacts::default()
            };
            let ending = Ending::Ended {
                outcome: CallOutcome::Completed,
                facts: Box::new(facts),
            };
            let done = conclude(call, Some(person), Some(&campaign()), &ending, at(9)).unwrap();
            done.recipient.unwrap().1
        };
        let waiting = after(0);
        assert_eq!(
            (waiting.status, waiting.due_at),
            (RecipientStatus::Pending, at(5_000))
        );
        assert_eq!(
            (waiting.conversation_id.as_deref(), waiting.updated_at),
            (Some("conv_1"), at(9))
        );
        assert_eq!(after(8).status, RecipientStatus::Pending, "the ninth call");
        assert_eq!(after(9).status, RecipientStatus::Completed, "the tenth");
    }

    #[test]
    fn whoever_wants_no_calls_is_not_tried_again_however_the_call_ended() {
        let after = |opts_out: bool, outcome| {
            let mut campaign = campaign();
            campaign.retry.max_attempts = 5;
            let mut facts = CallFacts::default();
            let said = serde_json::json!(opts_out);
            facts.results.collected.insert("opt_out".to_owned(), said);
            let ending = Ending::Ended {
                outcome,
                facts: Box::new(facts),
            };
            let (live, person) = (call(CallStatus::InProgress), recipient(RecipientStatus::Calling));
            let done = conclude(live, Some(person), Some(&campaign), &ending, NOW).unwrap();
            done.recipient.unwrap().1.status
        };
        assert_eq!(after(true, CallOutcome::Failed), RecipientStatus::Failed);
        assert_eq!(after(false, CallOutcome::Failed), RecipientStatus::Pending);
    }

    #[test]
    fn a_call_that_took_place_after_all_is_settled_anew() {
        let mut thought_unplaced = call(CallStatus::NotPlaced);
        thought_unplaced.failure = Some("busy provider".to_owned());
        thought_unplaced.results_complete = true;
        thought_unplaced.recording.state = RecordingState::None;
        let done = conclude(
            thought_unplaced,
            None,
            None,
            &ended(CallOutcome::Completed),
            at(9),
        )
        .unwrap();
        assert_eq!((done.call.failure, done.call.results_complete), (None, false));
        assert_eq!(done.call.recording.state, RecordingState::Pending);
        assert!(done.recording_due);
        assert_eq!((done.call.ended_at, done.call.updated_at), (Some(at(9)), at(9)));

        let mut live = call(CallStatus::InProgress);
        live.failure = Some("a crackle".to_owned());
        let done = conclude(live, None, None, &ended(CallOutcome::Failed), at(9)).unwrap();
        assert_eq!(
            done.call.failure.as_deref(),
            Some("a crackle"),
            "what is known stays"
        );
    }

    #[test]
    fn a_refused_call_is_settled_at_once_and_has_nothing_to_fetch() {
        let mut refused = not_placed(TryAgain::Never);
        if let Ending::NotPlaced { request_id, .. } = &mut refused {
            *request_id = Some("req_1".to_owned());
        }
        let done = conclude(call(CallStatus::Placing), None, None, &refused, at(9)).unwrap();
        assert_eq!(done.call.status, CallStatus::NotPlaced);
        assert_eq!(done.call.failure.as_deref(), Some("busy provider"));
        assert_eq!(done.call.provider_request_id.as_deref(), Some("req_1"));
        assert!(done.call.results_complete && !done.recording_due && done.frees_slot);
        assert_eq!(done.call.recording.state, RecordingState::None);
    }

    #[test]
    fn late_proof_of_an_attempt_that_is_tried_again_leaves_the_wait_in_place() {
        let mut campaign = campaign();
        campaign.retry.max_attempts = 5;
        let person = recipient(RecipientStatus::Pending);
        let unplaced = call(CallStatus::NotPlaced);
        let done = conclude(
            unplaced,
            Some(person),
            Some(&campaign),
            &ended(CallOutcome::Busy),
            at(9),
        )
        .unwrap();
        let (from, person) = done.recipient.unwrap();
        assert_eq!(
            (from, person.status),
            (RecipientStatus::Pending, RecipientStatus::Pending)
        );
        assert_eq!((person.attempts, person.due_at), (1, at(9 + 3_600)));
    }

    #[test]
    fn a_refused_dial_waits_whatever_is_wished_for_another_time_of_day() {
        let mut campaign = campaign();
        campaign.retry.max_attempts = 5;
        campaign.retry.other_time_of_day = true;
        let due = |ending: &Ending| {
            let person = recipient(RecipientStatus::Calling);
            let mut placing = call(CallStatus::Placing);
            placing.placing_at = Some(at(3_600));
            let done = conclude(placing, Some(person), Some(&campaign), ending, at(3_700)).unwrap();
            done.recipient.unwrap().1.due_at
        };
        assert_eq!(due(&not_placed(TryAgain::AFewTimes)), at(3_705));
        // It was an evening in California: the next morning begins at eight in UTC.
        assert_eq!(due(&ended(CallOutcome::Busy)), at(8 * 3_600));
    }

    #[test]
    fn what_is_known_of_a_call_is_not_forgotten_and_whole_results_are_kept() {
        let mut call = call(CallStatus::Completed);
        let told = CallFacts {
            conversation_id: ProviderId::parse("conv_1").ok(),
            carrier_call_id: Some("CA1".to_owned()),
            started_at: Some(at(5)),
            duration_secs: Some(61),
            failure: Some("noise".to_owned()),
            results: CallResults {
                turns: 3,
                ..CallResults::default()
            },
            ..CallFacts::default()
        };
        call.take_facts(&told);
        call.take_facts(&CallFacts {
            results_complete: true,
            results: told.results.clone(),
            ..CallFacts::default()
        });
        assert_eq!(
            (&call.conversation_id, &call.carrier_call_id),
            (&told.conversation_id, &told.carrier_call_id)
        );
        assert_eq!((call.started_at, call.duration_secs), (Some(at(5)), Some(61)));
        assert_eq!(call.failure.as_deref(), Some("noise"));
        assert!(call.results_complete);
        call.take_facts(&CallFacts::default());
        assert_eq!((call.results.turns, call.results_complete), (3, true));
    }

    #[test]
    fn a_recording_is_waited_for_until_it_is_said_that_there_is_none() {
        let after = |state, has_recording| {
            let mut call = call(CallStatus::Completed);
            call.recording.state = state;
            call.take_facts(&CallFacts {
                has_recording,
                ..CallFacts::default()
            });
            call.recording.state
        };
        assert_eq!(after(RecordingState::Pending, None), RecordingState::Pending);
        assert_eq!(
            after(RecordingState::Pending, Some(true)),
            RecordingState::Pending
        );
        assert_eq!(after(RecordingState::Pending, Some(false)), RecordingState::None);
        assert_eq!(after(RecordingState::Stored, Some(false)), RecordingState::Stored);
    }
}
