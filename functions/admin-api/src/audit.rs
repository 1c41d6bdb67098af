//! The trail of who changed what.

use switchboard_domain::{AuditEntry, AuditId};
use switchboard_service::Causes;

use crate::api::Api;

/// Most characters kept of what a change was made to.
const MAX_THING: usize = 200;

impl Api {
    /// Writes down one change: who did what to which thing. Numbers and contents stay out. The change
    /// itself is done, so a trail that cannot be written is only logged, as an error.
    pub(crate) async fn audit(&self, action: &'static str, thing: &(impl ToString + Sync + ?Sized)) {
        let caller = &self.caller;
        let thing: String = thing.to_string().chars().take(MAX_THING).collect();
        tracing::info!(target: "audit", actor = %caller.subject, role = caller.role.as_str(), action, thing = %thing, "changed");
        let entry = AuditEntry {
            audit_id: self.draw(|rng| AuditId::generate(self.now(), rng)),
            at: self.now(),
            actor: caller.subject.clone(),
            actor_name: caller.name.clone(),
            role: Some(caller.role),
            action: action.to_owned(),
            thing,
        };
        if let Err(error) = self.store.add_audit_entry(&entry).await {
            tracing::error!(error = %Causes(&error), action, "a change could not be written to the audit trail");
        }
    }
}
