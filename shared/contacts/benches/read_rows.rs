//! How fast rows and numbers are read.

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use switchboard_contacts::{NumberParser, ParseOptions, RowOutcome, open};

/// Rows of the measured file.
const ROWS: usize = 200_000;
/// Numbers parsed.
const NUMBERS: usize = 300_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut file = tempfile::NamedTempFile::new()?;
    writeln!(file, "phone_number,name,company")?;
    for row in 0..ROWS {
        writeln!(
            file,
            "+34 6{:08},Person {row},Company {}",
            10_000_000 + row,
            row % 97
        )?;
    }
    file.flush()?;
    let begun = Instant::now();
    let rows = open(file.path(), &ParseOptions::default())?;
    let accepted = rows
        .filter(|row| matches!(row, Ok(RowOutcome::Accepted(_))))
        .count();
    report("rows of CSV", ROWS, begun, accepted);

    // The first use loads the metadata.
    black_box(NumberParser::parse("+34 600 000 000", None).is_ok());
    let begun = Instant::now();
    let good = (0..NUMBERS)
        .filter(|n| NumberParser::parse(&format!("+34 6{:08}", 10_000_000 + n), None).is_ok())
        .count();
    report("phone numbers", NUMBERS, begun, good);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
fn report(what: &str, count: usize, begun: Instant, good: usize) {
    let secs = begun.elapsed().as_secs_f64();
    println!(
        "{what}: {count} in {secs:.2} s, {:.2} µs each, {good} good",
        secs * 1e6 / count as f64
    );
}
