//! Asking the provider, once, and writing down what it said.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_domain::{Call, CallEvent, Ending, ProviderKind, TryAgain};
use switchboard_providers::{DialError, PlaceCall, PlacedCall, Refusal};
use switchboard_store::{Finished, StoreError, UpdateOutcome};

use crate::Dialer;

/// How often the provider's answer is written again while the table stumbles.
const WRITE_TRIES: u32 = 6;

impl Dialer {
    /// Places a call whose `placing` is written. Whatever happens from here on, the provider is
    /// not asked again for this call.
    pub(crate) async fn place(&self, call: Call) -> Result<Call, StoreError> {
        let Some((kind, request)) = request_of(&call) else {
            let failure =
                "The call has no agent, number, phone line or carrier: it cannot be placed.".to_owned();
            return self.not_placed(call, TryAgain::Never, failure, None).await;
        };
        if let Some(reason) = self.came_too_late(&call).await? {
            return self
                .not_placed(call, TryAgain::Patiently, reason.to_owned(), None)
                .await;
        }
        let provider = self.providers.get(kind);
        let asked_at = self.clock.now();
        let answer = self.while_watched(&call, provider.place_call(&request)).await;
        let answer_ms = u64::try_from(self.clock.now().duration_since(asked_at).as_millis()).ok();
        self.note_answer(kind, &call, &answer).await;
        match answer {
            Ok(placed) => {
                tracing::info!(call.id = %call.call_id, conversation.id = %placed.conversation_id, "call placed");
                self.confirmed(call, &placed, asked_at, answer_ms).await
            }
            Err(DialError::Refused {
                refusal, request_id, ..
            }) => {
                tracing::warn!(call.id = %call.call_id, %refusal, "call refused");
                self.hold_campaigns(kind, &call, &refusal).await;
                let again = try_again(&refusal, call.campaign_id.is_some());
                let failure = refusal.explain_at(kind);
                self.not_placed(call, again, failure, request_id).await
            }
            Err(error @ DialError::Unconfirmed { .. }) => {
                tracing::warn!(call.id = %call.call_id, error = %error, "call unconfirmed");
                self.unconfirmed(call, error.explain_at(kind), error.request_id(), asked_at)
                    .await
            }
        }
    }

    /// Waits for the provider's answer and keeps the slot meanwhile: a dial may take as long as the
    /// phone rings.
    async fn while_watched<T>(&self, call: &Call, answer: impl Future<Output = T>) -> T {
        tokio::pin!(answer);
        loop {
            tokio::select! {
                answer = &mut answer => return answer,
                () = tokio::time::sleep(self.pace.heartbeat) => {
                    let until = self.watched_until(self.clock.now());
                    if let Err(error) = self.store.keep_slot(&call.call_id, until).await {
                        tracing::warn!(call.id = %call.call_id, %error, "the slot could not be extended");
                    }
                }
            }
        }
    }

    async fn confirmed(
        &self,
        call: Call,
        placed: &PlacedCall,
        asked_at: Timestamp,
        answer_ms: Option<u64>,
    ) -> Result<Call, StoreError> {
        self.write(call, |call, dialer| {
            // A webhook that was faster has brought the call further already.
            let Ok(status) = call.status.after(CallEvent::Confirmed) else {
                return call.asked_at.replace(asked_at).is_none();
            };
            call.status = status;
            call.conversation_id = Some(placed.conversation_id.clone());
            call.carrier_call_id.clone_from(&placed.carrier_call_id);
            call.asked_at = Some(asked_at);
            call.answer_ms = answer_ms;
            call.updated_at = dialer.clock.now();
            true
        })
        .await
    }

    async fn unconfirmed(
        &self,
        call: Call,
        failure: String,
        request_id: Option<&str>,
        asked_at: Timestamp,
    ) -> Result<Call, StoreError> {
        self.write(call, |call, dialer| {
            let Ok(status) = call.status.after(CallEvent::AnswerLost) else {
                return call.asked_at.replace(asked_at).is_none();
            };
            call.status = status;
            call.asked_at = Some(asked_at);
            call.failure = Some(failure.clone());
            call.provider_request_id = request_id.map(str::to_owned);
            call.updated_at = dialer.clock.now();
            true
        })
        .await
    }

    async fn not_placed(
        &self,
        call: Call,
        try_again: TryAgain,
        failure: String,
        request_id: Option<String>,
    ) -> Result<Call, StoreError> {
        let ending = Ending::NotPlaced {
            try_again,
            failure,
            request_id,
        };
        for attempt in 1.. {
            match self
                .store
                .finish_call(&call.call_id, &ending, self.clock.now())
                .await
            {
                Ok(Finished::Now(ended) | Finished::Before(ended)) => return Ok(*ended),
                Ok(Finished::NotFound) => return Ok(call),
                Err(error) if attempt >= WRITE_TRIES => return Err(error),
                Err(error) => self.stumbled(&call, &error, attempt).await,
            }
        }
        Ok(call)
    }

    /// Writes what the provider said: the one thing that must not be lost, so it is tried for long.
    async fn write(&self, call: Call, change: impl Fn(&mut Call, &Self) -> bool) -> Result<Call, StoreError> {
        for attempt in 1.. {
            match self
                .store
                .update_call_as_read(&call, |call| change(call, self))
                .await
            {
                Ok(UpdateOutcome::Changed(written) | UpdateOutcome::Unchanged(written)) => {
                    return Ok(*written);
                }
                Ok(UpdateOutcome::NotFound) => return Ok(call),
                Err(error) if attempt >= WRITE_TRIES => return Err(error),
                Err(error) => self.stumbled(&call, &error, attempt).await,
            }
        }
        Ok(call)
    }

    async fn stumbled(&self, call: &Call, error: &StoreError, attempt: u32) {
        tracing::warn!(call.id = %call.call_id, %error, attempt, "writing the provider's answer again");
        tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
    }
}

/// Whether a refused call is tried again. What holds a whole campaign up is no fault of the person's;
/// a call without a campaign has nobody to resume it.
fn try_again(refusal: &Refusal, of_a_campaign: bool) -> TryAgain {
    match refusal.may_retry() || (of_a_campaign && refusal.holds_the_campaign()) {
        true => TryAgain::Patiently,
        false => TryAgain::Never,
    }
}

fn request_of(call: &Call) -> Option<(ProviderKind, PlaceCall)> {
    let request = PlaceCall {
        attempt: call.call_id.clone(),
        provider_agent_id: call.provider_agent_id.clone()?,
        phone_line_id: call.phone_line_id.clone()?,
        carrier: call.carrier?,
        to: call.phone_number.clone()?,
        variables: call.variables.clone(),
        first_message: call.first_message.clone(),
        ringing_timeout_secs: call.ringing_timeout_secs,
    };
    Some((call.provider?, request))
}
