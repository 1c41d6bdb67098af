//! Every parser of outside bytes, fed with damaged input: it never panics, never runs away, and holds
//! its invariants.
//!
//! A target is a plain function of bytes that panics when something is wrong. Inputs are real samples,
//! damaged by chance ([`Mutator`]), because a sample reaches deeper than noise. What once broke a target
//! is kept below `corpus/<target>/` and is an input for ever. The README lists parsers and invariants.

mod finding;
mod mutator;
mod targets;

pub use finding::{keep, panics, smaller};
pub use mutator::Mutator;
pub use targets::{TARGETS, Target};

use std::path::{Path, PathBuf};

/// Where inputs are kept that once made a target panic.
pub fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// The kept inputs of a target.
pub fn kept_inputs(target: &str) -> Vec<Vec<u8>> {
    let Ok(files) = std::fs::read_dir(corpus(target)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = files.flatten().map(|file| file.path()).collect();
    // A folder has no order, and a seed is to give the same inputs everywhere.
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}
