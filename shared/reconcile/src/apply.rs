//! A conversation, brought to its call.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Call, CallEvent, CallId, CallOutcome, CallStatus, Ending};
use switchboard_providers::{Conversation, ConversationState};
use switchboard_store::{Finished, Readmitted, Store, StoreError, UpdateOutcome};

use crate::reception::conclude_told;

/// How long the provider may work on its analysis before the call counts as over without it.
const ANALYSIS_PATIENCE: SignedDuration = SignedDuration::from_secs(120);

/// What became of applying a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Applied {
    /// The call rings or talks.
    Live(Box<Call>),
    /// The call is over, by this conversation.
    Finished(Box<Call>),
    /// The call was over before; what was missing is added.
    FinishedBefore(Box<Call>),
    /// We have no such call.
    NotFound,
}

/// Brings what a conversation tells to its call: transcript, outcome, slot, recipient, counts.
/// In any order, and as often as it comes.
///
/// # Errors
/// When the store does not answer; doing it again is safe.
pub async fn apply_conversation(
    store: &Store,
    call_id: &CallId,
    conversation: &Conversation,
    now: Timestamp,
) -> Result<Applied, StoreError> {
    let Some(outcome) = outcome_by_now(conversation, now) else {
        return confirm(store, call_id, conversation, now).await;
    };
    // The transcript first: a call that is over has everything.
    store.put_transcript(call_id, &conversation.turns).await?;
    let mut facts = conversation.facts();
    facts.results.turns = u32::try_from(conversation.turns.len()).unwrap_or(u32::MAX);
    let ending = Ending::Ended {
        outcome,
        facts: Box::new(facts),
    };
    Ok(match store.finish_call(call_id, &ending, now).await? {
        Finished::Now(call) => {
            tracing::info!(call.id = %call.call_id, status = call.status.as_str(), "call ended");
            Applied::Finished(conclude_told(store, call, &conversation.turns, now).await?)
        }
        // Whoever wrote its end may have died before the next step.
        Finished::Before(call) => {
            Applied::FinishedBefore(conclude_told(store, call, &conversation.turns, now).await?)
        }
        Finished::NotFound => Applied::NotFound,
    })
}

/// The outcome of a conversation that is over: as the provider tells it, or, when its analysis
/// never ends, without that.
fn outcome_by_now(conversation: &Conversation, now: Timestamp) -> Option<CallOutcome> {
    if conversation.outcome.is_some() || conversation.state != ConversationState::Processing {
        return conversation.outcome;
    }
    let length = SignedDuration::from_secs(i64::try_from(conversation.duration_secs).unwrap_or(i64::MAX));
    let ended = conversation.started_at?.saturating_add(length).ok()?;
    (now.duration_since(ended) > ANALYSIS_PATIENCE).then_some(CallOutcome::Completed)
}

/// Whether a conversation says of a call in progress only what the call has already: then nothing is to be written,
/// nor to be read before.
pub(crate) fn tells_nothing_new(call: &Call, conversation: &Conversation, now: Timestamp) -> bool {
    call.status == CallStatus::InProgress
        && outcome_by_now(conversation, now).is_none()
        && !take_progress(&mut call.clone(), conversation, now)
}

/// Takes what a conversation tells of a call that goes on; answers whether it was news.
fn take_progress(call: &mut Call, conversation: &Conversation, now: Timestamp) -> bool {
    let before = call.clone();
    if let Ok(status) = call.status.after(CallEvent::Confirmed) {
        call.status = status;
    }
    if call.status == CallStatus::InProgress {
        call.conversation_id = Some(conversation.conversation_id.clone());
        call.carrier_call_id = conversation
            .carrier_call_id
            .clone()
            .or(call.carrier_call_id.take());
        call.started_at = conversation.started_at.or(call.started_at);
        if conversation.state.is_over() {
            call.hung_up_at = call.hung_up_at.or(Some(now));
        }
    }
    let changed = *call != before;
    if changed {
        call.updated_at = now;
    }
    changed
}

async fn confirm(
    store: &Store,
    call_id: &CallId,
    conversation: &Conversation,
    now: Timestamp,
) -> Result<Applied, StoreError> {
    let change = |call: &mut Call| take_progress(call, conversation, now);
    Ok(match store.update_call(call_id, change).await? {
        UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call)
            if call.status == CallStatus::NotPlaced =>
        {
            return readmit(store, call_id, conversation, now).await;
        }
        UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) if call.status.is_final() => {
            Applied::FinishedBefore(call)
        }
        UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) => Applied::Live(call),
        UpdateOutcome::NotFound => Applied::NotFound,
    })
}

/// The look-up had found nothing, and now there is a conversation that goes on: the call takes its
/// slot again, so that the limit counts it and nobody dials the person meanwhile.
async fn readmit(
    store: &Store,
    call_id: &CallId,
    conversation: &Conversation,
    now: Timestamp,
) -> Result<Applied, StoreError> {
    tracing::error!(call.id = %call_id, "a call that was thought never to have happened is live");
    // Nobody watches it yet: the scheduler does from now on.
    let readmitted = store
        .readmit_call(call_id, &conversation.facts(), now, now)
        .await?;
    Ok(match readmitted {
        Readmitted::Yes(call) => Applied::Live(call),
        Readmitted::Moved(call) if call.status.is_final() => Applied::FinishedBefore(call),
        Readmitted::Moved(call) => Applied::Live(call),
        Readmitted::NotFound => Applied::NotFound,
    })
}

/// The call that a conversation belongs to: by the attempt that came back, else by its id.
///
/// # Errors
/// When the store does not answer.
pub async fn find_call_of(store: &Store, conversation: &Conversation) -> Result<Option<Call>, StoreError> {
    if let Some(attempt) = &conversation.attempt
        && let Some(call) = store.find_call(attempt).await?
    {
        return Ok(Some(call));
    }
    store
        .find_call_by_conversation(&conversation.conversation_id)
        .await
}
