//! What a request says of a target, checked.

use std::collections::BTreeSet;

use switchboard_domain::EventType;

use crate::api::Api;
use crate::checks::Checks;
use crate::limits::MAX_NAME;

/// Targets of one deployment: every one of them costs an attempt for every event.
pub(super) const MAX_TARGETS: usize = 20;

impl Checks {
    /// The address as it is kept.
    pub(super) fn event_url(&mut self, api: &Api, url: &str) -> Option<String> {
        let url = self.take("url", api.address_rules.check(url))?;
        Some(url.into())
    }

    /// The types that a target is told of.
    pub(super) fn event_types(&mut self, types: &BTreeSet<EventType>) {
        if types.is_empty() {
            self.wrong("types", "name at least one type");
        }
        if types.contains(&EventType::Test) {
            self.wrong("types", "leave out `test`: a test is sent whatever this says");
        }
    }

    /// What a target is, in people's words.
    pub(super) fn event_description(&mut self, description: Option<&String>) {
        if let Some(text) = description {
            self.text("description", text, 0..=MAX_NAME);
        }
    }
}
