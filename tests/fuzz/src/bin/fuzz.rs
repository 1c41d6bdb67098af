//! `make fuzz`: every target for a while, with its speed; what makes one panic is kept.
#![expect(clippy::print_stdout, reason = "the table is what this is for")]

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use switchboard_fuzz::{Mutator, TARGETS, corpus, kept_inputs};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let secs = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(60);
    let only = arguments.next();
    let seed = rand::random();
    println!("seed {seed}, {secs} s each\n| target | inputs | inputs/s | panics |\n|---|---:|---:|---:|");
    let mut panics = 0;
    for target in TARGETS {
        if only.as_deref().is_some_and(|only| only != target.name) {
            continue;
        }
        let mut samples = (target.samples)();
        samples.extend(kept_inputs(target.name));
        let mut mutator = Mutator::new(samples, seed);
        let (begun, mut tried, mut found) = (Instant::now(), 0u64, 0u64);
        while begun.elapsed() < Duration::from_secs(secs) {
            let input = mutator.draw();
            tried += 1;
            if catch_unwind(|| (target.run)(&input)).is_err() {
                found += 1;
                let folder = corpus(target.name);
                let kept = std::fs::create_dir_all(&folder)
                    .and_then(|()| std::fs::write(folder.join(format!("{seed:x}-{tried}")), &input));
                if let Err(error) = kept {
                    println!("the input could not be kept: {error}");
                }
            }
        }
        panics += found;
        let speed = tried as f64 / begun.elapsed().as_secs_f64();
        println!("| {} | {tried} | {speed:.0} | {found} |", target.name);
    }
    std::process::ExitCode::from(u8::from(panics > 0))
}
