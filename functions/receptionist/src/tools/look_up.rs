//! `look_up_caller`: who calls, as far as we know them.

use serde_json::json;
use switchboard_store::{CallFilter, StoreError};

use super::{About, Answer};
use crate::receptionist::Receptionist;

/// Earlier calls that the agent is told of.
const CALLS: u32 = 5;
/// Contacts of one number that the agent is told of.
const CONTACTS: usize = 3;
const LONGEST_SUMMARY: usize = 400;

impl Receptionist {
    pub(super) async fn look_up_caller(&self, about: &About) -> Result<Answer, StoreError> {
        let nobody =
            || json!({ "result": "unknown", "say": "This caller is not known. Ask for their name." });
        let Some(number) = &about.inbound.caller else {
            return Ok(nobody().into());
        };
        let contacts = self.store.find_contacts(number).await?;
        let filter = CallFilter {
            phone_number: Some(number.clone()),
            ..CallFilter::default()
        };
        let page = self.store.list_calls(&filter, None, CALLS + 1).await?;
        let earlier = page
            .items
            .iter()
            .filter(|call| call.call_id != about.inbound.call_id);
        let calls: Vec<_> = earlier
            .take(CALLS as usize)
            .map(|call| {
                let summary = call.results.summary.as_deref().unwrap_or_default();
                let summary: String = summary.chars().take(LONGEST_SUMMARY).collect();
                let name = call
                    .reception
                    .as_ref()
                    .and_then(|reception| reception.caller_name.clone());
                json!({ "at": call.created_at, "direction": call.direction, "status": call.status,
                    "name": name, "summary": summary })
            })
            .collect();
        let contacts: Vec<_> = contacts
            .iter()
            .take(CONTACTS)
            .map(|contact| json!(contact.variables))
            .collect();
        if calls.is_empty() && contacts.is_empty() {
            return Ok(nobody().into());
        }
        let say = "Use this only to help the caller; do not read it out.";
        Ok(json!({ "result": "done", "say": say, "known_as": contacts, "earlier_calls": calls }).into())
    }
}
