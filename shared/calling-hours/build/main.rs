//! Turns `data/` and `rules/` into tables that are compiled in, and refuses what it cannot read.

mod rules;
mod tables;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[expect(clippy::print_stdout, reason = "Cargo listens to what a build script prints")]
fn main() -> Result<(), Box<dyn Error>> {
    for input in ["build", "data", "rules"] {
        println!("cargo::rerun-if-changed={input}");
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "Cargo tells a build script its folder this way only"
    )]
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(
        out.join("zones.rs"),
        tables::zones(&fs::read_to_string("data/zones.txt")?)?,
    )?;
    fs::write(
        out.join("places.rs"),
        tables::places(&fs::read_to_string("data/places.txt")?)?,
    )?;
    fs::write(out.join("rules.rs"), rules::all(Path::new("rules"))?)?;
    Ok(())
}
