//! What the carrier tells of a call that it has on its own line: how it goes, and its end.

use jiff::Timestamp;
use serde_json::json;
use switchboard_domain::{
    Call, CallFacts, CallId, CallOutcome, Direction, Ending, InboundCall, ProviderKind, RouteTarget,
};
use switchboard_providers::twilio::TwilioCallState;
use switchboard_store::{InboundUpdate, Store, StoreError};

/// What the carrier says of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierWord {
    /// How the call is.
    pub state: TwilioCallState,
    /// Number of this word, from 0, where it has one: they may come in any order.
    pub sequence: Option<u64>,
    /// Seconds from answer to end, once it is over.
    pub duration_secs: Option<u64>,
    /// Who picked up, where that was looked at.
    pub answered_by: Option<String>,
}

/// What became of the carrier's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierHeard {
    /// It is still on the line.
    Live,
    /// It is over, and the receptionist writes its conclusion.
    Concluding,
    /// It is over, and the platform that had it tells the rest.
    LeftToPlatform,
    /// It is over, and written.
    Over,
    /// An older word than one that was heard before, or the same again: nothing changed.
    Before,
    /// We have no such call.
    NotFound,
}

/// Brings the carrier's word to its call. In any order, as often as it comes; what is over stays over.
///
/// # Errors
/// When the store, or the function that concludes, does not answer. Until then the call counts as open, and doing it
/// again is safe.
pub async fn hear_carrier(
    store: &Store,
    id: &CallId,
    word: &CarrierWord,
    now: Timestamp,
) -> Result<CarrierHeard, StoreError> {
    let heard = store
        .update_inbound(id, |inbound| take(inbound, word, now))
        .await?;
    let inbound = match heard {
        InboundUpdate::Changed(inbound) => inbound,
        // Whoever heard it first may have died before the next step.
        InboundUpdate::Unchanged(inbound) if word.state.is_over() && inbound.is_open() => inbound,
        InboundUpdate::Unchanged(_) => return Ok(CarrierHeard::Before),
        InboundUpdate::NotFound => return Ok(CarrierHeard::NotFound),
    };
    match inbound.ended_at {
        Some(ended_at) => settle_ended(store, &inbound, ended_at.min(now), now).await,
        None => Ok(CarrierHeard::Live),
    }
}

fn take(inbound: &mut InboundCall, word: &CarrierWord, now: Timestamp) -> bool {
    let is_older = inbound
        .sequence
        .zip(word.sequence)
        .is_some_and(|(last, this)| this <= last);
    if inbound.ended_at.is_some() || !inbound.is_open() || (is_older && !word.state.is_over()) {
        return false;
    }
    inbound.sequence = word.sequence.max(inbound.sequence);
    inbound.carrier_status = Some(word.state.as_str().to_owned());
    if let Some(answered_by) = &word.answered_by {
        inbound.answered_by = Some(answered_by.clone());
    }
    if word.state.is_over() {
        inbound.ended_at = Some(now);
        inbound.duration_secs = word.duration_secs;
    }
    true
}

/// Brings a call to its end of which the carrier said that it is over.
///
/// # Errors
/// As [`hear_carrier`].
pub async fn settle_ended(
    store: &Store,
    inbound: &InboundCall,
    ended_at: Timestamp,
    now: Timestamp,
) -> Result<CarrierHeard, StoreError> {
    let id = &inbound.call_id;
    let Some(call) = store.find_call(id).await? else {
        tracing::error!(call.id = %id, "what is known of a call has no call");
        store.end_inbound(id, None, now).await?;
        return Ok(CarrierHeard::NotFound);
    };
    if call.status.is_final() {
        store.end_inbound(id, None, now).await?;
        return Ok(CarrierHeard::Over);
    }
    if has_platform(&call, inbound) {
        store
            .update_call(id, |call| {
                let is_news = call.hung_up_at.is_none();
                call.hung_up_at = call.hung_up_at.or(Some(ended_at));
                is_news
            })
            .await?;
        return Ok(CarrierHeard::LeftToPlatform);
    }
    if call.direction == Direction::Outbound
        && let Some((outcome, failure)) = outcome_without_agent(inbound)
    {
        let facts = CallFacts {
            carrier_call_id: Some(inbound.call_sid.clone()),
            duration_secs: inbound.duration_secs,
            results_complete: true,
            has_recording: Some(false),
            failure: failure.map(str::to_owned),
            ..CallFacts::default()
        };
        let ending = Ending::Ended {
            outcome,
            facts: Box::new(facts),
        };
        store.finish_call(id, &ending, now).await?;
        store.end_inbound(id, None, now).await?;
        return Ok(CarrierHeard::Over);
    }
    if call.direction == Direction::Outbound {
        // Somebody else may be called while this one is being concluded.
        store.free_line(&call, now).await?;
    }
    // First this: a call that counts as open is looked after, should it fail.
    store
        .functions()
        .start_receptionist(&json!({ "conclude": id }))
        .await?;
    store.end_inbound(id, None, now).await?;
    Ok(CarrierHeard::Concluding)
}

/// Whether an agent of a platform that tells the rest by itself has the call.
pub fn has_platform(call: &Call, inbound: &InboundCall) -> bool {
    let tells = matches!(
        call.provider,
        Some(ProviderKind::Elevenlabs | ProviderKind::Ultravox)
    );
    tells && inbound.accepted_at.is_some() && matches!(inbound.target(), Some(RouteTarget::Agent { .. }))
}

/// How a call of ours ended in which no agent spoke, and why in a sentence where it failed; none: one did.
fn outcome_without_agent(inbound: &InboundCall) -> Option<(CallOutcome, Option<&'static str>)> {
    let by = inbound.answered_by.as_deref().unwrap_or_default();
    let state = inbound.carrier_status.as_deref().and_then(TwilioCallState::parse);
    Some(match state? {
        TwilioCallState::Busy => (CallOutcome::Busy, None),
        TwilioCallState::NoAnswer | TwilioCallState::Canceled => (CallOutcome::NoAnswer, None),
        TwilioCallState::Failed => (
            CallOutcome::Failed,
            Some("The carrier could not put the call through."),
        ),
        TwilioCallState::Completed if by.starts_with("machine") => (CallOutcome::Voicemail, None),
        TwilioCallState::Completed if by == "fax" => (CallOutcome::Failed, Some("A fax answered.")),
        TwilioCallState::Completed if inbound.attached_at.is_none() => (
            CallOutcome::Failed,
            Some("Somebody answered, and the call was over before the agent was there."),
        ),
        TwilioCallState::Completed | TwilioCallState::Ringing | TwilioCallState::InProgress => return None,
    })
}

#[cfg(test)]
mod tests {
    use switchboard_domain::InboundStage;

    use super::*;

    fn call() -> InboundCall {
        let id = CallId::derived(&["carrier"]);
        InboundCall::fresh(
            id,
            "CA00".to_owned(),
            Vec::new(),
            "en".to_owned(),
            Timestamp::UNIX_EPOCH,
        )
    }

    fn word(state: TwilioCallState, sequence: Option<u64>) -> CarrierWord {
        CarrierWord {
            state,
            sequence,
            duration_secs: Some(7),
            answered_by: None,
        }
    }

    #[test]
    fn an_older_word_changes_nothing_and_an_end_is_the_end() {
        let now = Timestamp::UNIX_EPOCH;
        let mut inbound = call();
        assert!(take(
            &mut inbound,
            &word(TwilioCallState::InProgress, Some(2)),
            now
        ));
        assert!(!take(&mut inbound, &word(TwilioCallState::Ringing, Some(1)), now));
        assert!(!take(
            &mut inbound,
            &word(TwilioCallState::InProgress, Some(2)),
            now
        ));
        assert_eq!(inbound.carrier_status.as_deref(), Some("in-progress"));
        // The end counts, whatever its number.
        assert!(take(
            &mut inbound,
            &word(TwilioCallState::Completed, Some(0)),
            now
        ));
        assert_eq!((inbound.ended_at, inbound.duration_secs), (Some(now), Some(7)));
        for late in [TwilioCallState::InProgress, TwilioCallState::Busy] {
            assert!(!take(&mut inbound, &word(late, Some(9)), now));
        }
        assert_eq!(inbound.carrier_status.as_deref(), Some("completed"));
        let mut over = call();
        over.stage = InboundStage::Ended;
        assert!(!take(&mut over, &word(TwilioCallState::Completed, None), now));
    }

    #[test]
    fn a_call_of_ours_that_no_agent_spoke_in_has_its_outcome_from_the_carrier() {
        let ended = |status: &str, by: Option<&str>, attached: bool| {
            let mut inbound = call();
            inbound.carrier_status = Some(status.to_owned());
            inbound.answered_by = by.map(str::to_owned);
            inbound.attached_at = attached.then_some(Timestamp::UNIX_EPOCH);
            outcome_without_agent(&inbound).map(|(outcome, _)| outcome)
        };
        use CallOutcome as O;
        for (status, by, attached, outcome) in [
            ("busy", None, false, Some(O::Busy)),
            ("no-answer", None, false, Some(O::NoAnswer)),
            ("canceled", None, false, Some(O::NoAnswer)),
            ("failed", None, false, Some(O::Failed)),
            ("completed", Some("machine_start"), false, Some(O::Voicemail)),
            ("completed", Some("machine_end_beep"), true, Some(O::Voicemail)),
            ("completed", Some("fax"), false, Some(O::Failed)),
            ("completed", Some("human"), false, Some(O::Failed)),
            ("completed", Some("human"), true, None),
            ("completed", None, true, None),
        ] {
            assert_eq!(ended(status, by, attached), outcome, "{status} {by:?}");
        }
    }
}
