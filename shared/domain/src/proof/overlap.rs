//! Calls to one person that were in progress at the same time.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;

use crate::CallId;

/// A short stand-in for a person's id.
pub(super) fn fingerprint(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// A call: begin, end where it is known, id.
type Dialled<'a> = (Timestamp, Option<Timestamp>, &'a CallId);

/// The calls that began before an earlier one to the same person was over.
pub(super) fn overlapping<'a>(
    dials: impl Iterator<Item = (u64, Timestamp, Option<Timestamp>, &'a CallId)>,
) -> Vec<&'a CallId> {
    let mut by_person: HashMap<u64, Vec<Dialled<'_>>> = HashMap::new();
    for (person, from, until, call) in dials {
        by_person.entry(person).or_default().push((from, until, call));
    }
    let mut found = Vec::new();
    for mut calls in by_person.into_values() {
        calls.sort();
        let mut busy_until = None;
        for (from, until, call) in calls {
            let until = until.unwrap_or(Timestamp::MAX);
            if busy_until.is_some_and(|busy| from < busy) {
                found.push(call);
            }
            busy_until = busy_until.max(Some(until));
        }
    }
    found
}
