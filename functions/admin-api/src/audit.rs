//! The trail of who changed what.

use std::fmt::Display;

use crate::roles::Caller;

/// Writes down one change: who did what to which thing. Numbers and contents stay out.
pub(crate) fn record(caller: &Caller, action: &'static str, thing: &dyn Display) {
    tracing::info!(target: "audit", actor = %caller.subject, role = caller.role.as_str(), action, thing = %thing, "changed");
}
