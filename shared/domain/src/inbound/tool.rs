//! Tools that an agent may use during a call.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AgentId, EventTargetId};

/// A tool of the customer's: a request to their own system, signed as events are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentTool {
    /// The name that the agent calls it by: 1 to 64 of `a-z 0-9 _`.
    pub name: String,
    /// What it does and when to use it, for the agent.
    pub description: String,
    /// JSON Schema of its parameters: an object.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub parameters: Value,
    /// Where it is asked: an `https` address that is not private.
    pub url: String,
    /// Seconds that it may take, 1 to 20.
    pub timeout_secs: u32,
    /// Counts the secrets that its requests were signed with.
    #[serde(default)]
    pub secret_version: u64,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl AgentTool {
    /// Under which id the secret that signs the requests to a tool is kept, beside those of event targets.
    pub fn signer(agent: &AgentId, name: &str) -> EventTargetId {
        EventTargetId::derived(&["tool", agent.as_str(), name])
    }
}

/// A tool that ran, so that it never runs twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolRun {
    /// OpenAI's id of the request to run it: `call_…` of the event, which is no phone call.
    pub run_id: String,
    /// Its name.
    pub tool: String,
    /// What it answered to the agent; none while it runs.
    pub output: Option<String>,
    /// When it was begun.
    pub began_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_of_every_agent_signs_with_a_secret_of_its_own() {
        let (one, other) = (AgentId::derived(&["one"]), AgentId::derived(&["other"]));
        let signer = AgentTool::signer(&one, "book");
        assert_eq!(signer, AgentTool::signer(&one, "book"));
        assert_ne!(signer, AgentTool::signer(&one, "cancel"));
        assert_ne!(signer, AgentTool::signer(&other, "book"));
    }
}
