//! What holds for every dial, whichever campaign makes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AgentId, ProviderId};

/// Limits and prices of the whole account, beside the concurrency limit.
///
/// What JSON leaves out is as [`DialSettings::default`] has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DialSettings {
    /// Slots that outbound calls leave free for inbound ones.
    pub inbound_share: u32,
    /// Most dials that are begun in one second; none: as many as there are free slots.
    pub starts_per_second: Option<u32>,
    /// Most calls of an agent in progress at one time.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, u32>))]
    pub agent_limits: BTreeMap<AgentId, u32>,
    /// Most calls from a phone line in progress at one time.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, u32>))]
    pub phone_line_limits: BTreeMap<ProviderId, u32>,
    /// What a minute costs at most, in US cents; reserved before a dial, until the provider tells the cost.
    pub cents_per_minute: u32,
    /// How long a call can last at most, in seconds: what the agents are set to at the provider.
    pub longest_call_secs: u32,
    /// Most that all calls of one day (UTC) may cost, in US cents; none: no cap.
    pub daily_cap_cents: Option<u64>,
    /// Whether a campaign starts only when every calling rule that holds for its people is confirmed, and pauses
    /// when it comes to somebody for whom another one holds.
    pub require_confirmed_rules: bool,
}

impl Default for DialSettings {
    fn default() -> Self {
        Self {
            inbound_share: 0,
            starts_per_second: None,
            agent_limits: BTreeMap::new(),
            phone_line_limits: BTreeMap::new(),
            cents_per_minute: 15,
            longest_call_secs: 600,
            daily_cap_cents: None,
            require_confirmed_rules: false,
        }
    }
}

impl DialSettings {
    /// What is reserved for a call before it is dialled, in millionths of a US dollar: what it costs when it
    /// lasts as long as it can.
    pub fn reserve_micros(&self) -> u64 {
        self.micros_of(u64::from(self.longest_call_secs))
    }

    /// What a call of this length costs at most, in millionths of a US dollar. Minutes are counted whole.
    pub fn micros_of(&self, secs: u64) -> u64 {
        secs.div_ceil(60) * u64::from(self.cents_per_minute) * MICROS_PER_CENT
    }
}

/// Millionths of a US dollar in a cent.
pub const MICROS_PER_CENT: u64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minute_that_begins_is_paid_for() {
        let settings = DialSettings {
            cents_per_minute: 15,
            longest_call_secs: 600,
            ..DialSettings::default()
        };
        let micros = [0, 1, 60, 61, 120].map(|secs| settings.micros_of(secs));
        assert_eq!(micros, [0, 150_000, 150_000, 300_000, 300_000]);
        assert_eq!(settings.reserve_micros(), 1_500_000, "ten minutes");
    }
}
