//! Agents and the phone lines they call from.

mod drift;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::drift::AgentDrift;
use crate::{AgentId, ProviderId};

/// Which platform an agent lives on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// ElevenLabs Agents.
    Elevenlabs,
    /// Ultravox.
    Ultravox,
    /// OpenAI Realtime.
    Openai,
}

impl ProviderKind {
    /// Every provider there is.
    pub const ALL: [Self; 3] = [Self::Elevenlabs, Self::Ultravox, Self::Openai];

    /// The name in URLs, keys and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Elevenlabs => "elevenlabs",
            Self::Ultravox => "ultravox",
            Self::Openai => "openai",
        }
    }

    /// The name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Elevenlabs => "ElevenLabs",
            Self::Ultravox => "Ultravox",
            Self::Openai => "OpenAI",
        }
    }

    /// The provider with this name in URLs, keys and JSON.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Who carries a phone line's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// A number at Twilio.
    Twilio,
    /// A SIP trunk of the customer's.
    SipTrunk,
}

/// Whether an agent can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AgentStatus {
    /// Lives at the provider and can place calls.
    Active,
    /// We have a record, but the provider no longer knows the agent.
    Missing,
}

/// Our record of a voice agent that lives at a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agent {
    /// Our id.
    pub agent_id: AgentId,
    /// The platform it lives on.
    pub provider: ProviderKind,
    /// The provider's id of it.
    pub provider_agent_id: ProviderId,
    /// Name shown to people.
    pub name: String,
    /// What the agent is told to do.
    pub prompt: String,
    /// What it says first; empty: it waits for the person.
    pub first_message: String,
    /// Language code such as `en` or `es`.
    pub language: String,
    /// The provider's id of its voice.
    pub voice_id: Option<ProviderId>,
    /// The dynamic variables that the prompt or first message names and that have no default.
    pub required_variables: Vec<String>,
    /// Calls above the limit of the account are placed all the same and cost double, as the provider has it.
    #[serde(default)]
    pub bursting: bool,
    /// Whether somebody here asked for that. Where nobody did, it is switched off with the next change.
    #[serde(default)]
    pub bursting_asked: bool,
    /// Whether a call may have a first message of its own.
    #[serde(default)]
    pub takes_first_message: bool,
    /// What is set of the platform's own options, by their names.
    #[serde(default)]
    pub options: BTreeMap<String, Value>,
    /// What was changed about it at its provider and not here, until somebody has seen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<AgentDrift>,
    /// The provider has its voice no longer: give it another one.
    #[serde(default)]
    pub voice_missing: bool,
    /// Whether it can be used.
    pub status: AgentStatus,
    /// When our record was made.
    pub created_at: Timestamp,
    /// When our record last changed.
    pub updated_at: Timestamp,
    /// Counts changes; every write is conditional on it.
    pub version: u64,
}

/// A number we call from or are called on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhoneLine {
    /// The provider's id of the line (`phnum_…` at ElevenLabs).
    pub phone_line_id: ProviderId,
    /// The platform that dials from it.
    pub provider: ProviderKind,
    /// The number as the provider writes it.
    pub phone_number: String,
    /// Label given at the provider.
    pub label: String,
    /// Who carries its calls.
    pub carrier: Carrier,
    /// Whether calls can be placed from it.
    pub supports_outbound: bool,
}

impl PhoneLine {
    /// What people call it: its label, or its number where it has none.
    pub fn called(&self) -> &str {
        match self.label.trim() {
            "" => &self.phone_number,
            label => label,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_provider_has_one_name_in_keys_and_json_and_one_for_people() {
        let names = ["elevenlabs", "ultravox", "openai"];
        assert_eq!(ProviderKind::ALL.map(ProviderKind::as_str), names);
        assert_eq!(serde_json::to_value(ProviderKind::ALL).unwrap(), json!(names));
        assert_eq!(names.map(ProviderKind::parse), ProviderKind::ALL.map(Some));
        assert_eq!(ProviderKind::parse("ElevenLabs"), None);
        assert_eq!(
            ProviderKind::ALL.map(ProviderKind::name),
            ["ElevenLabs", "Ultravox", "OpenAI"]
        );
    }
}
