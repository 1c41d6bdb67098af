//! `POST /webhooks/twilio/amd`: who has picked up a call of ours, told while it goes on.

use axum::extract::{Request, State};
use http::StatusCode;
use switchboard_service::{Causes, Problem};
use switchboard_store::StoreError;

use super::leg::Leg;
use crate::Webhooks;

/// Notes who picked up, and hangs up on a machine.
pub(crate) async fn amd(State(webhooks): State<Webhooks>, request: Request) -> Result<StatusCode, Problem> {
    let admitted = webhooks.admit_twilio(request).await?;
    let leg = Leg::read(&admitted);
    let Some((leg, by)) = leg.and_then(|leg| leg.answered_by.clone().map(|by| (leg, by))) else {
        let note = "Who picked up a call was told without the call, or without who it was.";
        webhooks.keep_unparsed("twilio", &admitted.raw, note).await;
        return Ok(StatusCode::NO_CONTENT);
    };
    match webhooks.picked_up(&leg, &by).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error) => {
            tracing::error!(call.id = %leg.call_id, error = %Causes(&error), "who picked up could not be noted");
            Err(Problem::unavailable())
        }
    }
}

impl Webhooks {
    async fn picked_up(&self, leg: &Leg, by: &str) -> Result<(), StoreError> {
        let Some(inbound) = self.begin_ours(leg).await? else {
            return Ok(());
        };
        if !by.starts_with("machine") && by != "fax" {
            return Ok(());
        }
        match self.phone.twilio.end_call(&inbound.call_sid).await {
            Ok(_) => Ok(()),
            Err(error) => {
                // Its time limit ends it at the latest.
                tracing::error!(call.id = %leg.call_id, error = %Causes(&error), "a machine could not be hung up on");
                Ok(())
            }
        }
    }
}
