//! Which calls somebody should look at.

use serde::{Deserialize, Serialize};

use crate::{Call, CallStatus, CallSuccess};

/// Where a call lies on the desk of those who look after calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Desk {
    /// It broke down, or was answered and missed its goal, and nobody has dealt with it.
    NeedsAttention,
    /// Somebody has dealt with it.
    Handled,
}

impl Desk {
    /// The name in JSON and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsAttention => "needs_attention",
            Self::Handled => "handled",
        }
    }
}

impl Call {
    /// Where the call lies on the desk; none: nowhere. Calls that nobody answered are not there: trying
    /// again deals with them. Those that are still under way are not there yet.
    pub fn desk(&self) -> Option<Desk> {
        let missed =
            self.status == CallStatus::Completed && self.results.success == Some(CallSuccess::Failure);
        match self.handled {
            true => Some(Desk::Handled),
            false if missed || self.status == CallStatus::Failed => Some(Desk::NeedsAttention),
            false => None,
        }
    }
}
