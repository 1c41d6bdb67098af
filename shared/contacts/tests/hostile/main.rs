//! Files made to abort the reader, to hold it up or to fill its memory.
//!
//! Each is written here, in a folder that goes again, and read by a child process whose peak of memory is
//! then known. A file is refused with a sentence, or read to its end where that is right; either way within
//! 128 MB. Time is shown and not judged, beyond the point where a file counts as endless.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod packed;
mod spreadsheets;
mod texts;
mod xls;

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use switchboard_contacts::{FileProblem, ParseOptions, open};

/// Names the file that the child reads.
const FILE: &str = "SWITCHBOARD_HOSTILE_FILE";
const MAX_PEAK_MB: u64 = 128;
/// For files as large as honest ones may be.
const MAX_BELIEVABLE_PEAK_MB: u64 = 640;
/// A build without optimisation on a busy machine takes its time over a million rows.
const ENDLESS: Duration = Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 30 });
/// Those that are known to be endless are not waited for.
const ENDLESS_AS_KNOWN: Duration = Duration::from_secs(5);

/// A file, and the codes it may be refused with; `read` where it may be read to its end.
struct Hostile {
    name: &'static str,
    write: fn(&Path),
    outcomes: &'static [&'static str],
}

/// Files that are not withstood yet, and why. One that is withstood must leave the list.
const KNOWN: &[(&str, &str)] = &[
    ("deep-believable.xlsx", "every open element is remembered"),
    (
        "character-data-of-brackets.xlsx",
        "one event of 250 MB: a `<` in it starts the count again",
    ),
    ("comment-of-brackets.xlsx", "the same"),
    ("attribute-of-brackets.xlsx", "the same"),
    (
        "document-type-of-entities.xlsx",
        "the same; read to its end, in 260 MB",
    ),
    ("instruction-of-brackets.ods", "the same"),
    ("one-long-text-400000-times.xlsx", "every row copies 60 KB"),
    (
        "one-long-text-60000-times.xls",
        "every cell has a copy of the text",
    ),
];

#[test]
fn hostile_files_are_refused_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut failures = Vec::new();
    let only = env::var_os("SWITCHBOARD_HOSTILE_ONLY");
    for hostile in texts::ALL.iter().chain(spreadsheets::ALL).chain(xls::ALL) {
        let names = only.as_ref().map(|only| only.to_string_lossy());
        if names.is_some_and(|names| !names.split(',').any(|name| hostile.name.contains(name))) {
            continue;
        }
        let path = folder.path().join(hostile.name);
        (hostile.write)(&path);
        let kilobytes = fs::metadata(&path).unwrap().len() / 1024;
        let is_known = KNOWN.iter().any(|(name, _)| *name == hostile.name);
        let told = tell(&path, if is_known { ENDLESS_AS_KNOWN } else { ENDLESS });
        fs::remove_file(&path).unwrap();
        println!("{:38} {kilobytes:>9} KB  {told}", hostile.name);
        match (judge(hostile, &told), is_known) {
            (Ok(()), false) | (Err(_), true) => {}
            (Ok(()), true) => failures.push(format!("{}: withstood now, take it off the list", hostile.name)),
            (Err(problem), false) => failures.push(format!("{}: {problem}: {told}", hostile.name)),
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What the child says of a file: `code peak-in-MB milliseconds explanation`, or how it ended.
fn tell(path: &Path, patience: Duration) -> String {
    // The limit keeps a bomb that goes off from taking the machine with it.
    let mut child = Command::new("sh")
        .args([
            "-c",
            "ulimit -v 6000000; exec \"$0\" child_reads_one_file --exact --nocapture --test-threads 1",
        ])
        .arg(env::current_exe().unwrap())
        .env(FILE, path)
        .env("RUST_BACKTRACE", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > patience {
            child.kill().unwrap();
            child.wait().unwrap();
            return "endless".to_owned();
        }
        thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    match said.lines().find_map(|line| line.split_once("TOLD ")) {
        Some((_, told)) if output.status.success() => told.to_owned(),
        _ => format!("ended by {}", output.status),
    }
}

fn judge(hostile: &Hostile, told: &str) -> Result<(), &'static str> {
    let mut words = told.splitn(4, ' ');
    let (code, peak) = (
        words.next().unwrap_or_default(),
        words.next().and_then(|peak| peak.parse().ok()),
    );
    let Some(peak): Option<u64> = peak else {
        return Err("no answer");
    };
    let sentence = words.nth(1).unwrap_or_default();
    let max_peak_mb = if hostile.name.contains("believable") {
        MAX_BELIEVABLE_PEAK_MB
    } else {
        MAX_PEAK_MB
    };
    if !hostile.outcomes.contains(&code) {
        Err("another outcome was wanted")
    } else if peak > max_peak_mb {
        Err("too much memory")
    } else if code != "read" && !sentence.ends_with('.') {
        Err("no sentence")
    } else {
        Ok(())
    }
}

#[test]
fn child_reads_one_file() {
    let Some(path) = env::var_os(FILE) else { return };
    let begun = Instant::now();
    let read = || -> Result<u64, FileProblem> {
        let mut reader = open(Path::new(&path), &ParseOptions::default())?;
        for row in reader.by_ref() {
            row?;
        }
        Ok(reader.counts().rows)
    };
    let (code, sentence) = match read() {
        Ok(rows) => ("read", format!("{rows} rows.")),
        Err(problem) => (problem.code(), problem.explain()),
    };
    let took = begun.elapsed().as_millis();
    println!("TOLD {code} {} {took} {sentence}", peak_mb());
}

/// The most memory this process ever had.
fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").trim().parse().unwrap();
    kilobytes / 1024
}
