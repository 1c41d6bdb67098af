use std::io;
use std::path::Path;

use super::keys::{KeyOf, key_of};
use super::object;

/// Every key of a bucket, in S3's order (by bytes). Blocks.
pub(super) fn all_keys(dir: &Path) -> io::Result<Vec<String>> {
    let mut keys = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        match name.to_str().map(key_of) {
            Some(KeyOf::Key(key)) => keys.push(key),
            Some(KeyOf::Inside) => keys.extend(object::open(&entry.path())?.map(|found| found.label.key)),
            Some(KeyOf::None) | None => {}
        }
    }
    keys.sort_unstable();
    Ok(keys)
}

/// What a page is cut from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted<'a> {
    pub(super) prefix: &'a str,
    pub(super) delimiter: Option<&'a str>,
    /// The last key or common prefix that was listed before, or where to begin.
    pub(super) after: Option<&'a str>,
    pub(super) at_most: usize,
}

/// One page: keys, and common prefixes in place of what lies below them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) keys: Vec<String>,
    pub(super) prefixes: Vec<String>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<String>,
}

/// Cuts one page out of sorted keys.
pub(super) fn page(sorted: &[String], wanted: Wanted<'_>) -> Page {
    let mut page = Page::default();
    let mut last: Option<&str> = None;
    let delimiter = wanted.delimiter.filter(|delimiter| !delimiter.is_empty());
    for key in sorted {
        let Some(rest) = key.strip_prefix(wanted.prefix) else {
            continue;
        };
        let folded = delimiter.and_then(|delimiter| {
            let end = wanted.prefix.len() + rest.find(delimiter)? + delimiter.len();
            Some(&key[..end])
        });
        let entry = folded.unwrap_or(key);
        if wanted.after.is_some_and(|after| entry <= after) || last == Some(entry) {
            continue;
        }
        if page.keys.len() + page.prefixes.len() == wanted.at_most {
            page.next = last.map(ToOwned::to_owned);
            break;
        }
        match folded {
            Some(prefix) => page.prefixes.push(prefix.to_owned()),
            None => page.keys.push(key.clone()),
        }
        last = Some(entry);
    }
    page
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }

    #[test]
    fn what_lies_below_a_delimiter_is_one_entry() {
        let keys = keys(&["a", "a/1", "a/2", "b/1", "c"]);
        let wanted = Wanted {
            delimiter: Some("/"),
            at_most: 10,
            ..Wanted::default()
        };
        let found = page(&keys, wanted);
        assert_eq!(found.keys, ["a", "c"]);
        assert_eq!(found.prefixes, ["a/", "b/"]);
        let below = page(
            &keys,
            Wanted {
                prefix: "a/",
                ..wanted
            },
        );
        assert_eq!(below.keys, ["a/1", "a/2"]);
    }

    proptest! {
        #[test]
        fn pages_together_are_the_whole_list(
            mut keys in prop::collection::vec("[ab/]{1,6}", 0..40),
            at_most in 1usize..5,
            delimiter in prop::option::of(Just("/")),
        ) {
            keys.sort_unstable();
            keys.dedup();
            let wanted = Wanted { delimiter, at_most: 1_000, ..Wanted::default() };
            let whole = page(&keys, wanted);
            let (mut listed, mut folded, mut after) = (Vec::new(), Vec::new(), None::<String>);
            loop {
                let part = page(&keys, Wanted { after: after.as_deref(), at_most, ..wanted });
                prop_assert!(part.keys.len() + part.prefixes.len() <= at_most);
                listed.extend(part.keys);
                folded.extend(part.prefixes);
                after = part.next;
                if after.is_none() {
                    break;
                }
            }
            prop_assert_eq!(listed, whole.keys);
            prop_assert_eq!(folded, whole.prefixes);
        }
    }
}
