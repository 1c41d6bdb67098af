//! Voices an agent can speak with.

use std::collections::BTreeMap;

use switchboard_domain::ProviderId;

/// Which voices to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoiceQuery {
    /// Words in the name, description or labels.
    pub search: Option<String>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Voices per page, 1 to 100; none: the provider's own.
    pub page_size: Option<u32>,
}

/// A voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// The provider's id of it.
    pub voice_id: ProviderId,
    /// Its name.
    pub name: String,
    /// Where it comes from, e.g. `premade` or `cloned`.
    pub category: Option<String>,
    /// What it sounds like, in a sentence.
    pub description: Option<String>,
    /// Such as `gender`, `accent`, `language`.
    pub labels: BTreeMap<String, String>,
    /// Where a sample can be heard.
    pub preview_url: Option<String>,
}

/// One page of voices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoicePage {
    /// The voices; may be more than were asked for.
    pub voices: Vec<Voice>,
    /// Where the next page begins; none: this was the last.
    pub next_cursor: Option<String>,
}
