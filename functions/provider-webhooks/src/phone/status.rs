//! `POST /webhooks/twilio/status`: how a call is, and that it is over. What Twilio says here is the last word.

use axum::extract::{Request, State};
use http::StatusCode;
use switchboard_reconcile::{CarrierHeard, CarrierWord, hear_carrier};
use switchboard_service::{Causes, Problem};
use switchboard_store::StoreError;

use super::leg::Leg;
use crate::Webhooks;

/// Takes the carrier's word on a call. Its answer is not read by Twilio, and most failures are not repeated: what was
/// lost is asked for.
pub(crate) async fn status(
    State(webhooks): State<Webhooks>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let admitted = webhooks.admit_twilio(request).await?;
    let leg = Leg::read(&admitted);
    let Some((leg, state)) = leg.and_then(|leg| leg.state.map(|state| (leg, state))) else {
        let note = "The status of a call names no call, or is none that is known here.";
        webhooks.keep_unparsed("twilio", &admitted.raw, note).await;
        return Ok(StatusCode::NO_CONTENT);
    };
    let word = CarrierWord {
        state,
        sequence: admitted.form.number("SequenceNumber"),
        duration_secs: admitted.form.number("CallDuration"),
        answered_by: leg.answered_by.clone(),
    };
    match webhooks.hear(&leg, &word).await {
        Ok(heard) => {
            tracing::info!(call.id = %leg.call_id, status = state.as_str(), ?heard, "the carrier told of a call");
            Ok(StatusCode::NO_CONTENT)
        }
        Err(error) => {
            tracing::error!(call.id = %leg.call_id, error = %Causes(&error), "the carrier's word could not be written");
            Err(Problem::unavailable())
        }
    }
}

impl Webhooks {
    async fn hear(&self, leg: &Leg, word: &CarrierWord) -> Result<CarrierHeard, StoreError> {
        let now = self.clock.now();
        let heard = hear_carrier(&self.store, &leg.call_id, word, now).await?;
        if heard != CarrierHeard::NotFound {
            return Ok(heard);
        }
        // The tables did not answer when it came in, or nobody picked up a call of ours: there was no question then.
        let is_known = match leg.is_inbound {
            true => self.begin(leg).await.map(|_| true)?,
            false => self.begin_ours(leg).await?.is_some(),
        };
        match is_known {
            true => hear_carrier(&self.store, &leg.call_id, word, now).await,
            false => Ok(CarrierHeard::NotFound),
        }
    }
}
