//! A campaign with very many people on one machine: made, checked, started, paused, cancelled, in bounded memory,
//! and its progress answered as fast as that of a small one.
//!
//! `cargo run -p switchboard-tests --example many_recipients -- 1000000` prints what each step took, and the most
//! memory that each function had. It imports as many rows first, which takes the longest.
#![expect(clippy::print_stdout, reason = "a measurement prints what it measured")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use switchboard_tests::App;

/// Answers read per campaign for a median and a 99th percentile.
const READS: usize = 300;

/// The most memory of each function's processes so far, in MiB.
type Peaks = Arc<Mutex<BTreeMap<String, u64>>>;

/// Looks at every process that this one started.
fn note_memory(peaks: &Peaks) {
    let own = std::process::id().to_string();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(status) = std::fs::read_to_string(entry.path().join("status")) else {
            continue;
        };
        let field = |name: &str| {
            status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .map(str::trim)
        };
        if field("PPid:") != Some(&own) && entry.file_name().to_str() != Some(&own) {
            continue;
        }
        let peak = field("VmHWM:").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
        if let (Some(name), Some(kib)) = (field("Name:"), peak) {
            let mut peaks = peaks.lock().unwrap_or_else(PoisonError::into_inner);
            let known = peaks.entry(name.to_owned()).or_default();
            *known = (*known).max(kib / 1024);
        }
    }
}

/// Prints how long `what` took since `begun`.
fn say(what: &str, begun: Instant) {
    println!("{what:<40} {:>10.2} s", begun.elapsed().as_secs_f64());
}

/// Median and 99th percentile of the progress route, in milliseconds.
async fn progress_times(app: &App, id: &str) -> anyhow::Result<(f64, f64)> {
    let mut times = Vec::with_capacity(READS);
    for _ in 0..READS {
        let begun = Instant::now();
        app.api.get(&format!("/api/campaigns/{id}/progress")).await?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok((times[READS / 2], times[READS * 99 / 100]))
}

async fn import(app: &App, name: &str, rows: u64) -> anyhow::Result<Value> {
    let mut file = "phone,name,company,renewal_date\n".to_owned();
    for n in 0..rows {
        writeln!(file, "+346{n:08},Person {n},Acme,2026-12-24")?;
    }
    let request = json!({ "file_name": name });
    let id = app.api.send_file(&request, file.into_bytes()).await?;
    let upload = app.api.imported(&id).await?;
    ensure!(upload["counts"]["accepted"] == rows, "{upload}");
    Ok(upload["list_id"].clone())
}

async fn draft(app: &App, list: &Value) -> anyhow::Result<String> {
    let mut plan = app.plain_campaign("Many", 5).await?;
    plan["start"] = "draft".into();
    plan["list_ids"] = json!([list]);
    let made = app.api.post("/api/campaigns", &plan).await?;
    Ok(made["campaign_id"].as_str().context("no campaign")?.to_owned())
}

async fn progress_until(app: &App, id: &str, there: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
    loop {
        let progress = app.api.get(&format!("/api/campaigns/{id}/progress")).await?;
        if there(&progress) {
            return Ok(progress);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let rows: u64 = std::env::args().nth(1).map_or(Ok(100_000), |rows| rows.parse())?;
    let app = App::start(30.0).await?;
    let peaks = Peaks::default();
    let noting = peaks.clone();
    let watch = tokio::spawn(async move {
        loop {
            note_memory(&noting);
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    });

    let begun = Instant::now();
    let list = import(&app, "many.csv", rows).await?;
    say(&format!("{rows} rows imported"), begun);
    let few = import(&app, "few.csv", 100).await?;
    let small = draft(&app, &few).await?;

    let begun = Instant::now();
    let id = draft(&app, &list).await?;
    say("created, as a draft", begun);
    let begun = Instant::now();
    let seen = app.api.get(&format!("/api/campaigns/{id}/preflight")).await?;
    say("preflight", begun);
    ensure!(seen["people"] == rows, "{seen}");
    let begun = Instant::now();
    app.api
        .post(&format!("/api/campaigns/{id}/start"), &json!({}))
        .await?;
    say("start acknowledged", begun);
    progress_until(&app, &id, |progress| progress["finished"].as_u64() > Some(0)).await?;
    say("first call over", begun);
    progress_until(&app, &id, |progress| progress["laid_out"] == true).await?;
    say("everybody a recipient", begun);
    let (large, little) = (
        progress_times(&app, &id).await?,
        progress_times(&app, &small).await?,
    );
    println!(
        "progress, of {rows} people                {:6.1} ms median, {:6.1} ms at the 99th percentile",
        large.0, large.1
    );
    println!(
        "progress, of 100 people                   {:6.1} ms median, {:6.1} ms at the 99th percentile",
        little.0, little.1
    );
    let begun = Instant::now();
    app.api
        .post(&format!("/api/campaigns/{id}/pause"), &json!({}))
        .await?;
    say("pause acknowledged", begun);
    app.api
        .post(&format!("/api/campaigns/{id}/resume"), &json!({}))
        .await?;
    let begun = Instant::now();
    app.api
        .post(&format!("/api/campaigns/{id}/cancel"), &json!({}))
        .await?;
    say("cancel acknowledged", begun);
    let over = progress_until(&app, &id, |progress| progress["remaining"] == 0).await?;
    say("everybody final", begun);
    ensure!(over["counts"]["total"] == rows, "{over}");

    watch.abort();
    app.stop().await;
    println!("\nmost memory of one process");
    for (name, mib) in peaks.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        println!("{name:<40} {mib:>10} MiB");
    }
    Ok(())
}
