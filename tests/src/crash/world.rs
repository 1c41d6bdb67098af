//! A running system in which processes die, and how it goes on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use switchboard_local::border::Guard;
use switchboard_local::client::ApiClient;
use switchboard_local::oidc::Role;
use switchboard_local::{Local, LocalConfig, any_hour};
use switchboard_simulator::{
    Behaviour, FaultKind, SAMPLE_AGENT_ID, SAMPLE_TWILIO_LINE_ID, Scenario, ScenarioRule, SimulatorConfig,
};

use super::looks_at_every_point;
use crate::{App, binaries, check_counts, contacts_csv, root};

/// Between two looks: as briefly as tables of seconds want it, or so that many machines at once are asked little.
fn look() -> Duration {
    Duration::from_millis(if looks_at_every_point() { 500 } else { 2_000 })
}
/// The shortest that a phone may ring: what is unconfirmed is settled so much sooner.
const RINGING_SECS: u32 = 5;

/// How people and provider behave.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Every delay of the provider is divided by this.
    pub clock: f64,
    /// How long everybody talks.
    pub talk_secs: u32,
    /// Most calls at one time.
    pub limit: usize,
    /// Numbers with these last digits are busy; everybody else answers.
    pub busy: &'static [&'static str],
}

/// When a campaign begins.
#[derive(Debug, Clone, Copy)]
pub enum Begin {
    /// At once.
    Now,
    /// By itself, after a while.
    In(Duration),
}

/// A running system in which processes die.
pub struct World {
    /// The system.
    pub app: App,
    agent_id: String,
    setting: Setting,
}

/// A campaign at its end.
pub struct Ended {
    /// The campaign.
    pub campaign_id: String,
    /// Its recipients.
    pub recipients: Vec<Value>,
    /// Its calls.
    pub calls: Vec<Value>,
    /// Calls that were withdrawn before any dial, as they were last seen.
    pub withdrawn: Vec<Value>,
    /// When a recipient was first seen to be final.
    pub final_since: BTreeMap<String, Instant>,
    /// When a call was first seen to have its recording, or to have none.
    pub whole_since: BTreeMap<String, Instant>,
}

impl World {
    /// Starts it, with a guard at the border of the processes.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(setting: Setting, guard: Arc<dyn Guard>) -> anyhow::Result<Self> {
        let data = tempfile::tempdir()?;
        let busy = |suffix: &&str| ScenarioRule {
            suffix: (*suffix).to_owned(),
            behaviour: Behaviour::Busy,
            answers_from_attempt: None,
        };
        let simulated = SimulatorConfig {
            clock_factor: setting.clock,
            scenario: Scenario {
                rules: setting.busy.iter().map(busy).collect(),
                talk_secs: (setting.talk_secs, setting.talk_secs),
                ring_secs: (RINGING_SECS - 1, RINGING_SECS - 1),
            },
            ..SimulatorConfig::default()
        };
        let config = LocalConfig {
            binaries: binaries(),
            simulator: Some((0, simulated)),
            without_schedules: ["event-sender", "upload-parser"].map(str::to_owned).to_vec(),
            ..LocalConfig::for_tests(root(), data.path().to_owned())
        };
        let local = Local::start_guarded(config, guard).await?;
        let api = ApiClient::new(&local, Role::Admin)?;
        api.post("/api/agents/sync", &json!({})).await?;
        api.get("/api/phone-lines").await?;
        let agents = api.all("/api/agents").await?;
        let agent = agents
            .iter()
            .find(|agent| agent["provider_agent_id"] == SAMPLE_AGENT_ID);
        let agent_id = agent.and_then(|agent| agent["agent_id"].as_str());
        let world = Self {
            agent_id: agent_id.context("no sample agent")?.to_owned(),
            app: App { local, api, data },
            setting,
        };
        world.limit(setting.limit).await?;
        Ok(world)
    }

    /// Allows so many calls at one time from now on.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn limit(&self, limit: usize) -> anyhow::Result<()> {
        let limit = json!({ "concurrency_limit": limit });
        self.app.api.put("/api/queue/settings", &limit).await?;
        Ok(())
    }

    /// Whether the person with this number answers the phone.
    pub fn answers(&self, number: &str) -> bool {
        !self.setting.busy.iter().any(|suffix| number.ends_with(suffix))
    }

    /// Makes the provider misbehave from now on, for everybody.
    ///
    /// # Errors
    /// When the simulator does not take it.
    pub async fn misbehave(&self, faults: &[FaultKind]) -> anyhow::Result<()> {
        let rules: Vec<Value> = faults.iter().map(|kind| json!({ "kind": kind })).collect();
        self.tell_provider("POST", "/sim/faults", &json!(rules)).await
    }

    /// Lets the provider send recordings too.
    ///
    /// # Errors
    /// When the simulator does not take it.
    pub async fn send_audio(&self) -> anyhow::Result<()> {
        let events = json!({ "webhooks": { "events": ["transcript", "audio", "call_initiation_failure"] } });
        self.tell_provider("PATCH", "/v1/convai/settings", &events).await
    }

    async fn tell_provider(&self, method: &str, path: &str, body: &Value) -> anyhow::Result<()> {
        let simulator = self.app.local.simulator().context("no simulator")?;
        let url = format!("http://{}{path}", simulator.address());
        let http = switchboard_http::bare_builder().no_proxy().build()?;
        let request = http.request(method.parse()?, url).json(body);
        let key = SimulatorConfig::default().api_key;
        let answer = request.header("xi-api-key", key).send().await?;
        answer.error_for_status()?;
        Ok(())
    }

    /// Begins a campaign over the people from `first` on, each of whom is called once; answers its id.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn campaign(&self, first: usize, people: usize, begin: Begin) -> anyhow::Result<String> {
        let everybody = String::from_utf8(contacts_csv(first + people))?;
        let mut lines: Vec<&str> = everybody.lines().collect();
        lines.drain(1..=first);
        let upload = self
            .app
            .api
            .upload("people.csv", lines.join("\n").into_bytes())
            .await?;
        let mut campaign = json!({
            "name": "Crash points",
            "agent_id": self.agent_id,
            "phone_line_id": SAMPLE_TWILIO_LINE_ID,
            "list_ids": [upload["list_id"]],
            "ringing_timeout_secs": RINGING_SECS,
            "rules": { "calling_hours": any_hour() },
            "retry": { "max_attempts": 1, "delay_secs": 60, "retry_on": [] },
        });
        match begin {
            Begin::Now => campaign["start"] = json!("now"),
            Begin::In(wait) => {
                let wait = jiff::SignedDuration::try_from(wait)?;
                campaign["start"] = json!("at");
                campaign["start_at"] = json!(now() + wait);
            }
        }
        let created = self.app.api.post("/api/campaigns", &campaign).await?;
        let id = created["campaign_id"].as_str().context("no campaign id")?;
        Ok(id.to_owned())
    }

    /// Waits until a campaign is over and no recording of it is on its way any more. Its counts add
    /// up at every look.
    ///
    /// # Errors
    /// When they do not, or nothing has moved for `patience`.
    pub async fn end_of(&self, id: &str, patience: Duration) -> anyhow::Result<Ended> {
        let api = &self.app.api;
        let (mut moved, mut before) = (Instant::now(), (Value::Null, 0, 0));
        let (mut final_since, mut whole_since) = (BTreeMap::new(), BTreeMap::new());
        let mut every_call: BTreeMap<String, Value> = BTreeMap::new();
        loop {
            let progress = api.get(&format!("/api/campaigns/{id}/progress")).await?;
            check_counts(&progress["counts"])?;
            let recipients = api.all(&format!("/api/campaigns/{id}/recipients")).await?;
            note(&mut final_since, &recipients, "recipient_id", is_final);
            let calls = api.all(&format!("/api/calls?campaign_id={id}")).await?;
            note(&mut whole_since, &calls, "call_id", is_whole);
            every_call.extend(
                calls
                    .iter()
                    .map(|call| (call["call_id"].to_string(), call.clone())),
            );
            if matches!(progress["status"].as_str(), Some("completed" | "cancelled"))
                && progress["counts"]["total"] == progress["finished"]
                && recipients.iter().all(is_final)
                && calls.iter().all(is_whole)
            {
                for call in &calls {
                    every_call.remove(&call["call_id"].to_string());
                }
                return Ok(Ended {
                    campaign_id: id.to_owned(),
                    withdrawn: every_call.into_values().collect(),
                    recipients,
                    calls,
                    final_since,
                    whole_since,
                });
            }
            let now = (progress["counts"].clone(), final_since.len(), whole_since.len());
            if now != before {
                (moved, before) = (Instant::now(), now);
            }
            if moved.elapsed() > patience {
                bail!("nothing moves, and the campaign is not over: {progress}");
            }
            tokio::time::sleep(look()).await;
        }
    }
}

/// Notes since when records are as wanted.
fn note(since: &mut BTreeMap<String, Instant>, records: &[Value], id: &str, wanted: fn(&Value) -> bool) {
    for record in records.iter().filter(|record| wanted(record)) {
        let id = record[id].as_str().unwrap_or_default().to_owned();
        since.entry(id).or_insert_with(Instant::now);
    }
}

/// Nothing of the call is on its way any more.
fn is_whole(call: &Value) -> bool {
    call["ended_at"].is_string() && call["recording"]["state"] != "pending"
}

fn is_final(recipient: &Value) -> bool {
    !matches!(
        recipient["status"].as_str(),
        Some("pending" | "queued" | "calling") | None
    )
}

#[expect(clippy::disallowed_methods, reason = "the running system has the real time")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
