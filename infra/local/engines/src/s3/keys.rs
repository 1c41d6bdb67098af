use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// Kept as they are in a file name; `/` is not, so that `a` and `a/b` are two files side by side.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// File systems take 255 bytes; a key may have 1,024, each up to three in the file name.
const NAME_BYTES: usize = 200;
const KEPT_OF_A_LONG_NAME: usize = 120;

/// The file name of a key. Never starts with a dot: those names are ours.
pub(super) fn file_name(key: &str) -> String {
    let mut name = utf8_percent_encode(key, ENCODED).to_string();
    if name.starts_with('.') {
        name.replace_range(..1, "%2E");
    }
    if name.len() > NAME_BYTES {
        let digest = hex::encode(Sha256::digest(key.as_bytes()));
        // The encoding is ASCII throughout, so any byte is a boundary.
        name.truncate(KEPT_OF_A_LONG_NAME);
        name.push('~');
        name.push_str(&digest);
    }
    name
}

/// What a file name says about its key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum KeyOf {
    /// The name holds all of it.
    Key(String),
    /// The key was too long for a name: it is inside the file.
    Inside,
    /// Not an object.
    None,
}

pub(super) fn key_of(file_name: &str) -> KeyOf {
    if file_name.starts_with('.') {
        return KeyOf::None;
    }
    if file_name.contains('~') {
        return KeyOf::Inside;
    }
    match percent_decode_str(file_name).decode_utf8() {
        Ok(key) => KeyOf::Key(key.into_owned()),
        Err(_) => KeyOf::None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_key_has_a_safe_name_that_leads_back_to_it(key in "\\PC{1,400}") {
            let name = file_name(&key);
            prop_assert!(name.len() <= NAME_BYTES);
            prop_assert!(!name.starts_with('.') && !name.contains(['/', '\\']));
            match key_of(&name) {
                KeyOf::Key(found) => prop_assert_eq!(found, key),
                KeyOf::Inside => {}
                KeyOf::None => prop_assert!(false, "{} is lost", key),
            }
        }
    }

    #[test]
    fn a_key_and_one_below_it_are_two_names() {
        assert_eq!(file_name("a"), "a");
        assert_eq!(file_name("a/b"), "a%2Fb");
        assert_eq!(file_name(".."), "%2E.");
    }
}
