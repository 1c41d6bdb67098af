//! `take_message`: the caller leaves a message.

use serde_json::json;
use switchboard_domain::{Call, Reception, RouteTarget};
use switchboard_store::StoreError;

use super::say::no_call;
use super::{About, Answer, Arguments};
use crate::receptionist::Receptionist;

const LONGEST_NAME: usize = 120;
const LONGEST_MESSAGE: usize = 2_000;

impl Receptionist {
    pub(super) async fn take_message(
        &self,
        about: &About,
        arguments: &Arguments,
    ) -> Result<Answer, StoreError> {
        let Some(message) = arguments.text("message", LONGEST_MESSAGE) else {
            let say = "The message is empty. Ask the caller what you may pass on.";
            return Ok(json!({ "result": "failed", "say": say }).into());
        };
        let name = arguments.text("name", LONGEST_NAME);
        let kept = self
            .change_reception(about, |reception| {
                // A second message of the same call does not replace the first one.
                reception.message = Some(match reception.message.take() {
                    Some(before) if before == message => before,
                    Some(before) => format!("{before} / {message}")
                        .chars()
                        .take(LONGEST_MESSAGE)
                        .collect(),
                    None => message.clone(),
                });
                note_name(reception, name.as_deref());
            })
            .await?;
        Ok(match kept {
            true => json!({ "result": "done", "say": "The message is written down." }).into(),
            false => no_call().into(),
        })
    }

    /// Changes what the reception made of the call; answers whether there is such a call.
    pub(super) async fn change_reception(
        &self,
        about: &About,
        change: impl Fn(&mut Reception),
    ) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let outcome = self
            .store
            .update_call(&about.inbound.call_id, |call: &mut Call| {
                let before = call.reception.clone();
                // An outbound call has none until something is noted.
                let called = about.inbound.called.clone();
                let target = about.inbound.target().cloned().unwrap_or(RouteTarget::Voicemail);
                let reception = call
                    .reception
                    .get_or_insert_with(|| Reception::fresh(called, target));
                change(reception);
                let changed = call.reception != before;
                if changed {
                    call.updated_at = now;
                }
                changed
            })
            .await?;
        Ok(!matches!(outcome, switchboard_store::UpdateOutcome::NotFound))
    }
}

/// Notes the caller's name, as found out last.
pub(super) fn note_name(reception: &mut Reception, name: Option<&str>) {
    if let Some(name) = name {
        reception.caller_name = Some(name.to_owned());
    }
}
