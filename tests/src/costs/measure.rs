//! The runs: an idle while, two campaigns, calls that come in, and an import.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::try_join_all;
use serde_json::{Value, json};
use switchboard_local::{Local, LocalConfig};
use switchboard_simulator::{Scenario, SimulatorConfig};

use super::Quantities;
use crate::app::{App, CampaignPlan, binaries, root, start_campaign_of};
use crate::reception::Reception;
use crate::{contacts_csv, numbers_csv};

/// Until everything that fires at the start has fired, and until everything that follows a call's end is done.
const SETTLE: Duration = Duration::from_secs(15);
/// How long the last call is waited for.
const PATIENCE: Duration = Duration::from_secs(600);
/// What we do ourselves to see how far it is.
const LOOKERS: [&str; 2] = ["admin-api", "others"];

/// What is measured.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// People in each campaign.
    pub people: usize,
    /// Calls at one time.
    pub limit: u32,
    /// Seconds for which everybody talks, in the first campaign and in the second.
    pub talks: (u32, u32),
    /// Calls that come in, of each length.
    pub callers: usize,
    /// Rows of the file.
    pub contacts: usize,
    /// Minutes in which nothing happens.
    pub idle_minutes: u32,
}

/// A quantity that grows with the length of a call.
#[derive(Debug, Clone, Default)]
pub struct Line {
    fixed: Quantities,
    second: Quantities,
}

impl Line {
    fn through((short, first): (f64, &Quantities), (long, second): (f64, &Quantities)) -> Self {
        let each = second.and(&first.times(-1.0)).times(1.0 / (long - short));
        Self {
            fixed: first.and(&each.times(-short)),
            second: each,
        }
    }

    /// For a call of so many seconds.
    #[must_use]
    pub fn at(&self, secs: f64) -> Quantities {
        self.fixed.and(&self.second.times(secs))
    }
}

/// What was measured.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// One call of a campaign.
    pub call: Line,
    /// One call that comes in, taken by the receptionist.
    pub inbound: Line,
    /// One contact that is imported.
    pub contact: Quantities,
    /// A minute in which nothing happens.
    pub idle_minute: Quantities,
    /// What is done seldom: how often in a minute, and what it takes.
    pub seldom: Vec<(f64, Quantities)>,
    /// Times that a schedule fires in a minute.
    pub firings: f64,
    /// Queues that are polled.
    pub mappings: usize,
    /// Secrets that are kept.
    pub secrets: usize,
    /// Metrics with each of their dimensions.
    pub metrics: usize,
}

/// A running system whose costs are taken piece by piece.
struct Metered {
    app: App,
    memory_mb: BTreeMap<String, u32>,
    logged: BTreeMap<String, u64>,
}

impl Metered {
    async fn start(talk_secs: u32) -> anyhow::Result<Self> {
        let data = tempfile::tempdir()?;
        let simulated = SimulatorConfig {
            scenario: Scenario {
                rules: Vec::new(),
                talk_secs: (talk_secs, talk_secs),
                ring_secs: (0, 0),
            },
            ..SimulatorConfig::default()
        };
        let config = LocalConfig {
            binaries: binaries(),
            simulator: Some((0, simulated)),
            schedule_minute: None,
            ..LocalConfig::for_tests(root(), data.path().to_owned())
        };
        let local = Local::start(config).await?;
        local.meters().turn_on();
        let functions = local.stack().functions.iter();
        let memory_mb = functions
            .map(|spec| (spec.name.clone(), spec.memory_mb))
            .collect();
        Ok(Self {
            app: App::around(local, data)?,
            memory_mb,
            logged: BTreeMap::new(),
        })
    }

    /// What was used since it was last asked.
    fn take(&mut self) -> anyhow::Result<Quantities> {
        let mut written = BTreeMap::new();
        for (function, bytes) in self.log_sizes()? {
            let before = self.logged.insert(function.clone(), bytes).unwrap_or_default();
            written.insert(function, bytes.saturating_sub(before));
        }
        let metering = self.app.local.meters().take();
        Ok(Quantities::of(&metering, &self.memory_mb, &written))
    }

    fn log_sizes(&self) -> anyhow::Result<Vec<(String, u64)>> {
        let mut sizes = Vec::new();
        for file in std::fs::read_dir(self.app.data.path().join("logs"))? {
            let file = file?;
            let name = file
                .file_name()
                .to_string_lossy()
                .trim_end_matches(".log")
                .to_owned();
            // Everything once more, for people.
            if name != "all" {
                sizes.push((name, file.metadata()?.len()));
            }
        }
        Ok(sizes)
    }

    /// Metrics that were written, each with each of its dimensions: CloudWatch counts them so.
    fn metrics(&self) -> anyhow::Result<BTreeSet<String>> {
        let mut metrics = BTreeSet::new();
        for file in std::fs::read_dir(self.app.data.path().join("logs"))? {
            let text = std::fs::read_to_string(file?.path()).unwrap_or_default();
            let lines = text.lines().filter(|line| line.contains("\"_aws\""));
            for line in lines.filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
                metrics.extend(metrics_of(&line));
            }
        }
        Ok(metrics)
    }

    /// What `work` used besides what a deployment uses anyway; without our own looks at it.
    async fn used_by(
        &mut self,
        idle_minute: &Quantities,
        work: impl AsyncFnOnce(&App) -> anyhow::Result<()>,
    ) -> anyhow::Result<Quantities> {
        self.take()?;
        let begun = Instant::now();
        work(&self.app).await?;
        tokio::time::sleep(SETTLE).await;
        let minutes = begun.elapsed().as_secs_f64() / 60.0;
        let used = self.take()?.and(&idle_minute.times(-minutes));
        Ok(used.without(&LOOKERS.map(str::to_owned)))
    }
}

fn metrics_of(line: &Value) -> Vec<String> {
    let mut metrics = Vec::new();
    for directive in line["_aws"]["CloudWatchMetrics"].as_array().into_iter().flatten() {
        for dimensions in directive["Dimensions"].as_array().into_iter().flatten() {
            let of = |name: &Value| format!("{name}={}", line[name.as_str().unwrap_or_default()]);
            let dimensions: Vec<String> = dimensions.as_array().into_iter().flatten().map(of).collect();
            for metric in directive["Metrics"].as_array().into_iter().flatten() {
                metrics.push(format!("{} {}", metric["Name"], dimensions.join(" ")));
            }
        }
    }
    metrics
}

/// Runs everything, in real time; tells `say` what comes next.
///
/// # Errors
/// When something of it does not come to its end.
pub async fn measure(plan: Plan, say: impl Fn(&str)) -> anyhow::Result<Measured> {
    let mut metered = Box::pin(Metered::start(plan.talks.0)).await?;
    let mut measured = still(&metered);
    say("an idle while");
    tokio::time::sleep(SETTLE).await;
    let at_start = metered.take()?;
    tokio::time::sleep(Duration::from_secs(u64::from(plan.idle_minutes) * 60)).await;
    measured.idle_minute = metered.take()?.times(1.0 / f64::from(plan.idle_minutes));
    measured.seldom = seldom(&metered, &at_start);

    say("an import");
    let import = metered.used_by(&measured.idle_minute, async |app| {
        app.api
            .upload("many.csv", numbers_csv(0, plan.contacts))
            .await
            .map(drop)
    });
    measured.contact = import.await?.times(1.0 / plan.contacts as f64);

    say("a campaign of short calls");
    let short = Box::pin(campaign(&mut metered, plan, &measured.idle_minute)).await?;
    say("calls that come in");
    measured.inbound = Box::pin(inbound(&mut metered, plan, &measured.idle_minute)).await?;
    measured.metrics = metered.metrics()?.len();
    metered.app.stop().await;

    say("a campaign of longer calls");
    let mut metered = Box::pin(Metered::start(plan.talks.1)).await?;
    tokio::time::sleep(SETTLE).await;
    let long = Box::pin(campaign(&mut metered, plan, &measured.idle_minute)).await?;
    metered.app.stop().await;
    let at = |secs| f64::from(secs);
    measured.call = Line::through((at(plan.talks.0), &short), (at(plan.talks.1), &long));
    Ok(measured)
}

/// What the template has, whatever happens.
fn still(metered: &Metered) -> Measured {
    let stack = metered.app.local.stack();
    let schedules = stack.functions.iter().flat_map(|spec| &spec.schedules);
    Measured {
        firings: schedules
            .map(|schedule| 60.0 / schedule.every.as_secs_f64())
            .sum(),
        mappings: stack.mappings.len(),
        secrets: stack.secrets.len(),
        ..Measured::default()
    }
}

/// Functions that fire less often than every minute: what each took when it fired at the start.
fn seldom(metered: &Metered, at_start: &Quantities) -> Vec<(f64, Quantities)> {
    let mut seldom = Vec::new();
    for spec in &metered.app.local.stack().functions {
        let rare = spec
            .schedules
            .iter()
            .find(|schedule| schedule.every > Duration::from_secs(60));
        if let Some(schedule) = rare {
            let used = at_start.only(std::slice::from_ref(&spec.name));
            seldom.push((60.0 / schedule.every.as_secs_f64(), used));
        }
    }
    seldom
}

/// What one call of a campaign uses, its person's place in the campaign included.
async fn campaign(metered: &mut Metered, plan: Plan, idle_minute: &Quantities) -> anyhow::Result<Quantities> {
    let upload = metered
        .app
        .api
        .upload("contacts.csv", contacts_csv(plan.people))
        .await?;
    tokio::time::sleep(SETTLE).await;
    let used = metered.used_by(idle_minute, async |app| {
        let calls = CampaignPlan {
            limit: plan.limit,
            max_attempts: 1,
        };
        let id = start_campaign_of(&app.api, &upload, &calls).await?;
        let progress = app.finish(&id, PATIENCE).await?;
        let completed = progress["counts"]["completed"].as_u64().context("no counts")?;
        anyhow::ensure!(
            completed == plan.people as u64,
            "not everybody was reached: {progress}"
        );
        Ok(())
    });
    Ok(used.await?.times(1.0 / plan.people as f64))
}

/// What one call that comes in uses, by its length.
async fn inbound(metered: &mut Metered, plan: Plan, idle_minute: &Quantities) -> anyhow::Result<Line> {
    let reception = Reception::open(&metered.app).await?;
    let mut used = Vec::new();
    for secs in [plan.talks.0, plan.talks.1] {
        // A turn every six seconds.
        let scenario = json!({ "turns": (secs / 6).max(2), "seconds": secs });
        let calls = metered.used_by(idle_minute, async |_| {
            let mut rung = Vec::new();
            for caller in 0..plan.callers {
                let from = format!("+1415555{:04}", 2_000 + caller);
                rung.push(reception.ring(&from, &scenario).await?);
            }
            try_join_all(rung.iter().map(|sid| reception.concluded(sid, PATIENCE)))
                .await
                .map(drop)
        });
        used.push(calls.await?.times(1.0 / plan.callers as f64));
    }
    let at = |secs| f64::from(secs);
    Ok(Line::through(
        (at(plan.talks.0), &used[0]),
        (at(plan.talks.1), &used[1]),
    ))
}
