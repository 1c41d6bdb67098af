//! The command line: `run` and `token`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use jiff::SignedDuration;
use serde_json::json;
use switchboard_http::TRUSTED_CERTIFICATES;
use switchboard_simulator::SimulatorConfig;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::oidc::Role;
use crate::{FaultPlan, Local, LocalConfig, runner, sample};

/// The whole system on this machine.
#[derive(Parser)]
#[command(name = "switchboard-local", version)]
pub struct Command {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Runs the system, with a sample campaign on the first start.
    Run(Box<Settings>),
    /// Prints a development token.
    Token {
        #[command(flatten)]
        settings: Box<Settings>,
        /// viewer, operator or admin.
        #[arg(long, default_value = "admin")]
        role: Role,
        /// Hours for which it is good.
        #[arg(long, default_value_t = 12)]
        hours: i64,
    },
}

#[derive(Args)]
struct Settings {
    /// Port of the API and the site.
    #[arg(long, env = "PORT", default_value_t = 8080)]
    port: u16,
    /// Port of the simulator.
    #[arg(long, env = "SIMULATOR_PORT", default_value_t = 4010)]
    simulator_port: u16,
    /// Where everything is kept.
    #[arg(long, env = "DATA_DIR", default_value = ".local")]
    data_dir: PathBuf,
    /// The template.
    #[arg(long, env = "TEMPLATE", default_value = "template.yaml")]
    template: PathBuf,
    /// 0 leaves the sample campaign out.
    #[arg(long, env = "SAMPLE", default_value = "1")]
    sample: String,
    #[command(flatten)]
    elevenlabs: ElevenLabs,
    #[command(flatten)]
    ultravox: Ultravox,
    #[command(flatten)]
    openai: OpenAi,
    #[command(flatten)]
    carrier: Carrier,
    /// Address at which providers reach this machine, where they are real: that of a tunnel.
    #[arg(long, env = "PUBLIC_URL")]
    public_url: Option<String>,
    /// The simulator's delays are divided by this.
    #[arg(long, env = "CLOCK_FACTOR", default_value_t = 20.0)]
    clock_factor: f64,
    /// Seconds that a minute of a schedule lasts.
    #[arg(long, env = "SCHEDULE_SECONDS", default_value_t = 5)]
    schedule_seconds: u64,
    /// Calls at one time, until somebody changes it.
    #[arg(long, env = "CONCURRENCY_LIMIT")]
    concurrency_limit: Option<u32>,
    /// What is to go wrong, as JSON, to rehearse failure: see infra/local/README.md.
    #[arg(long, env = "FAULTS")]
    faults: Option<FaultPlan>,
    /// true lets event targets be at http://127.0.0.1, to try them out.
    #[arg(long, env = "EVENT_ALLOW_LOOPBACK", default_value_t = false)]
    event_allow_loopback: bool,
    /// Whose certificates are trusted: those that are built in, or those that this machine trusts, in a network that opens TLS.
    #[arg(long, env = TRUSTED_CERTIFICATES, value_parser = ["built-in", "machine"], default_value = "built-in")]
    trusted_certificates: String,
    /// What the functions write: error, warn, info or debug.
    #[arg(long, env = "LOG_LEVEL", default_value = "info")]
    log_level: String,
}

impl Command {
    /// Does what the command line says.
    ///
    /// # Errors
    /// With one clear sentence.
    pub async fn run(self) -> anyhow::Result<()> {
        let action = match self.action {
            Some(action) => action,
            None => Command::parse_from(["switchboard-local", "run"])
                .action
                .context("no action")?,
        };
        match action {
            Action::Run(settings) => run(*settings).await,
            Action::Token {
                settings,
                role,
                hours,
            } => {
                let valid_for = SignedDuration::from_hours(hours.clamp(1, 24 * 365));
                let token = runner::token_for(&settings.data_dir, settings.port, role, valid_for)?;
                #[expect(clippy::print_stdout, reason = "the token is what this command is for")]
                {
                    println!("{token}");
                }
                Ok(())
            }
        }
    }
}

/// ElevenLabs, where calls are to be real. Its address decides: without one of any provider, the simulator plays
/// them all.
#[derive(Args)]
struct ElevenLabs {
    /// Address of the ElevenLabs API.
    #[arg(long = "elevenlabs-base-url", env = "ELEVENLABS_BASE_URL")]
    elevenlabs_base_url: Option<String>,
    /// Key of the ElevenLabs API.
    #[arg(long, env = "ELEVENLABS_API_KEY", hide_env_values = true)]
    elevenlabs_api_key: Option<String>,
    /// Secret of the ElevenLabs webhook.
    #[arg(long, env = "ELEVENLABS_WEBHOOK_SECRET", hide_env_values = true)]
    elevenlabs_webhook_secret: Option<String>,
    /// Secret of the tools that its agents use during a call.
    #[arg(long, env = "ELEVENLABS_TOOL_SECRET", hide_env_values = true)]
    elevenlabs_tool_secret: Option<String>,
}

/// Ultravox, likewise.
#[derive(Args)]
struct Ultravox {
    /// Address of the Ultravox API.
    #[arg(long, env = "ULTRAVOX_BASE_URL")]
    ultravox_base_url: Option<String>,
    /// Key of the Ultravox API.
    #[arg(long, env = "ULTRAVOX_API_KEY", hide_env_values = true)]
    ultravox_api_key: Option<String>,
    /// Secret of the Ultravox webhook.
    #[arg(long, env = "ULTRAVOX_WEBHOOK_SECRET", hide_env_values = true)]
    ultravox_webhook_secret: Option<String>,
    /// Secret of the tools that its agents use during a call.
    #[arg(long, env = "ULTRAVOX_TOOL_SECRET", hide_env_values = true)]
    ultravox_tool_secret: Option<String>,
}

/// OpenAI, likewise: the platform that the receptionist talks with.
#[derive(Args)]
struct OpenAi {
    /// Address of the OpenAI API.
    #[arg(long, env = "OPENAI_BASE_URL")]
    openai_base_url: Option<String>,
    /// Key of the OpenAI API.
    #[arg(long, env = "OPENAI_API_KEY", hide_env_values = true)]
    openai_api_key: Option<String>,
    /// Secret of the OpenAI webhook.
    #[arg(long, env = "OPENAI_WEBHOOK_SECRET", hide_env_values = true)]
    openai_webhook_secret: Option<String>,
    /// The project that calls are sent to.
    #[arg(long, env = "OPENAI_PROJECT_ID")]
    openai_project_id: Option<String>,
}

/// The account at Twilio: calls that come in, and the end of calls of real platforms.
#[derive(Args)]
struct Carrier {
    /// SID of the account.
    #[arg(long, env = "TWILIO_ACCOUNT_SID", requires = "twilio_auth_token")]
    twilio_account_sid: Option<String>,
    /// Its token.
    #[arg(long, env = "TWILIO_AUTH_TOKEN", hide_env_values = true)]
    twilio_auth_token: Option<String>,
}

/// A provider to be really called.
struct RealProvider {
    /// As the template names it.
    name: &'static str,
    base_url: String,
    /// Its secret, as JSON.
    secret: String,
}

impl Settings {
    /// The providers whose address is set.
    fn real_providers(&self) -> anyhow::Result<Vec<RealProvider>> {
        let (eleven, ultra) = (&self.elevenlabs, &self.ultravox);
        let given = [
            (
                "Elevenlabs",
                &eleven.elevenlabs_base_url,
                [
                    &eleven.elevenlabs_api_key,
                    &eleven.elevenlabs_webhook_secret,
                    &eleven.elevenlabs_tool_secret,
                ],
            ),
            (
                "Ultravox",
                &ultra.ultravox_base_url,
                [
                    &ultra.ultravox_api_key,
                    &ultra.ultravox_webhook_secret,
                    &ultra.ultravox_tool_secret,
                ],
            ),
        ];
        let mut real = Vec::new();
        for (name, base_url, [key, webhook, tools]) in given {
            let Some(base_url) = base_url.clone() else {
                continue;
            };
            let upper = name.to_uppercase();
            let key = key.clone().with_context(|| {
                format!("{upper}_BASE_URL is set, but {upper}_API_KEY is not: set the key too")
            })?;
            let text = |secret: &Option<String>| secret.clone().unwrap_or_default();
            let (webhook, tools) = (text(webhook), text(tools));
            let secret =
                json!({ "api_key": key, "webhook_secret": webhook, "tool_secret": tools }).to_string();
            real.push(RealProvider {
                name,
                base_url,
                secret,
            });
        }
        let openai = &self.openai;
        if let Some(base_url) = openai.openai_base_url.clone() {
            let key = openai
                .openai_api_key
                .clone()
                .context("OPENAI_BASE_URL is set, but OPENAI_API_KEY is not: set the key too")?;
            let text = |secret: &Option<String>| secret.clone().unwrap_or_default();
            let secret = json!({
                "api_key": key,
                "webhook_secret": text(&openai.openai_webhook_secret),
                "project_id": text(&openai.openai_project_id),
            });
            real.push(RealProvider {
                name: "Openai",
                base_url,
                secret: secret.to_string(),
            });
        }
        Ok(real)
    }

    /// What every function is told beyond the template.
    fn environment(&self) -> BTreeMap<String, String> {
        let allowed = ("EVENT_ALLOW_LOOPBACK".to_owned(), true.to_string());
        let public = self.public_url.clone().map(|url| ("PUBLIC_URL".to_owned(), url));
        let loopback = self.event_allow_loopback.then_some(allowed);
        let trusted = (TRUSTED_CERTIFICATES.to_owned(), self.trusted_certificates.clone());
        loopback.into_iter().chain(public).chain([trusted]).collect()
    }

    fn config(&self) -> anyhow::Result<LocalConfig> {
        let (eleven, ultra, usual) = (&self.elevenlabs, &self.ultravox, SimulatorConfig::default());
        let or = |given: &Option<String>, usual: String| given.clone().unwrap_or(usual);
        let simulated = SimulatorConfig {
            api_key: or(&eleven.elevenlabs_api_key, usual.api_key),
            webhook_secret: or(&eleven.elevenlabs_webhook_secret, usual.webhook_secret),
            tool_secret: or(&eleven.elevenlabs_tool_secret, usual.tool_secret),
            ultravox_api_key: or(&ultra.ultravox_api_key, usual.ultravox_api_key),
            ultravox_webhook_secret: or(&ultra.ultravox_webhook_secret, usual.ultravox_webhook_secret),
            clock_factor: self.clock_factor,
            ..SimulatorConfig::default()
        };
        let mut parameters = BTreeMap::from([("LogLevel".to_owned(), self.log_level.clone())]);
        if let Some(limit) = self.concurrency_limit {
            parameters.insert("ConcurrencyLimit".to_owned(), limit.to_string());
        }
        let mut secrets = BTreeMap::new();
        for real in self.real_providers()? {
            parameters.insert(format!("{}BaseUrl", real.name), real.base_url);
            secrets.insert(format!("{}Secret", real.name), real.secret);
        }
        let is_simulated = secrets.is_empty();
        let account = self
            .carrier
            .twilio_account_sid
            .as_ref()
            .zip(self.carrier.twilio_auth_token.as_ref());
        if let Some((sid, token)) = account.filter(|_| !is_simulated) {
            let account = json!({ "account_sid": sid, "auth_token": token });
            secrets.insert("TwilioSecret".to_owned(), account.to_string());
        }
        let here = runner::own_folder().context("the folder of this program cannot be found")?;
        Ok(LocalConfig {
            template: self.template.clone(),
            data_dir: std::path::absolute(&self.data_dir).context("DATA_DIR is not a path")?,
            port: self.port,
            binaries: here,
            parameters,
            environment: self.environment(),
            secrets,
            schedule_minute: Some(Duration::from_secs(self.schedule_seconds.max(1))),
            without_schedules: Vec::new(),
            retry_delay: Duration::from_secs(2),
            faults: self.faults.clone(),
            simulator: is_simulated.then_some((self.simulator_port, simulated)),
            site: PathBuf::from("site/dist"),
            quiet: true,
        })
    }
}

async fn run(settings: Settings) -> anyhow::Result<()> {
    // The engines report refused requests and failed conditions, which are everyday here.
    let heard = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target("dynoxide", LevelFilter::OFF)
        .with_target("s3s", LevelFilter::OFF)
        .with_target("rustack", LevelFilter::ERROR)
        .with_target("hyper", LevelFilter::WARN);
    let lines = tracing_subscriber::fmt::layer().with_target(false).without_time();
    tracing_subscriber::registry().with(lines).with(heard).init();
    let local = Local::start(settings.config()?).await?;
    let until_stopped = stopped();
    tokio::pin!(until_stopped);
    if local.simulator().is_some() && settings.sample != "0" {
        tokio::select! {
            told = sample::run(&local, &settings.data_dir) => told?,
            () = &mut until_stopped => {
                local.shutdown().await;
                return Ok(());
            }
        }
    }
    sample::say(&format!(
        "Switchboard is at {}  (the API's reference: {}/api/docs, a token: make token, logs: {}/logs, stop: Ctrl-C)",
        local.api_url(),
        local.api_url(),
        settings.data_dir.display(),
    ));
    until_stopped.await;
    sample::say("Stopping. Everything is kept; the next start goes on.");
    local.shutdown().await;
    Ok(())
}

/// Ctrl-C, or a polite request to end.
async fn stopped() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}
