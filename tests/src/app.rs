//! The running system, and what tests do with it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use switchboard_local::client::ApiClient;
use switchboard_local::oidc::Role;
use switchboard_local::{Local, LocalConfig, any_hour};
use switchboard_simulator::{Ledger, SAMPLE_AGENT_ID, SAMPLE_TWILIO_LINE_ID, SimulatorConfig};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_owned)
        .unwrap_or_default()
}

/// The folder with the functions' binaries: that of this program, or the one above when it is a test or an
/// example.
pub fn binaries() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    let folder = own.parent().map(Path::to_owned).unwrap_or_default();
    match folder.ends_with("deps") || folder.ends_with("examples") {
        true => folder.parent().map(Path::to_owned).unwrap_or_default(),
        false => folder,
    }
}

/// How a test campaign calls.
#[derive(Debug, Clone)]
pub struct CampaignPlan {
    /// Calls at one time.
    pub limit: u32,
    /// Most placed calls to one person.
    pub max_attempts: u32,
}

/// The running system.
pub struct App {
    /// The runner.
    pub local: Local,
    /// A caller with all rights.
    pub api: ApiClient,
    /// Where everything is kept; gone with the test.
    pub data: tempfile::TempDir,
}

impl App {
    /// The system with a simulator whose delays are divided by `clock_factor`.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(clock_factor: f64) -> anyhow::Result<Self> {
        Self::start_with(SimulatorConfig {
            clock_factor,
            ..SimulatorConfig::default()
        })
        .await
    }

    /// The system with this simulator.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_with(simulated: SimulatorConfig) -> anyhow::Result<Self> {
        let data = tempfile::tempdir()?;
        let config = LocalConfig {
            binaries: binaries(),
            simulator: Some((0, simulated)),
            ..LocalConfig::for_tests(root(), data.path().to_owned())
        };
        let local = Local::start(config).await?;
        let api = ApiClient::new(&local, Role::Admin)?;
        Ok(Self { local, api, data })
    }

    /// A system that was started elsewhere, with its data.
    ///
    /// # Errors
    /// When nobody can sign in to it.
    pub fn around(local: Local, data: tempfile::TempDir) -> anyhow::Result<Self> {
        let api = ApiClient::new(&local, Role::Admin)?;
        Ok(Self { local, api, data })
    }

    /// What the simulator saw.
    ///
    /// # Panics
    /// Never: a test's system always has its simulator.
    pub fn ledger(&self) -> Ledger {
        self.local
            .simulator()
            .map(switchboard_simulator::Simulator::ledger)
            .unwrap_or_default()
    }

    /// Starts a campaign over `count` fictional people; answers its id.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn campaign(&self, count: usize, plan: &CampaignPlan) -> anyhow::Result<String> {
        start_campaign(&self.api, crate::contacts_csv(count), plan).await
    }

    /// What a campaign of the sample agent needs at the least, ready for more: its people come inline. Agents
    /// and lines are known afterwards, and `limit` calls are made at one time.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn plain_campaign(&self, name: &str, limit: u32) -> anyhow::Result<Value> {
        let agent_id = prepare(&self.api, limit).await?;
        Ok(json!({
            "name": name,
            "agent_id": agent_id,
            "phone_line_id": SAMPLE_TWILIO_LINE_ID,
            "start": "now",
            "ringing_timeout_secs": 20,
            "rules": { "calling_hours": any_hour() },
            "recipients": [],
        }))
    }

    /// Waits until the campaign is over; its counts add up at every look.
    ///
    /// # Errors
    /// When they do not, or nobody's status has changed for `patience`.
    pub async fn finish(&self, id: &str, patience: Duration) -> anyhow::Result<Value> {
        finish_campaign(&self.api, id, patience).await
    }

    /// Ends the system.
    pub async fn stop(self) {
        self.local.shutdown().await;
    }
}

/// Uploads contacts and starts a campaign over them; answers its id.
///
/// # Errors
/// When a step is refused.
pub async fn start_campaign(
    api: &ApiClient,
    contacts: Vec<u8>,
    plan: &CampaignPlan,
) -> anyhow::Result<String> {
    let upload = api.upload("contacts.csv", contacts).await?;
    start_campaign_of(api, &upload, plan).await
}

/// Starts a campaign over the list of an upload; answers its id.
///
/// # Errors
/// When a step is refused.
pub async fn start_campaign_of(
    api: &ApiClient,
    upload: &Value,
    plan: &CampaignPlan,
) -> anyhow::Result<String> {
    let agent_id = prepare(api, plan.limit).await?;
    let campaign = json!({
        "name": "A test",
        "agent_id": agent_id,
        "phone_line_id": SAMPLE_TWILIO_LINE_ID,
        "list_ids": [upload["list_id"]],
        "start": "now",
        "ringing_timeout_secs": 20,
        "rules": { "calling_hours": any_hour() },
        "retry": { "max_attempts": plan.max_attempts, "delay_secs": 60, "retry_on": ["no_answer", "busy"] },
    });
    let mut campaign = campaign;
    if plan.max_attempts > 1 {
        campaign["retry"]["delay_secs"] = json!(1);
    }
    let created = api.post("/api/campaigns", &campaign).await?;
    Ok(created["campaign_id"]
        .as_str()
        .context("no campaign id")?
        .to_owned())
}

/// Sets the limit and learns the provider's agents and lines; answers the sample agent's id.
async fn prepare(api: &ApiClient, limit: u32) -> anyhow::Result<Value> {
    api.put("/api/queue/settings", &json!({ "concurrency_limit": limit }))
        .await?;
    api.post("/api/agents/sync", &json!({})).await?;
    api.get("/api/phone-lines").await?;
    let agents = api.all("/api/agents").await?;
    let agent = agents
        .iter()
        .find(|agent| agent["provider_agent_id"] == SAMPLE_AGENT_ID);
    Ok(agent.context("no sample agent")?["agent_id"].clone())
}

/// Waits until a campaign is over; its counts add up at every look.
///
/// # Errors
/// When they do not, or nobody's status has changed for `patience`: how fast people are called is up to the machine.
pub async fn finish_campaign(api: &ApiClient, id: &str, patience: Duration) -> anyhow::Result<Value> {
    let (mut moved, mut before) = (Instant::now(), Value::Null);
    loop {
        let progress = api.get(&format!("/api/campaigns/{id}/progress")).await?;
        check_counts(&progress["counts"])?;
        if progress["counts"] != before {
            (moved, before) = (Instant::now(), progress["counts"].clone());
        }
        if matches!(
            progress["status"].as_str(),
            Some("completed" | "cancelled" | "failed")
        ) && progress["counts"]["total"] == progress["finished"]
        {
            return Ok(progress);
        }
        if moved.elapsed() > patience {
            bail!("nothing moves, and the campaign is not over: {progress}");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The counts of all statuses add up to the total.
///
/// # Errors
/// When they do not.
pub fn check_counts(counts: &Value) -> anyhow::Result<()> {
    let object = counts.as_object().context("no counts")?;
    let of = |value: &Value| value.as_u64().unwrap_or(u64::MAX);
    let sum: u64 = object
        .iter()
        .filter(|(name, _)| *name != "total")
        .map(|(_, value)| of(value))
        .sum();
    if sum != of(&counts["total"]) {
        bail!("the counts do not add up: {counts}");
    }
    Ok(())
}
