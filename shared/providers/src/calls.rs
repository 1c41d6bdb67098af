//! Asking for one call.

use switchboard_domain::{CallId, Carrier, DynamicVariables, PhoneNumber, ProviderId};

/// The longest a phone may ring, in seconds.
pub const MAX_RINGING_TIMEOUT_SECS: u32 = 999;

/// One call to be placed.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceCall {
    /// Our id of the call; travels along so that the call can be found again.
    pub attempt: CallId,
    /// The agent that talks.
    pub provider_agent_id: ProviderId,
    /// The line it calls from.
    pub phone_line_id: ProviderId,
    /// Who carries that line.
    pub carrier: Carrier,
    /// Whom to call.
    pub to: PhoneNumber,
    /// What the agent may say of the person.
    pub variables: DynamicVariables,
    /// What the agent says first instead of its own words, where the agent allows that; none: its own.
    pub first_message: Option<String>,
    /// Seconds it may ring: 1 to [`MAX_RINGING_TIMEOUT_SECS`]; other values are brought into range.
    pub ringing_timeout_secs: u32,
}

impl PlaceCall {
    /// Seconds it may ring, in range.
    pub fn ringing_secs(&self) -> u32 {
        self.ringing_timeout_secs.clamp(1, MAX_RINGING_TIMEOUT_SECS)
    }
}

/// A call that the provider accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedCall {
    /// The conversation it became.
    pub conversation_id: ProviderId,
    /// The carrier's id of the call.
    pub carrier_call_id: Option<String>,
}
