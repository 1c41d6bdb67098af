//! `data/zones.txt` and `data/places.txt` as sorted tables.

use std::error::Error;
use std::fmt::Write;

/// A prefix and the words after it.
type Line<'t> = (u32, Vec<&'t str>);

/// Every line that is no comment, sorted by prefix.
fn lines(text: &str) -> Result<Vec<Line<'_>>, Box<dyn Error>> {
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let prefix = words.next().ok_or("an empty line")?.parse()?;
        lines.push((prefix, words.collect()));
    }
    lines.sort_unstable();
    Ok(lines)
}

/// The zone table: prefixes point into the sets of zones, as most sets occur many times.
pub fn zones(text: &str) -> Result<String, Box<dyn Error>> {
    let lines = lines(text)?;
    let mut sets: Vec<&Vec<&str>> = lines.iter().map(|(_, zones)| zones).collect();
    sets.sort_unstable();
    sets.dedup();
    let mut code = format!("static SETS: [&[&str]; {}] = [", sets.len());
    for set in &sets {
        writeln!(code, "&{set:?},")?;
    }
    writeln!(code, "];\nstatic PREFIXES: [(u32, u16); {}] = [", lines.len())?;
    for (prefix, zones) in &lines {
        let set = sets
            .binary_search(&zones)
            .map_err(|_| "a set of zones got lost")?;
        writeln!(code, "({prefix}, {set}),")?;
    }
    code.push_str("];");
    Ok(code)
}

/// The table of countries and US states.
pub fn places(text: &str) -> Result<String, Box<dyn Error>> {
    let lines = lines(text)?;
    let mut code = format!("static PREFIXES: [(u32, Place); {}] = [", lines.len());
    for (prefix, words) in &lines {
        let country = words.first().ok_or("a prefix without a country")?;
        let region = words.get(1);
        writeln!(
            code,
            "({prefix}, Place {{ country: {country:?}, region: {region:?} }}),"
        )?;
    }
    code.push_str("];");
    Ok(code)
}
