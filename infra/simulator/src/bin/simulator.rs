//! The simulator alone, without the rest of the system.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use switchboard_simulator::{
    OPENAI_API_KEY, OPENAI_PROJECT_ID, OPENAI_WEBHOOK_SECRET, Scenario, Simulator, SimulatorConfig,
    TWILIO_AUTH_TOKEN,
};
use tokio::net::TcpListener;

/// Plays ElevenLabs, Ultravox, Twilio and OpenAI on this machine.
#[derive(Parser)]
struct Arguments {
    /// Port.
    #[arg(long, env = "SIMULATOR_PORT", default_value_t = 4010)]
    port: u16,
    /// Key that requests to ElevenLabs must carry.
    #[arg(
        long,
        env = "ELEVENLABS_API_KEY",
        default_value = "sim-api-key",
        hide_env_values = true
    )]
    api_key: String,
    /// What webhooks of ElevenLabs are signed with.
    #[arg(
        long,
        env = "ELEVENLABS_WEBHOOK_SECRET",
        default_value = "sim-webhook-secret",
        hide_env_values = true
    )]
    webhook_secret: String,
    /// Where webhooks of ElevenLabs go.
    #[arg(long, env = "WEBHOOK_URL")]
    webhook_url: Option<String>,
    /// Key that requests to Ultravox must carry.
    #[arg(
        long,
        env = "ULTRAVOX_API_KEY",
        default_value = "ultravox.sim-api-key-for-this-one-machine",
        hide_env_values = true
    )]
    ultravox_api_key: String,
    /// What webhooks of Ultravox are signed with.
    #[arg(
        long,
        env = "ULTRAVOX_WEBHOOK_SECRET",
        default_value = "sim-ultravox-webhook-secret",
        hide_env_values = true
    )]
    ultravox_webhook_secret: String,
    /// Where webhooks of Ultravox go.
    #[arg(long, env = "ULTRAVOX_WEBHOOK_URL")]
    ultravox_webhook_url: Option<String>,
    /// What requests to Twilio are signed in with, and its own are signed with.
    #[arg(
        long,
        env = "TWILIO_AUTH_TOKEN",
        default_value = TWILIO_AUTH_TOKEN,
        hide_env_values = true
    )]
    twilio_auth_token: String,
    /// Key that requests to OpenAI must carry.
    #[arg(long, env = "OPENAI_API_KEY", default_value = OPENAI_API_KEY, hide_env_values = true)]
    openai_api_key: String,
    /// What webhooks of OpenAI are signed with.
    #[arg(
        long,
        env = "OPENAI_WEBHOOK_SECRET",
        default_value = OPENAI_WEBHOOK_SECRET,
        hide_env_values = true
    )]
    openai_webhook_secret: String,
    /// The project that SIP addresses name.
    #[arg(long, env = "OPENAI_PROJECT_ID", default_value = OPENAI_PROJECT_ID)]
    openai_project_id: String,
    /// Where Switchboard is in public: webhooks of Twilio and OpenAI go there.
    #[arg(long, env = "PUBLIC_URL")]
    public_url: Option<String>,
    /// Where that is reached from here; without: at the same address.
    #[arg(long, env = "REACH_URL")]
    reach_url: Option<String>,
    /// Delays are divided by this.
    #[arg(long, env = "CLOCK_FACTOR", default_value_t = 60.0)]
    clock_factor: f64,
    /// Who answers how, as YAML or JSON.
    #[arg(long, env = "SCENARIO_FILE")]
    scenario: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let arguments = Arguments::parse();
    let scenario = match &arguments.scenario {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            serde_norway::from_str(&text).with_context(|| format!("{} is not a scenario", path.display()))?
        }
        None => Scenario::default(),
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("port {} is not free", arguments.port))?;
    let config = SimulatorConfig {
        api_key: arguments.api_key,
        webhook_url: arguments.webhook_url,
        webhook_secret: arguments.webhook_secret,
        ultravox_api_key: arguments.ultravox_api_key,
        ultravox_webhook_url: arguments.ultravox_webhook_url,
        ultravox_webhook_secret: arguments.ultravox_webhook_secret,
        twilio_auth_token: arguments.twilio_auth_token,
        openai_api_key: arguments.openai_api_key,
        openai_webhook_secret: arguments.openai_webhook_secret,
        openai_project_id: arguments.openai_project_id,
        public_url: arguments.public_url,
        reach_url: arguments.reach_url,
        clock_factor: arguments.clock_factor,
        scenario,
        ..SimulatorConfig::default()
    };
    let simulator = Simulator::start(listener, config).await?;
    tracing::info!(
        "the simulator listens on http://{}; its ledger is at /sim/ledger",
        simulator.address()
    );
    tokio::signal::ctrl_c().await?;
    simulator.shutdown().await;
    Ok(())
}
