//! A call that never got through: told once, and without our id of the call.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Call, CallFacts, CallOutcome, CallStatus, Ending, PhoneNumber, ProviderId};
use switchboard_store::{CallFilter, Finished, StoreError, WebhookRecord};

use super::Webhooks;
use super::event::Verdict;

/// How long ago a call to the number may have begun: the longest that it may ring, and some time for
/// the news of it.
const LATELY: SignedDuration = SignedDuration::from_mins(20);
/// How far the provider's clock may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_secs(30);
/// How many of a person's calls are looked at, newest first.
const LATEST_CALLS: u32 = 50;

/// What the webhook tells.
pub(crate) struct FailedStart {
    pub(crate) conversation_id: ProviderId,
    pub(crate) provider_agent_id: ProviderId,
    pub(crate) outcome: CallOutcome,
    pub(crate) carrier_call_id: Option<String>,
    pub(crate) to: Option<PhoneNumber>,
    pub(crate) reason: String,
    pub(crate) happened_at: Option<Timestamp>,
}

impl FailedStart {
    fn ending(&self) -> Ending {
        let facts = CallFacts {
            conversation_id: Some(self.conversation_id.clone()),
            carrier_call_id: self.carrier_call_id.clone(),
            results_complete: true,
            has_recording: Some(false),
            failure: Some(format!("The call did not get through: {}.", self.reason)),
            ..CallFacts::default()
        };
        Ending::Ended {
            outcome: self.outcome,
            facts: Box::new(facts),
        }
    }

    /// Whether a call can be the one that did not get through.
    fn may_be(&self, call: &Call, now: Timestamp) -> bool {
        let begun = call.placing_at.is_some_and(|placing_at| {
            now.duration_since(placing_at) <= LATELY
                && self
                    .happened_at
                    .is_none_or(|at| at.duration_since(placing_at) >= -SKEW)
        });
        begun
            && call.status.is_live()
            && call.provider_agent_id.as_ref() == Some(&self.provider_agent_id)
            && call
                .conversation_id
                .as_ref()
                .is_none_or(|id| *id == self.conversation_id)
    }
}

impl Webhooks<'_> {
    pub(crate) async fn apply_failed_start(
        &self,
        failed: &FailedStart,
        record: &WebhookRecord,
    ) -> Result<Verdict, StoreError> {
        if let Some(call) = self.call_that_failed(failed).await? {
            match self
                .store
                .finish_call(&call.call_id, &failed.ending(), self.now)
                .await?
            {
                Finished::Now(call) => {
                    tracing::info!(call.id = %call.call_id, status = call.status.as_str(), "call ended");
                    return Ok(Verdict::applied(call.call_id));
                }
                Finished::Before(call) => return Ok(Verdict::applied(call.call_id)),
                Finished::NotFound => {}
            }
        }
        let outcome = CallStatus::from(failed.outcome).as_str();
        self.store
            .put_early_event(&failed.conversation_id, record, outcome)
            .await?;
        Ok(Verdict::early(
            "No call of ours is known for it yet; whoever learns of the conversation applies it.",
        ))
    }

    /// By conversation; and where its id is not written yet, because the answer to the dial is still
    /// on its way, by number, if only one call can be meant.
    async fn call_that_failed(&self, failed: &FailedStart) -> Result<Option<Call>, StoreError> {
        if let Some(call) = self
            .store
            .find_call_by_conversation(&failed.conversation_id)
            .await?
        {
            return Ok(Some(call));
        }
        let Some(to) = &failed.to else { return Ok(None) };
        let filter = CallFilter {
            phone_number: Some(to.clone()),
            ..CallFilter::default()
        };
        let page = self.store.list_calls(&filter, None, LATEST_CALLS).await?;
        let mut candidates = page.items.iter().filter(|call| failed.may_be(call, self.now));
        let (Some(candidate), None) = (candidates.next(), candidates.next()) else {
            return Ok(None);
        };
        // The list follows a moment behind; meanwhile the call may have got another conversation.
        let call = self.store.find_call(&candidate.call_id).await?;
        Ok(call.filter(|call| failed.may_be(call, self.now)))
    }
}
