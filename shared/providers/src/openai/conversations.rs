//! Calls, as the carrier tells of them. What was said is in our own records already: nobody else has it.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{CallId, CallOutcome, CallResults, Carrier, Direction, PhoneNumber, ProviderId};

use super::lines::number_of;
use super::surroundings::{OwnCall, Surroundings};
use crate::failure::unreadable;
use crate::twilio::{TwilioCall, TwilioCallQuery, TwilioCallState, is_call_sid};
use crate::{Conversation, ConversationState, ProviderError, RecordingStream};

/// Clocks differ a little.
const BEFORE: SignedDuration = SignedDuration::from_secs(60);

pub(super) async fn get(
    around: &Surroundings,
    id: &ProviderId,
) -> Result<Option<Conversation>, ProviderError> {
    // Another one's call of the same account is none of ours.
    let Some(own) = around.records.call_of(id).await? else {
        return Ok(None);
    };
    let Some(sid) = &own.call_sid else {
        return Ok(None);
    };
    let call = around.carrier.call(sid).await?;
    // Once OpenAI has the call, it goes by OpenAI's id of it.
    let told = call.and_then(|call| conversation(&own, call));
    Ok(told.map(|told| Conversation {
        conversation_id: id.clone(),
        ..told
    }))
}

/// Looks for the call of an attempt whose answer was lost.
///
/// The carrier knows nothing of our ids. Its requests to us name our call, so that mostly our records know the call's
/// SID by now. Else it is a call that we made from the same line to the same number since then, and that is none of
/// our other calls: nobody is called by two of them at a time.
pub(super) async fn find(
    around: &Surroundings,
    attempt: &CallId,
    since: Timestamp,
) -> Result<Option<Conversation>, ProviderError> {
    let Some(own) = around.records.call(attempt).await? else {
        return Ok(None);
    };
    if let Some(sid) = &own.call_sid {
        let call = around.carrier.call(sid).await?;
        return Ok(call.and_then(|call| conversation(&own, call)));
    }
    let from = own.phone_line_id.as_ref().and_then(number_of);
    let (Some(to), Some(from)) = (&own.other_side, from) else {
        return Ok(None);
    };
    let query = TwilioCallQuery {
        to: Some(to.as_str().to_owned()),
        // A call that waits to be dialled has not begun: a list by its beginning would leave it out.
        since: None,
        status: None,
    };
    let since = since.saturating_sub(BEFORE).unwrap_or(Timestamp::MIN);
    let may_be_it = |call: &TwilioCall| {
        let at = call.created_at.or(call.started_at);
        call.is_ours
            && call.to == to.as_str()
            && call.from == from.as_str()
            && at.is_none_or(|at| at >= since)
    };
    let mut found: Vec<TwilioCall> = around.carrier.list_calls(&query).await?;
    found.retain(may_be_it);
    // Newest first: ours is the oldest that nobody else has.
    for call in found.into_iter().rev() {
        let sid = ProviderId::parse(&call.sid).map_err(|_| unreadable("the id of the call is not one"))?;
        let whose = around.records.call_of(&sid).await?;
        if whose.is_none_or(|whose| whose.attempt == own.attempt) {
            return Ok(conversation(&own, call));
        }
    }
    Ok(None)
}

/// The carrier's leg of a conversation, which goes by the leg's own id or by OpenAI's; none when we know none.
pub(super) async fn leg_of(around: &Surroundings, id: &ProviderId) -> Result<Option<String>, ProviderError> {
    match is_call_sid(id.as_str()) {
        true => Ok(Some(id.as_str().to_owned())),
        false => Ok(around.records.call_of(id).await?.and_then(|own| own.call_sid)),
    }
}

/// The recording of a call, from the carrier.
pub(super) async fn recording(
    around: &Surroundings,
    id: &ProviderId,
) -> Result<Option<RecordingStream>, ProviderError> {
    let Some(sid) = leg_of(around, id).await? else {
        return Ok(None);
    };
    let recordings = around.carrier.recordings_of(&sid).await?;
    let ready = recordings.into_iter().filter(|recording| recording.is_ready);
    // One for each part of a call whose caller was put through: the longest is kept.
    let Some(ready) = ready.max_by_key(|recording| recording.duration_secs) else {
        return Ok(None);
    };
    around.carrier.recording(&ready.sid).await
}

/// What the carrier tells of a call; none when its SID is none.
fn conversation(own: &OwnCall, call: TwilioCall) -> Option<Conversation> {
    let (state, outcome, failure) = state_of(own, &call);
    let accepted = matches!(
        call.state,
        TwilioCallState::InProgress | TwilioCallState::Completed
    );
    Some(Conversation {
        conversation_id: ProviderId::parse(&call.sid).ok()?,
        provider_agent_id: own.provider_agent_id.clone(),
        attempt: Some(own.attempt.clone()),
        state,
        direction: Some(if call.is_ours {
            Direction::Outbound
        } else {
            Direction::Inbound
        }),
        started_at: call.started_at,
        accepted,
        duration_secs: call.duration_secs.unwrap_or(0),
        carrier: Some(Carrier::Twilio),
        carrier_call_id: Some(call.sid),
        phone_line_id: own.phone_line_id.clone(),
        agent_number: Some(if call.is_ours { &call.from } else { &call.to }.clone()),
        external_number: PhoneNumber::parse(if call.is_ours { &call.to } else { &call.from }).ok(),
        outcome,
        failure: failure.map(str::to_owned),
        turns: Vec::new(),
        results: CallResults::default(),
        has_audio: false,
    })
}

/// Where a call is on its way. One in which a person spoke with the agent is being concluded by whoever listened: it
/// counts as over without that only when that never happens.
fn state_of(
    own: &OwnCall,
    call: &TwilioCall,
) -> (ConversationState, Option<CallOutcome>, Option<&'static str>) {
    let by = call.answered_by.as_deref().unwrap_or_default();
    let (done, failed) = (ConversationState::Done, ConversationState::Failed);
    match call.state {
        // The carrier makes one call a second, and the others wait: nobody knows for how long.
        TwilioCallState::Ringing if call.started_at.is_none() => {
            (ConversationState::Other("queued".to_owned()), None, None)
        }
        TwilioCallState::Ringing => (ConversationState::Initiated, None, None),
        TwilioCallState::InProgress => (ConversationState::InProgress, None, None),
        TwilioCallState::Busy => (failed, Some(CallOutcome::Busy), None),
        TwilioCallState::NoAnswer | TwilioCallState::Canceled => (failed, Some(CallOutcome::NoAnswer), None),
        TwilioCallState::Failed => {
            let failure = "The carrier could not put the call through.";
            (failed, Some(CallOutcome::Failed), Some(failure))
        }
        TwilioCallState::Completed if by.starts_with("machine") => (done, Some(CallOutcome::Voicemail), None),
        TwilioCallState::Completed if by == "fax" => {
            (failed, Some(CallOutcome::Failed), Some("A fax answered."))
        }
        TwilioCallState::Completed if !own.agent_was_there => {
            let failure = "Somebody answered, and the call was over before the agent was there.";
            (failed, Some(CallOutcome::Failed), Some(failure))
        }
        TwilioCallState::Completed => (ConversationState::Processing, None, None),
    }
}
