//! What broke a target: made small, and kept.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::catch_unwind;
use std::path::PathBuf;

use crate::{Target, corpus};

/// Tries to make an input smaller before it is kept as it is.
const TRIES: u32 = 2_000;

/// Whether the target panics.
pub fn panics(target: &Target, input: &[u8]) -> bool {
    catch_unwind(|| (target.run)(input)).is_err()
}

/// A smaller input at which the target panics as well: pieces are left out, large ones first.
pub fn smaller(target: &Target, input: &[u8]) -> Vec<u8> {
    let (mut input, mut tries) = (input.to_vec(), 0);
    let mut size = input.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < input.len() && tries < TRIES {
            tries += 1;
            let mut without = input.clone();
            without.drain(at..(at + size).min(input.len()));
            match panics(target, &without) {
                true => input = without,
                false => at += size,
            }
        }
        size /= 2;
    }
    input
}

/// Keeps an input below `corpus/<target>/`, where the tests find it. The same input is kept once.
///
/// # Errors
/// When the disk refuses.
pub fn keep(target: &str, input: &[u8]) -> std::io::Result<PathBuf> {
    let mut hash = DefaultHasher::new();
    input.hash(&mut hash);
    let folder = corpus(target);
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{:016x}", hash.finish()));
    std::fs::write(&path, input)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs_a_and_b(input: &[u8]) {
        assert!(!(input.contains(&b'a') && input.contains(&b'b')));
    }

    #[test]
    fn what_is_not_needed_is_left_out() {
        let target = Target {
            name: "sample",
            run: needs_a_and_b,
            samples: Vec::new,
            tries: 0,
        };
        assert!(!panics(&target, b"aaaa"));
        assert_eq!(smaller(&target, b"xxaxxxxxxxxbxaxx"), b"ba");
    }
}
