//! By whose clock a call was dialled.

use serde::{Deserialize, Serialize};
use switchboard_calling_hours::{Decision, ZoneSource};

/// The time zones and rules by which a person might be called, as they were found at the moment of dialling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HoursUsed {
    /// IANA names of the zones that the person may be in. It was open in all of them.
    pub zones: Vec<String>,
    /// Where the zones came from.
    pub source: ZoneSource,
    /// Ids of the rules that allowed it.
    pub rules: Vec<String>,
}

impl From<&Decision> for HoursUsed {
    fn from(decision: &Decision) -> Self {
        Self {
            zones: decision.zones_used.iter().map(ToString::to_string).collect(),
            source: decision.zone_source,
            rules: decision
                .rules_used
                .iter()
                .map(|rule| rule.id.to_owned())
                .collect(),
        }
    }
}
