//! `make fuzz`: every target for a while, with its speed; what breaks one is kept.
//!
//! Each target runs in a process of its own with bounded memory. That process writes down each input
//! before it tries it, so that one that ends the process, or never ends, is kept as well.
#![expect(clippy::print_stdout, reason = "the table is what this is for")]

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use switchboard_fuzz::{Mutator, TARGETS, Target, keep, kept_inputs, panics, smaller};

/// Longest that one input may take, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// Memory that the process of a target may address, in KiB.
const MEMORY_KIB: u64 = 8 << 20;
/// Findings of one target before it stops: what is broken is known by then.
const MOST_FINDINGS: u64 = 5;
/// Exit code of a target's process that has kept what it panicked at.
const HAS_PANICKED: u8 = 9;
const POLL: Duration = Duration::from_millis(200);

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, name, secs, seed, at] = arguments.as_slice()
        && mode == "--target"
    {
        let target = TARGETS.iter().find(|target| target.name == name);
        let target = target.context("there is no such target")?;
        let found = try_inputs(
            target,
            Duration::from_secs(secs.parse()?),
            seed.parse()?,
            Path::new(at),
        )?;
        return Ok(ExitCode::from(if found > 0 { HAS_PANICKED } else { 0 }));
    }
    let secs: u64 = match arguments.first() {
        Some(text) => text
            .parse()
            .context("the first argument is the seconds per target")?,
        None => 60,
    };
    let only = arguments.get(1);
    if only.is_some_and(|only| TARGETS.iter().all(|target| target.name != only)) {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        anyhow::bail!("there is no such target; there are {}", names.join(", "));
    }
    let seed: u64 = rand::random();
    println!("seed {seed}, {secs} s each");
    println!("| target | inputs | inputs/s | slowest ms | findings |\n|---|---:|---:|---:|---:|");
    let mut broken = false;
    for target in TARGETS {
        if only.is_none_or(|only| only == target.name) {
            broken |= !watched(target, secs, seed)?;
        }
    }
    Ok(ExitCode::from(u8::from(broken)))
}

/// Tries inputs until the time is over, prints the row of the table, and answers how many panicked.
fn try_inputs(target: &Target, time: Duration, seed: u64, at: &Path) -> Result<u64> {
    std::panic::set_hook(Box::new(|_| {}));
    let current = File::create(at)?;
    let mut samples = (target.samples)();
    samples.extend(kept_inputs(target.name));
    let mut mutator = Mutator::new(samples, seed);
    let (begun, mut tried, mut found, mut slowest) = (Instant::now(), 0u64, 0u64, Duration::ZERO);
    while begun.elapsed() < time && found < MOST_FINDINGS {
        let input = mutator.draw();
        current.set_len(0)?;
        current.write_all_at(&input, 0)?;
        let one = Instant::now();
        let panicked = panics(target, &input);
        slowest = slowest.max(one.elapsed());
        tried += 1;
        if panicked {
            found += 1;
            keep(target.name, &smaller(target, &input))?;
        }
    }
    let speed = tried as f64 / begun.elapsed().as_secs_f64();
    let slowest = slowest.as_millis();
    println!("| {} | {tried} | {speed:.0} | {slowest} | {found} |", target.name);
    Ok(found)
}

/// Runs a target in a process of its own; false when something broke it.
fn watched(target: &Target, secs: u64, seed: u64) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let at = folder.path().join("input");
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -v {MEMORY_KIB}; exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe()?)
        .args(["--target", target.name, &secs.to_string(), &seed.to_string()])
        .arg(&at)
        .stdin(Stdio::null())
        .spawn()?;
    let why = match ended(&mut child, &at)? {
        Some(status) if status.success() => return Ok(true),
        // It panicked, and has kept what it panicked at.
        Some(status) if status.code() == Some(HAS_PANICKED.into()) => return Ok(false),
        Some(status) => status.to_string(),
        None => format!("one input took more than {} s", PATIENCE.as_secs()),
    };
    let kept = keep(target.name, &std::fs::read(&at)?)?;
    println!("| {} | {why}, kept as {} | | | 1 |", target.name, kept.display());
    Ok(false)
}

/// How the process ended; none when it stayed with one input for too long and was ended.
fn ended(child: &mut Child, at: &Path) -> Result<Option<ExitStatus>> {
    let (mut last, mut since) = (None, Instant::now());
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let written = at.metadata().and_then(|file| file.modified()).ok();
        if written != last {
            (last, since) = (written, Instant::now());
        }
        if since.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(POLL);
    }
}
