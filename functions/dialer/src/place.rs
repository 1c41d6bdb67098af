//! Asking the provider, once, and writing down what it said.

use std::time::Duration;

use switchboard_domain::{Call, CallEvent, Ending};
use switchboard_providers::{DialError, PlaceCall, PlacedCall};
use switchboard_store::{Finished, StoreError, UpdateOutcome};

use crate::Dialer;

/// How often the provider's answer is written again while the table stumbles.
const WRITE_TRIES: u32 = 6;

impl Dialer {
    /// Places a call whose `placing` is written. Whatever happens from here on, the provider is
    /// not asked again for this call.
    pub(crate) async fn place(&self, call: Call) -> Result<Call, StoreError> {
        let Some(request) = request_of(&call) else {
            let failure = "The call has no number, phone line or carrier: it cannot be placed.".to_owned();
            return self
                .not_placed(
                    call,
                    Ending::NotPlaced {
                        may_retry: false,
                        failure,
                        request_id: None,
                    },
                )
                .await;
        };
        match self.provider.place_call(&request).await {
            Ok(placed) => {
                tracing::info!(call.id = %call.call_id, conversation.id = %placed.conversation_id, "call placed");
                self.confirmed(call, &placed).await
            }
            Err(DialError::Refused {
                refusal, request_id, ..
            }) => {
                tracing::warn!(call.id = %call.call_id, %refusal, "call refused");
                let ending = Ending::NotPlaced {
                    may_retry: refusal.may_retry(),
                    failure: refusal.explain(),
                    request_id,
                };
                self.not_placed(call, ending).await
            }
            Err(error @ DialError::Unconfirmed { .. }) => {
                tracing::warn!(call.id = %call.call_id, error = %error, "call unconfirmed");
                self.unconfirmed(call, &error).await
            }
        }
    }

    async fn confirmed(&self, call: Call, placed: &PlacedCall) -> Result<Call, StoreError> {
        self.write(call, |call, dialer| {
            let now = dialer.clock.now();
            // A webhook that was faster has brought the call further already.
            let Ok(status) = call.status.after(CallEvent::Confirmed) else {
                return false;
            };
            call.status = status;
            call.conversation_id = Some(placed.conversation_id.clone());
            call.carrier_call_id.clone_from(&placed.carrier_call_id);
            call.watched_until = Some(dialer.watched_until(now));
            call.updated_at = now;
            true
        })
        .await
    }

    async fn unconfirmed(&self, call: Call, error: &DialError) -> Result<Call, StoreError> {
        self.write(call, |call, dialer| {
            let now = dialer.clock.now();
            let Ok(status) = call.status.after(CallEvent::AnswerLost) else {
                return false;
            };
            call.status = status;
            call.failure = Some(error.explain());
            call.provider_request_id = error.request_id().map(str::to_owned);
            call.watched_until = Some(dialer.watched_until(now));
            call.updated_at = now;
            true
        })
        .await
    }

    async fn not_placed(&self, call: Call, ending: Ending) -> Result<Call, StoreError> {
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
                .update_call(&call.call_id, |call| change(call, self))
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

fn request_of(call: &Call) -> Option<PlaceCall> {
    Some(PlaceCall {
        attempt: call.call_id.clone(),
        provider_agent_id: call.provider_agent_id.clone(),
        phone_line_id: call.phone_line_id.clone()?,
        carrier: call.carrier?,
        to: call.phone_number.clone()?,
        variables: call.variables.clone(),
        ringing_timeout_secs: call.ringing_timeout_secs,
    })
}
