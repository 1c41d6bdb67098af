//! `make bench-slots`: how well the allowed number of calls is used, in real time, and that it is never passed.
//!
//! With enough people due and calls of 10 to 50 seconds: the calls in progress on average, as the provider's
//! ledger has them, of the calls allowed. The anchor is a line on which the next call begins in the moment in
//! which one ends, which would be 100 %.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "the table is what this is for, and the ledger has the real time"
)]

use std::time::Duration;

use anyhow::{Context, bail};
use jiff::Timestamp;
use serde_json::json;
use switchboard_simulator::{Scenario, SimulatorConfig};
use switchboard_tests::{App, average_live, people};

/// Until every slot is held by a call that began while others ended.
const WARM_UP: Duration = Duration::from_secs(60);
/// Area codes of the people.
const AREAS: [u32; 4] = [201, 202, 203, 205];

struct Plan {
    limits: Vec<u32>,
    measured: Duration,
}

/// `--secs=180` and `--limits=5,15,200`.
fn plan() -> anyhow::Result<Plan> {
    let mut plan = Plan {
        limits: vec![5, 15, 200],
        measured: Duration::from_secs(180),
    };
    for argument in std::env::args().skip(1) {
        match argument.split_once('=') {
            Some(("--secs", secs)) => plan.measured = Duration::from_secs(secs.parse()?),
            Some(("--limits", limits)) => {
                plan.limits = limits.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            _ => bail!("{argument} is unknown: say --secs=180 or --limits=5,15,200"),
        }
    }
    Ok(plan)
}

/// What was seen under one limit.
struct Seen {
    average: f64,
    peak: u32,
    /// Seconds from the end of a call to the next one in its place.
    gap: f64,
}

async fn measure(limit: u32, measured: Duration) -> anyhow::Result<Seen> {
    let app = App::start_with(SimulatorConfig {
        scenario: Scenario {
            rules: Vec::new(),
            talk_secs: (10, 50),
            ring_secs: (0, 0),
        },
        ..SimulatorConfig::default()
    })
    .await?;
    let mut plan = app.plain_campaign("Slots", limit).await?;
    plan["start"] = "draft".into();
    let made = app.api.post("/api/campaigns", &plan).await?;
    let id = made["campaign_id"].as_str().context("no campaign")?.to_owned();
    // A call takes half a minute, and somebody is always due.
    let secs = WARM_UP.as_secs() + measured.as_secs();
    let wanted = usize::try_from(u64::from(limit) * secs / 25 + 100)?;
    for (area, first) in AREAS
        .iter()
        .flat_map(|area| (0..10_000).step_by(500).map(move |first| (area, first)))
        .take(wanted.div_ceil(500))
    {
        let added = json!({ "recipients": people(*area, first..first + 500) });
        app.api
            .post(&format!("/api/campaigns/{id}/recipients"), &added)
            .await?;
    }
    app.api
        .post(&format!("/api/campaigns/{id}/start"), &json!({}))
        .await?;
    tokio::time::sleep(WARM_UP).await;
    let from = Timestamp::now();
    tokio::time::sleep(measured).await;
    let (ledger, to) = (app.ledger(), Timestamp::now());
    let left = app.api.get(&format!("/api/campaigns/{id}/progress")).await?;
    if left["counts"]["pending"].as_u64().unwrap_or(0) == 0 {
        bail!("nobody was due any more: {left}");
    }
    app.api
        .post(&format!("/api/campaigns/{id}/cancel"), &json!({}))
        .await?;
    app.stop().await;
    let average = average_live(&ledger, "+1", from, to);
    let begun = switchboard_tests::dials_between(&ledger, "+1", from, to);
    let idle = (f64::from(limit) - average) * measured.as_secs_f64();
    Ok(Seen {
        average,
        peak: ledger.peak_live,
        gap: idle / (begun as f64).max(1.0),
    })
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let plan = plan()?;
    println!(
        "| calls allowed | in progress on average | of those allowed | most at one time | idle between two calls |"
    );
    println!("|---:|---:|---:|---:|---:|");
    for limit in plan.limits {
        eprintln!(
            "{limit} calls at one time: {} s",
            (WARM_UP + plan.measured).as_secs()
        );
        let seen = measure(limit, plan.measured).await?;
        println!(
            "| {limit} | {:.2} | {:.1} % | {} | {:.2} s |",
            seen.average,
            seen.average / f64::from(limit) * 100.0,
            seen.peak,
            seen.gap
        );
    }
    Ok(())
}
