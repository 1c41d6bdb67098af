//! Somebody is to be called back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AgentId, CallId, CallbackId, PhoneNumber};

/// How far a callback is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallbackStatus {
    /// Nobody has called back yet.
    Due,
    /// Somebody, or a call of ours, is at it.
    Assigned,
    /// It is dealt with.
    Done,
}

impl CallbackStatus {
    /// The name in keys and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Assigned => "assigned",
            Self::Done => "done",
        }
    }
}

/// Who booked it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallbackOrigin {
    /// The agent, in a call.
    Agent,
    /// A person, in the site or by the API.
    Person,
}

/// Somebody is to be called back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Callback {
    /// Its id.
    pub callback_id: CallbackId,
    /// Whom to call.
    pub phone_number: PhoneNumber,
    /// Their name, when known.
    pub name: Option<String>,
    /// What it is about.
    pub reason: String,
    /// When they are to be called.
    pub due_at: Timestamp,
    /// How far it is.
    pub status: CallbackStatus,
    /// Who does it, as written by whoever assigned it.
    pub assigned_to: Option<String>,
    /// The call in which it was booked.
    pub call_id: Option<CallId>,
    /// The call of ours that was placed for it.
    pub placed_call_id: Option<CallId>,
    /// The agent to place it with, where one is wanted.
    pub agent_id: Option<AgentId>,
    /// Who booked it.
    pub origin: CallbackOrigin,
    /// What came of it; one line.
    pub note: Option<String>,
    /// When it was booked.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes; every write is conditional on it.
    pub version: u64,
}
