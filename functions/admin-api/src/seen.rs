//! Who was here lately, so that not every request writes it down.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::Role;

use crate::roles::Caller;

/// How long somebody is known to be here.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Most people remembered; when there are more, everybody is noted anew.
const MOST: usize = 1_000;

/// Who was here lately, in this environment.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<HashMap<String, (Role, Timestamp)>>);

impl Seen {
    /// Whether somebody is new here, back after an hour, or has another role.
    pub(crate) fn is_news(&self, caller: &Caller, now: Timestamp) -> bool {
        let mut people = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = people.get(&caller.subject);
        if known.is_some_and(|(role, at)| *role == caller.role && now.duration_since(*at) < KNOWN_FOR) {
            return false;
        }
        if people.len() >= MOST {
            people.clear();
        }
        people.insert(caller.subject.clone(), (caller.role, now));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_news_once_an_hour_and_with_another_role() {
        let seen = Seen::default();
        let now = Timestamp::UNIX_EPOCH;
        let caller = |role| Caller {
            subject: "ana".to_owned(),
            name: None,
            role,
            token_until: None,
        };
        assert!(seen.is_news(&caller(Role::Viewer), now));
        assert!(!seen.is_news(&caller(Role::Viewer), now));
        assert!(seen.is_news(&caller(Role::Admin), now));
        let later = now.saturating_add(KNOWN_FOR).unwrap();
        assert!(seen.is_news(&caller(Role::Admin), later));
    }
}
