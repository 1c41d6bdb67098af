//! Agents as they live at a provider.

use std::collections::BTreeMap;

use serde_json::Value;
use switchboard_domain::ProviderId;

/// Which agents to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentQuery {
    /// Words in the name.
    pub search: Option<String>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Agents per page, 1 to 100; none: the provider's own.
    pub page_size: Option<u32>,
}

/// One row of a list of agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSummary {
    /// The provider's id of it.
    pub provider_agent_id: ProviderId,
    /// Its name.
    pub name: String,
}

/// One page of agents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentPage {
    /// The agents.
    pub agents: Vec<AgentSummary>,
    /// Where the next page begins; none: this was the last.
    pub next_cursor: Option<String>,
}

/// A whole agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderAgent {
    /// The provider's id of it.
    pub provider_agent_id: ProviderId,
    /// Its name.
    pub name: String,
    /// What it is told to do.
    pub prompt: String,
    /// What it says first; empty: it waits for the person.
    pub first_message: String,
    /// Language code such as `en`.
    pub language: String,
    /// The voice it speaks with.
    pub voice_id: Option<ProviderId>,
    /// The variables that every call must give it.
    pub required_variables: Vec<String>,
    /// Calls above the limit of the account are placed all the same, and cost double.
    pub bursting: bool,
    /// Whether a call may have a first message of its own.
    pub takes_first_message: bool,
    /// What is set of the platform's own options ([`crate::Platform::agent_options`]), by name.
    pub options: BTreeMap<String, Value>,
}

/// An agent to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSpec {
    /// Its name.
    pub name: String,
    /// What it is told to do.
    pub prompt: String,
    /// What it says first; empty: it waits for the person.
    pub first_message: String,
    /// Language code such as `en`.
    pub language: String,
    /// The voice it speaks with; none: the provider's own choice.
    pub voice_id: Option<ProviderId>,
    /// Calls above the limit of the account are placed all the same, and cost double.
    pub bursting: bool,
    /// The platform's own options, by name; checked against [`crate::Platform::agent_options`].
    pub options: BTreeMap<String, Value>,
}

/// What to change about an agent; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentChanges {
    /// Its name.
    pub name: Option<String>,
    /// What it is told to do.
    pub prompt: Option<String>,
    /// What it says first; empty: it waits for the person.
    pub first_message: Option<String>,
    /// Language code such as `en`.
    pub language: Option<String>,
    /// The voice it speaks with.
    pub voice_id: Option<ProviderId>,
    /// Calls above the limit of the account are placed all the same, and cost double. Always said, for a
    /// provider has it on where nothing is.
    pub bursting: bool,
    /// The platform's own options that change, by name; those not named stay.
    pub options: BTreeMap<String, Value>,
}
