//! How a simulator is set up.

use std::path::PathBuf;

use crate::Scenario;

/// How a simulator is set up.
#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    /// The key that requests must carry.
    pub api_key: String,
    /// Where webhooks go.
    pub webhook_url: Option<String>,
    /// What webhooks are signed with.
    pub webhook_secret: String,
    /// Where the do-not-call tool of every agent is; none: no agent has one.
    pub do_not_call_tool_url: Option<String>,
    /// The secret that tools send.
    pub tool_secret: String,
    /// Delays are divided by this.
    pub clock_factor: f64,
    /// Most calls at one time; above it a dial is answered 429.
    pub concurrency_ceiling: Option<u32>,
    /// Journal that survives a restart.
    pub state_file: Option<PathBuf>,
    /// Who answers how.
    pub scenario: Scenario,
    /// Seed of everything that is left to chance.
    pub seed: u64,
}

impl Default for SimulatorConfig {
    fn default() -> Self {
        Self {
            api_key: "sim-api-key".to_owned(),
            webhook_url: None,
            webhook_secret: "sim-webhook-secret".to_owned(),
            do_not_call_tool_url: None,
            tool_secret: "sim-tool-secret-of-this-machine".to_owned(),
            clock_factor: 1.0,
            concurrency_ceiling: None,
            state_file: None,
            scenario: Scenario::default(),
            seed: 1,
        }
    }
}
