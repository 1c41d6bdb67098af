//! Calls of which we do not know enough: asked for at the provider until there is evidence.

use jiff::Timestamp;
use switchboard_domain::{Call, CallFacts, CallOutcome, CallStatus, Ending, ProviderEvent, TryAgain};
use switchboard_providers::{Conversation, ProviderError, VoiceProvider};
use switchboard_store::{Finished, Store};

use crate::apply::tells_nothing_new;
use crate::bounds::{Overdue, overdue};
use crate::{Applied, ReconcileError, apply_conversation};

/// What is known of a call after asking.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// It rings or talks.
    Live(Box<Call>),
    /// It is over, or never happened.
    Over(Box<Call>),
    /// Nothing is known yet: ask again later.
    Unknown,
    /// We have no such call.
    NotFound,
}

/// Looks an unconfirmed call up by its attempt id, and settles it when the provider shows it, or
/// when it could have rung its longest and a margin, and the provider still does not know it.
///
/// # Errors
/// When the provider or the store does not answer: then nothing is settled.
pub async fn settle_unconfirmed(
    store: &Store,
    provider: &dyn VoiceProvider,
    call: &Call,
    now: Timestamp,
) -> Result<Settled, ReconcileError> {
    let since = call.placing_at.unwrap_or(call.created_at);
    let shown = match &call.provider_agent_id {
        Some(agent) => provider.find_conversation(&call.call_id, agent, since).await?,
        None => None,
    };
    decide(store, call, shown, now).await
}

/// Asks the provider how a live call is. One that does not answer is noted: while calls of which nothing is known
/// hold every slot, there are no dials that would find out that it is down.
///
/// # Errors
/// When the provider or the store does not answer.
pub async fn look_after(
    store: &Store,
    provider: &dyn VoiceProvider,
    call: &Call,
    now: Timestamp,
) -> Result<Settled, ReconcileError> {
    let settled = ask(store, provider, call, now).await;
    if let Err(ReconcileError::Provider(error @ ProviderError::Unavailable { .. })) = &settled {
        let error = error.explain_at(provider.kind());
        store
            .note_provider_event(provider.kind(), &ProviderEvent::Failed { error }, now)
            .await?;
    }
    settled
}

async fn ask(
    store: &Store,
    provider: &dyn VoiceProvider,
    call: &Call,
    now: Timestamp,
) -> Result<Settled, ReconcileError> {
    match (&call.status, &call.conversation_id) {
        (CallStatus::InProgress, Some(id)) => {
            if let Some(outcome) = store.early_outcome(id).await? {
                let facts = CallFacts {
                    conversation_id: Some(id.clone()),
                    ..early_facts()
                };
                return finish(store, call, outcome, facts, now).await;
            }
            let shown = provider.get_conversation(id).await?;
            decide(store, call, shown, now).await
        }
        _ => settle_unconfirmed(store, provider, call, now).await,
    }
}

/// A call that a webhook told to have failed before it began: nobody spoke.
fn early_facts() -> CallFacts {
    CallFacts {
        results_complete: true,
        has_recording: Some(false),
        ..CallFacts::default()
    }
}

async fn decide(
    store: &Store,
    call: &Call,
    shown: Option<Conversation>,
    now: Timestamp,
) -> Result<Settled, ReconcileError> {
    match (overdue(call, shown.as_ref(), now), shown) {
        (Some(Overdue::NeverHappened), _) => {
            let ending = Ending::NotPlaced {
                try_again: TryAgain::AFewTimes,
                failure: "The provider did not confirm the call, and after the longest it could have rung it still \
                          knows nothing of it: it never happened."
                    .to_owned(),
                request_id: None,
            };
            Ok(settled(store.finish_call(&call.call_id, &ending, now).await?))
        }
        (Some(Overdue::NeverAnswered), Some(conversation)) => {
            let facts = CallFacts {
                has_recording: Some(false),
                results_complete: true,
                failure: Some(
                    "It rang for as long as it may, and the provider never said how it ended.".to_owned(),
                ),
                ..conversation.facts()
            };
            finish(store, call, CallOutcome::NoAnswer, facts, now).await
        }
        (Some(why), _) => {
            let failure = match why {
                Overdue::NeverEnded => {
                    "The provider shows it in progress for longer than any conversation; it is given up."
                }
                _ => "The provider confirmed the call and does not know it any more.",
            };
            let facts = CallFacts {
                failure: Some(failure.to_owned()),
                ..early_facts()
            };
            finish(store, call, CallOutcome::Failed, facts, now).await
        }
        (None, None) => Ok(Settled::Unknown),
        (None, Some(conversation)) if tells_nothing_new(call, &conversation, now) => {
            Ok(Settled::Live(Box::new(call.clone())))
        }
        (None, Some(conversation)) => Ok(
            match apply_conversation(store, &call.call_id, &conversation, now).await? {
                Applied::Live(call) => Settled::Live(call),
                Applied::Finished(call) | Applied::FinishedBefore(call) => Settled::Over(call),
                Applied::NotFound => Settled::NotFound,
            },
        ),
    }
}

async fn finish(
    store: &Store,
    call: &Call,
    outcome: CallOutcome,
    facts: CallFacts,
    now: Timestamp,
) -> Result<Settled, ReconcileError> {
    let ending = Ending::Ended {
        outcome,
        facts: Box::new(facts),
    };
    Ok(settled(store.finish_call(&call.call_id, &ending, now).await?))
}

fn settled(finished: Finished) -> Settled {
    match finished {
        Finished::Now(call) | Finished::Before(call) => Settled::Over(call),
        Finished::NotFound => Settled::NotFound,
    }
}
