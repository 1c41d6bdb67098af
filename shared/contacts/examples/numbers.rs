//! Reads JSON lines `{"raw", "region"}` and answers each with `{"cleaned", "e164"}` or `{"cleaned", "reason"}`.
//!
//! `tests/agreement` compares the answers with those of Google's library. With `--time` the lines are read
//! first, and one line tells how long reading the numbers took and how much memory it needs.

use std::{
    env, fs,
    io::{self, BufRead, Write},
    time::Instant,
};

use serde_json::{Value, json};
// What the included file finds around it in the library.
use switchboard_contacts::{NumberParser, NumberProblem, Region, limits};

#[path = "../src/numbers/digits.rs"]
mod digits;

#[path = "../src/numbers/spelling.rs"]
#[expect(
    dead_code,
    reason = "only the cleaning is shown, and the library keeps it to itself"
)]
mod spelling;

type Failure = Box<dyn std::error::Error>;

struct Cell {
    raw: String,
    region: Option<Region>,
}

fn main() -> Result<(), Failure> {
    let cells = io::stdin().lock().lines().map(|line| cell(&line?));
    if env::args().any(|argument| argument == "--time") {
        return time(&cells.collect::<Result<Vec<_>, _>>()?);
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    for cell in cells {
        writeln!(out, "{}", answer(&cell?))?;
    }
    Ok(out.flush()?)
}

fn cell(line: &str) -> Result<Cell, Failure> {
    let line: Value = serde_json::from_str(line)?;
    Ok(Cell {
        raw: line["raw"].as_str().ok_or("a line without \"raw\"")?.to_owned(),
        region: line["region"].as_str().map(Region::parse).transpose()?,
    })
}

fn answer(cell: &Cell) -> Value {
    let cleaned = spelling::clean(&cell.raw).ok();
    match NumberParser::parse(&cell.raw, cell.region) {
        Ok(number) => json!({ "cleaned": cleaned, "e164": number.as_str() }),
        Err(problem) => json!({ "cleaned": cleaned, "reason": NumberProblem::code(problem) }),
    }
}

/// One number alone, then all of them twice: the patterns of a numbering plan are made on first need.
fn time(cells: &[Cell]) -> Result<(), Failure> {
    let read = |cells: &[Cell]| {
        let begun = Instant::now();
        let good = cells
            .iter()
            .filter(|cell| NumberParser::parse(&cell.raw, cell.region).is_ok())
            .count();
        (begun.elapsed().as_secs_f64(), good)
    };
    let before = resident_kib();
    let (first, _) = read(&cells[..cells.len().min(1)]);
    let after_first = resident_kib();
    let (cold, _) = read(cells);
    let after_all = resident_kib();
    let (warm, good) = read(cells);
    let each = |secs: f64| secs * 1e6 / cells.len().max(1) as f64;
    let kib = |after: Option<u64>| Some(after?.saturating_sub(before?));
    let line = json!({
        "numbers": cells.len(), "good": good,
        "first_ms": first * 1e3, "cold_us": each(cold), "warm_us": each(warm),
        "first_kib": kib(after_first), "all_kib": kib(after_all),
    });
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// Memory of this process in KiB; `None` where the system does not tell.
fn resident_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
