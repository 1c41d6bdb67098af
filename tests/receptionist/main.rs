//! `make receptionist-check`: many long calls at one time, with hand-overs, sockets that break, and everything that
//! is known to go wrong; then every turn that was kept is held against what was really said.
#![expect(clippy::print_stdout, reason = "the table is what this is for")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use serde_json::{Value, json};
use switchboard_local::{Local, LocalConfig};
use switchboard_simulator::SimulatorConfig;
use switchboard_tests::{App, Differences, Reception, binaries, root};

/// After the last call rang, or should have ended.
const PATIENCE: Duration = Duration::from_secs(180);

/// What is checked.
struct Plan {
    calls: usize,
    minutes: u32,
    clock: f64,
    /// Real seconds for which one invocation stays with a call.
    hand_over_secs: u64,
    /// Milliseconds between two callers.
    every_ms: u64,
    /// Only what goes wrong in this call of ten, from 0.
    hazard: Option<usize>,
}

/// `--calls=50`, `--minutes=20`, `--clock=10`, `--hand-over=20`, `--every-ms=700`, `--hazard=2`.
fn plan() -> anyhow::Result<Plan> {
    let mut plan = Plan {
        calls: 50,
        minutes: 20,
        clock: 8.0,
        hand_over_secs: 25,
        every_ms: 900,
        hazard: None,
    };
    for argument in std::env::args().skip(1) {
        match argument.split_once('=') {
            Some(("--calls", calls)) => plan.calls = calls.parse()?,
            Some(("--minutes", minutes)) => plan.minutes = minutes.parse()?,
            Some(("--clock", clock)) => plan.clock = clock.parse()?,
            Some(("--hand-over", secs)) => plan.hand_over_secs = secs.parse()?,
            Some(("--every-ms", ms)) => plan.every_ms = ms.parse()?,
            Some(("--hazard", n)) => plan.hazard = Some(n.parse()?),
            _ => bail!(
                "{argument} is unknown: say --calls, --minutes, --clock, --hand-over, --every-ms or --hazard"
            ),
        }
    }
    Ok(plan)
}

/// What goes wrong in the `n`-th call, and its name in the table.
fn hazard(n: usize, plan: &Plan) -> (&'static str, Value) {
    let secs = plan.minutes * 60;
    // A turn every twelve seconds.
    let turns = secs / 12;
    let mut scenario = json!({ "turns": turns, "seconds": secs });
    let name = match plan.hazard.unwrap_or(n) % 10 {
        0 => "none",
        1 => {
            // Five real seconds: whoever attaches is that patient.
            scenario["socket_delay_ms"] = json!(plan.clock * 5_000.0);
            "found late"
        }
        2 | 3 => {
            scenario["drop_sockets"] = json!(0.01);
            "sockets break"
        }
        4 => {
            scenario["drop_sockets"] = json!(40);
            "sockets break often"
        }
        5 => {
            scenario["late_hangup"] = json!(true);
            "closed before the last words"
        }
        6 => {
            scenario["duplicate_webhook"] = json!(true);
            "webhook twice"
        }
        7 => {
            scenario["twilio"] = json!({ "lose_callbacks": 1.0 });
            "end never told"
        }
        8 => {
            scenario["twilio"] = json!({ "duplicate_callbacks": true, "shuffle_callbacks": true });
            "callbacks in any order"
        }
        _ => {
            scenario["accept_dead"] = json!(true);
            "accepted and dead"
        }
    };
    (name, scenario)
}

/// What was seen of the calls with one hazard.
#[derive(Default)]
struct Seen {
    calls: usize,
    differences: Differences,
    attached: u64,
    broken: u64,
    hand_overs: u64,
    not_concluded: usize,
    open: usize,
}

async fn start(plan: &Plan) -> anyhow::Result<App> {
    let data = tempfile::tempdir()?;
    let simulated = SimulatorConfig {
        clock_factor: plan.clock,
        ..SimulatorConfig::default()
    };
    let mut config = LocalConfig {
        binaries: binaries(),
        simulator: Some((0, simulated)),
        ..LocalConfig::for_tests(root(), data.path().to_owned())
    };
    let hand_over = plan.hand_over_secs.to_string();
    config
        .environment
        .insert("RECEPTION_HANDOVER_SECS".to_owned(), hand_over);
    config
        .environment
        .insert("RECEPTION_CLOCK_FACTOR".to_owned(), plan.clock.to_string());
    let local = Local::start(config).await?;
    App::around(local, data)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let plan = plan()?;
    let app = start(&plan).await?;
    let reception = Reception::open(&app).await?;
    let begun = Instant::now();
    let mut calls = Vec::new();
    for n in 0..plan.calls {
        let (name, scenario) = hazard(n, &plan);
        let from = format!("+1415555{:04}", 1_000 + n);
        calls.push((name, reception.ring(&from, &scenario).await?));
        tokio::time::sleep(Duration::from_millis(plan.every_ms)).await;
    }
    println!(
        "{} calls rang within {:.0} s",
        calls.len(),
        begun.elapsed().as_secs_f64()
    );
    let longest = Duration::from_secs_f64(f64::from(plan.minutes) * 60.0 / plan.clock);
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    let until = Instant::now() + longest + PATIENCE;
    for (name, sid) in &calls {
        let left = until
            .saturating_duration_since(Instant::now())
            .max(Duration::from_secs(5));
        let concluded = reception.concluded(sid, left).await;
        let of = seen.entry(name).or_default();
        of.calls += 1;
        if let Err(error) = &concluded {
            of.not_concluded += 1;
            println!("{name}: {error:.600}");
        }
        look(&reception, sid, name, of).await?;
    }
    let all = print(&seen);
    println!(
        "took {:.0} s at a clock {} times as fast",
        begun.elapsed().as_secs_f64(),
        plan.clock
    );
    app.stop().await;
    ensure!(all.differences.are_none(), "turns differ from what was said");
    ensure!(all.not_concluded == 0 && all.open == 0, "calls were left open");
    Ok(())
}

/// Adds what became of one call.
async fn look(reception: &Reception, sid: &str, name: &str, of: &mut Seen) -> anyhow::Result<()> {
    let differences = reception.compare(sid).await?;
    if !differences.are_none() {
        println!("{name}, {}: {differences:?}", Reception::call_id(sid));
    }
    of.differences = std::mem::take(&mut of.differences).and(differences);
    let simulated = reception.of_simulator(sid).await?;
    for session in simulated["openai"].as_array().into_iter().flatten() {
        let (attached, broken) = (
            session["sockets_attached"].as_u64().unwrap_or(0),
            session["sockets_broken"].as_u64().unwrap_or(0),
        );
        of.attached += attached;
        of.broken += broken;
        of.hand_overs += attached.saturating_sub(broken + 1);
    }
    let call = reception.call(sid).await?;
    of.open += usize::from(call["status"] == "in_progress");
    Ok(())
}

fn print(seen: &BTreeMap<&str, Seen>) -> Seen {
    println!(
        "{:<30} {:>5} {:>6} {:>5} {:>8} {:>12} {:>6} {:>7} {:>7} {:>10} {:>5}",
        "hazard",
        "calls",
        "turns",
        "lost",
        "repeated",
        "out of order",
        "untold",
        "sockets",
        "broken",
        "hand-overs",
        "open"
    );
    let mut all = Seen::default();
    for (name, one) in seen {
        line(name, one);
        all.calls += one.calls;
        all.differences = std::mem::take(&mut all.differences).and(one.differences.clone());
        all.attached += one.attached;
        all.broken += one.broken;
        all.hand_overs += one.hand_overs;
        all.not_concluded += one.not_concluded;
        all.open += one.open;
    }
    line("all", &all);
    all
}

fn line(name: &str, seen: &Seen) {
    let found = &seen.differences;
    println!(
        "{name:<30} {:>5} {:>6} {:>5} {:>8} {:>12} {:>6} {:>7} {:>7} {:>10} {:>5}",
        seen.calls,
        found.said,
        found.lost,
        found.repeated,
        found.out_of_order,
        found.untold,
        seen.attached,
        seen.broken,
        seen.hand_overs,
        seen.open + seen.not_concluded
    );
}
