//! How a simulator is set up.

use std::path::PathBuf;

use crate::Scenario;
use crate::openai::{OPENAI_API_KEY, OPENAI_PROJECT_ID, OPENAI_WEBHOOK_SECRET};
use crate::twilio::TWILIO_AUTH_TOKEN;

/// How a simulator is set up.
#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    /// The key that requests to ElevenLabs must carry.
    pub api_key: String,
    /// Where webhooks of ElevenLabs go.
    pub webhook_url: Option<String>,
    /// What webhooks of ElevenLabs are signed with.
    pub webhook_secret: String,
    /// Where the do-not-call tool of every agent is; none: no agent has one.
    pub do_not_call_tool_url: Option<String>,
    /// The secret that tools send.
    pub tool_secret: String,
    /// Delays are divided by this.
    pub clock_factor: f64,
    /// Most calls of ElevenLabs at one time; above it a dial is answered 429.
    pub concurrency_ceiling: Option<u32>,
    /// The key that requests to Ultravox must carry: 8 characters, a dot, 32 characters.
    pub ultravox_api_key: String,
    /// Where the account's webhook of Ultravox goes; none: it has none.
    pub ultravox_webhook_url: Option<String>,
    /// What that webhook is signed with.
    pub ultravox_webhook_secret: String,
    /// Most calls of Ultravox at one time; above it a call is refused 429 at once.
    pub ultravox_concurrency_ceiling: Option<u32>,
    /// Most calls of Ultravox created in a minute of the simulator's clock; none: as many as are asked for.
    pub ultravox_creations_per_minute: Option<u32>,
    /// What requests to the carrier are signed in with, for its account [`TWILIO_ACCOUNT_SID`](crate::TWILIO_ACCOUNT_SID).
    pub twilio_auth_token: String,
    /// The key that requests to OpenAI must carry.
    pub openai_api_key: String,
    /// What webhooks of OpenAI are signed with: `whsec_` and base64.
    pub openai_webhook_secret: String,
    /// The project that SIP addresses name.
    pub openai_project_id: String,
    /// Where Switchboard is in public: the carrier's and OpenAI's webhooks go there, and the carrier's are signed over it.
    pub public_url: Option<String>,
    /// Where that is reached from here; none: at the same address.
    pub reach_url: Option<String>,
    /// Seconds of the real clock for which Switchboard is waited for at the least, where the script would wait longer:
    /// its functions start no faster because the clock does.
    pub patience_secs: f64,
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
            ultravox_api_key: "ultravox.sim-api-key-for-this-one-machine".to_owned(),
            ultravox_webhook_url: None,
            ultravox_webhook_secret: "sim-ultravox-webhook-secret".to_owned(),
            ultravox_concurrency_ceiling: None,
            ultravox_creations_per_minute: None,
            twilio_auth_token: TWILIO_AUTH_TOKEN.to_owned(),
            openai_api_key: OPENAI_API_KEY.to_owned(),
            openai_webhook_secret: OPENAI_WEBHOOK_SECRET.to_owned(),
            openai_project_id: OPENAI_PROJECT_ID.to_owned(),
            public_url: None,
            reach_url: None,
            patience_secs: 10.0,
            state_file: None,
            scenario: Scenario::default(),
            seed: 1,
        }
    }
}
