//! Which numbers came already.

use std::collections::HashMap;

use switchboard_domain::PhoneNumber;

/// Numbers seen so far with the line of each: 12 bytes a number, so that a million stay small.
#[derive(Default)]
pub(crate) struct SeenNumbers(HashMap<u64, u32>);

impl SeenNumbers {
    /// The line where the number came first, or `None` after noting that it is here.
    pub(crate) fn first_line(&mut self, phone: &PhoneNumber, line: u64) -> Option<u64> {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        match self.0.entry(phone.digits()) {
            std::collections::hash_map::Entry::Occupied(seen) => Some(u64::from(*seen.get())),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(line);
                None
            }
        }
    }
}
