//! `make bench-live`: from a change to the browsers that show it, on many sockets at one time.
//!
//! Measured from the moment in which a request of the API is sent that changes something to the moment in which a
//! socket has the message: request, table, stream, function, socket. On AWS the stream is read some four times
//! a second, which adds an eighth of a second on average to what is measured here.
#![expect(clippy::print_stdout, reason = "the table is what this is for")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;
use switchboard_tests::{App, LiveSocket};
use tokio::sync::mpsc;

/// Between two changes; by chance they would fall on the same moment of the stream's reading otherwise.
const PAUSE: Duration = Duration::from_millis(437);
/// How long the last messages are waited for.
const PATIENCE: Duration = Duration::from_secs(10);

struct Plan {
    sockets: usize,
    changes: u32,
}

/// `--sockets=50` and `--changes=100`.
fn plan() -> anyhow::Result<Plan> {
    let mut plan = Plan {
        sockets: 50,
        changes: 100,
    };
    for argument in std::env::args().skip(1) {
        match argument.split_once('=') {
            Some(("--sockets", count)) => plan.sockets = count.parse()?,
            Some(("--changes", count)) => plan.changes = count.parse()?,
            _ => bail!("{argument} is unknown: say --sockets=50 or --changes=100"),
        }
    }
    Ok(plan)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let plan = plan()?;
    let app = App::start(1.0).await?;
    app.plain_campaign("Nobody", 2).await?;
    let (heard, mut all) = mpsc::unbounded_channel();
    for number in 0..plan.sockets {
        let mut socket = LiveSocket::open(&app.api).await?;
        socket
            .subscribe(&["queue", "calls", "inbound", "campaigns", "callbacks"])
            .await?;
        let heard = heard.clone();
        tokio::spawn(async move {
            while let Ok(message) = socket.next().await {
                if message["topic"] == "queue" && heard.send((number, Instant::now())).is_err() {
                    return;
                }
            }
        });
    }
    drop(heard);

    let mut took = Vec::new();
    let mut missed = 0;
    for change in 0..plan.changes {
        let sent = Instant::now();
        let settings = json!({ "concurrency_limit": 2 + change % 50 });
        app.api.put("/api/queue/settings", &settings).await?;
        let mut waiting: BTreeSet<usize> = (0..plan.sockets).collect();
        while !waiting.is_empty() {
            let Ok(message) = tokio::time::timeout(PATIENCE, all.recv()).await else {
                missed += waiting.len();
                break;
            };
            let (number, at) = message.context("every socket was closed")?;
            // What was told of something else before does not count.
            if at > sent && waiting.remove(&number) {
                took.push(at.duration_since(sent));
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    app.stop().await;
    took.sort_unstable();
    let at = |percent: usize| {
        let index = (took.len() * percent / 100).min(took.len().saturating_sub(1));
        took.get(index)
            .map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    };
    println!("| sockets | changes | messages | missed | p50 | p95 | p99 | slowest |");
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|");
    println!(
        "| {} | {} | {} | {missed} | {:.0} ms | {:.0} ms | {:.0} ms | {:.0} ms |",
        plan.sockets,
        plan.changes,
        took.len(),
        at(50),
        at(95),
        at(99),
        at(100)
    );
    if missed > 0 {
        bail!("{missed} messages did not come");
    }
    Ok(())
}
