//! `mark_urgent`: somebody should see to the call at once.

use serde_json::json;
use switchboard_domain::Urgency;
use switchboard_store::StoreError;

use super::say::no_call;
use super::{About, Answer, Arguments};
use crate::receptionist::Receptionist;

const LONGEST_REASON: usize = 300;

impl Receptionist {
    pub(super) async fn mark_urgent(
        &self,
        about: &About,
        arguments: &Arguments,
    ) -> Result<Answer, StoreError> {
        let reason = arguments.text("reason", LONGEST_REASON);
        let reason = reason.unwrap_or_else(|| "The agent marked it as urgent.".to_owned());
        let urgency = match arguments.text("urgency", 20).as_deref() {
            Some("critical") => Urgency::Critical,
            _ => Urgency::High,
        };
        let kept = self
            .change_reception(about, |reception| reception.raise(urgency, &reason))
            .await?;
        Ok(match kept {
            true => json!({ "result": "done", "say": "The call is marked as urgent." }).into(),
            false => no_call().into(),
        })
    }
}
