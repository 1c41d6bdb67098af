//! Files made to abort the reader, to hold it up or to fill its memory.
//!
//! Each is written here, in a folder that goes again, and read by a child process whose peak of memory is
//! then known. A file is refused with a sentence, or read to its end where that is right; either way within
//! 128 MB. Processor time is shown and not judged, beyond the point where a file counts as endless.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod packed;
mod spreadsheets;
mod texts;
mod xls;

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
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
/// Files that are read at the same time.
const AT_ONCE: usize = 2;

/// A file, and the codes it may be refused with; `read` where it may be read to its end.
struct Hostile {
    name: &'static str,
    write: fn(&Path),
    outcomes: &'static [&'static str],
}

#[test]
fn hostile_files_are_refused_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let only = env::var_os("SWITCHBOARD_HOSTILE_ONLY");
    let is_wanted = |hostile: &&Hostile| {
        only.as_ref()
            .map(|names| names.to_string_lossy())
            .is_none_or(|names| names.split(',').any(|name| hostile.name.contains(name)))
    };
    let all = texts::ALL.iter().chain(spreadsheets::ALL).chain(xls::ALL);
    let wanted: Vec<&Hostile> = all.filter(is_wanted).collect();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let read_some = || {
        while let Some(hostile) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
            let path = folder.path().join(hostile.name);
            (hostile.write)(&path);
            let kilobytes = fs::metadata(&path).unwrap().len() / 1024;
            let told = tell(&path);
            fs::remove_file(&path).unwrap();
            println!("{:40} {kilobytes:>8} KB  {told}", hostile.name);
            if let Err(problem) = judge(hostile, &told) {
                let failure = format!("{}: {problem}: {told}", hostile.name);
                failures.lock().unwrap().push(failure);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(read_some);
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What the child says of a file: `code peak-in-MB milliseconds explanation`, or how it ended.
fn tell(path: &Path) -> String {
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
        if begun.elapsed() > ENDLESS {
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
    println!(
        "TOLD {code} {} {} {sentence}",
        peak_mb(),
        processor_milliseconds()
    );
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

/// Time that processors spent on this process so far, all threads together.
fn processor_milliseconds() -> u64 {
    const MILLISECONDS_PER_TICK: u64 = 10;
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    // Behind the name, which may have spaces, user time is the 12th field and system time the 13th.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let times = fields.split_whitespace().skip(11).take(2);
    times.map(|ticks| ticks.parse::<u64>().unwrap()).sum::<u64>() * MILLISECONDS_PER_TICK
}
