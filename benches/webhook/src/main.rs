//! `make bench-webhook`: a long transcript through the function that takes webhooks in.
//!
//! What is measured is the processor's time of the handler, apart from the calls of the store: their encoding,
//! signing and sending are the SDK's. The anchor is what nobody can do without: the signature checked, and the same
//! bytes read into borrowed fields, by the same code and the same crates.
#![expect(clippy::print_stdout, reason = "the table is what this is for")]

mod anchor;
mod body;
mod clocks;
mod world;

use std::hint::black_box;
use std::time::Duration;

use anyhow::{bail, ensure};
use serde_json::Value;
use switchboard_domain::ProviderKind;
use switchboard_providers::platform;
use switchboard_store::WebhookRecord;

use crate::world::World;

struct Plan {
    bytes: usize,
    deliveries: usize,
}

/// `--bytes=200000` and `--deliveries=200`.
fn plan() -> anyhow::Result<Plan> {
    let mut plan = Plan {
        bytes: 200_000,
        deliveries: 200,
    };
    for argument in std::env::args().skip(1) {
        match argument.split_once('=') {
            Some(("--bytes", bytes)) => plan.bytes = bytes.parse()?,
            Some(("--deliveries", count)) => plan.deliveries = count.parse()?,
            _ => bail!("{argument} is unknown: say --bytes=200000 or --deliveries=200"),
        }
    }
    Ok(plan)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let plan = plan()?;
    clocks::watch_store_calls();
    let world = World::start().await?;
    let raw = body::transcript(plan.bytes, "call_01kexample000000000000000a", 0);
    let signature = world.sign(raw.as_bytes());
    println!("{} bytes, {} turns", raw.len(), body::turns(plan.bytes));

    let bytes = raw.as_bytes();
    let verified = of_many(|| world.verify(&signature, bytes));
    let borrowed = of_many(|| anchor::read(bytes).is_ok_and(|turns| turns > 0));
    let anchor =
        of_many(|| world.verify(&signature, bytes) && anchor::read(bytes).is_ok_and(|turns| turns > 0));
    let ours = of_many(|| platform(ProviderKind::Elevenlabs).parse_webhook(bytes).is_ok());
    let value = of_many(|| serde_json::from_slice::<Value>(bytes).is_ok());
    let digest = of_many(|| WebhookRecord::digest_of(bytes).len() == 64);

    let mut own = Vec::new();
    let mut whole = Vec::new();
    for number in 0..plan.deliveries {
        let call = world.call_in_progress(number).await?;
        let raw = body::transcript(plan.bytes, call.as_str(), number);
        let request = world.request(&raw)?;
        let spent = world.deliver(request).await?;
        // The first ones open the connections and fill the caches.
        if number >= plan.deliveries / 10 {
            own.push(spent.own);
            whole.push(spent.whole);
        }
        ensure!(world.has_ended(&call).await?, "a delivery did not end its call");
    }
    own.sort_unstable();
    whole.sort_unstable();

    println!("| step | p50 | p99 | beside the anchor |");
    println!("|---|---:|---:|---:|");
    row("signature checked", &verified, &anchor);
    row("read into borrowed fields", &borrowed, &anchor);
    row("anchor: both", &anchor, &anchor);
    row("read as we read it", &ours, &anchor);
    row("read into a Value (not done)", &value, &anchor);
    row("digest, by which it is known again", &digest, &anchor);
    row("a delivery, without the store's calls", &own, &anchor);
    row("a delivery, with what the SDK does for them", &whole, &anchor);
    println!(
        "\n{:.0} deliveries a second of one processor, if the store answered at once",
        1.0 / at(&whole, 50).as_secs_f64()
    );
    Ok(())
}

/// How long it takes, many times, shortest first.
fn of_many(mut work: impl FnMut() -> bool) -> Vec<Duration> {
    let mut took: Vec<Duration> = (0..1_000)
        .map(|_| {
            let begun = clocks::worked();
            assert!(black_box(work()), "the sample is not what it should be");
            clocks::worked().saturating_sub(begun)
        })
        .collect();
    took.sort_unstable();
    took
}

fn at(sorted: &[Duration], percent: usize) -> Duration {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default()
}

fn row(name: &str, took: &[Duration], anchor: &[Duration]) {
    let micros = |percent| at(took, percent).as_secs_f64() * 1e6;
    let beside = at(took, 50).as_secs_f64() / at(anchor, 50).as_secs_f64();
    println!(
        "| {name} | {:.0} µs | {:.0} µs | {beside:.2} |",
        micros(50),
        micros(99)
    );
}
