//! An inbound call that an agent of a platform is to take: the carrier hands the audio to the platform itself.

use switchboard_domain::{CallId, DynamicVariables, ProviderId};

/// An inbound call that an agent is to take.
#[derive(Debug, Clone, PartialEq)]
pub struct TakeCall {
    /// Our id of the call; travels along, so that what the platform tells of it later finds it.
    pub attempt: CallId,
    /// The agent that talks.
    pub provider_agent_id: ProviderId,
    /// The caller, as the carrier wrote them: a number, or a word such as `anonymous`.
    pub from: String,
    /// The number that was called, as the carrier wrote it.
    pub to: String,
    /// What the agent may say of the caller.
    pub variables: DynamicVariables,
}

/// How the carrier reaches the platform for this call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenCall {
    /// The platform wrote the whole answer to the carrier: it goes there unchanged.
    Twiml(String),
    /// The platform takes the audio at this address (`wss`).
    Stream {
        /// The address.
        url: String,
        /// The conversation that it becomes.
        conversation_id: ProviderId,
    },
}
