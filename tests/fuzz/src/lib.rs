//! Every parser of outside bytes, fed with damaged input: it never panics, never runs away, and holds
//! its invariants.
//!
//! A target is a plain function of bytes that panics when something is wrong. Inputs are real samples,
//! damaged by chance ([`Mutator`]), because a sample reaches deeper than noise. What once made a target
//! panic is kept below `corpus/<target>/` and is an input for ever.

mod mutator;
mod targets;

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
    let paths = files.flatten().map(|file| file.path());
    paths.filter_map(|path| std::fs::read(path).ok()).collect()
}
