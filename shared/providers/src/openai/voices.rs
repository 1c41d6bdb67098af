//! Voices an agent can speak with: OpenAI has a fixed list, and voices of the account's own.

use std::collections::BTreeMap;

use switchboard_domain::ProviderId;

use crate::{Voice, VoicePage, VoiceQuery};

/// The voice of an agent that has none of its own choice.
pub(super) const USUAL_VOICE: &str = "marin";

/// The voices that there are, by name. `marin` and `cedar` are made for Realtime.
const BUILT_IN: [&str; 10] = [
    "marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse",
];
/// What ids of the account's own voices begin with.
const OWN: &str = "voice_";

pub(super) fn is_built_in(id: &str) -> bool {
    BUILT_IN.contains(&id)
}

/// Whether it may be a voice: a built-in one, or one of the account's own, which nobody lists.
pub(super) fn is_voice(id: &str) -> bool {
    is_built_in(id) || id.strip_prefix(OWN).is_some_and(|rest| !rest.is_empty())
}

pub(super) fn search(query: &VoiceQuery) -> VoicePage {
    let words = query.search.as_deref().unwrap_or_default().to_lowercase();
    let fits = |name: &&str| words.split_whitespace().all(|word| name.contains(word));
    let voices = BUILT_IN.into_iter().filter(fits);
    VoicePage {
        voices: voices
            .filter_map(|name| ProviderId::parse(name).ok())
            .map(voice)
            .collect(),
        next_cursor: None,
    }
}

pub(super) fn get(id: &ProviderId) -> Option<Voice> {
    is_voice(id.as_str()).then(|| voice(id.clone()))
}

/// Each of them speaks every language.
fn voice(id: ProviderId) -> Voice {
    let built_in = is_built_in(id.as_str());
    let mut name = id.as_str().to_owned();
    if built_in {
        name[..1].make_ascii_uppercase();
    }
    Voice {
        voice_id: id,
        name,
        category: Some(if built_in { "built-in" } else { "own" }.to_owned()),
        description: None,
        labels: BTreeMap::new(),
        languages: Vec::new(),
        has_preview: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_are_the_built_in_ones_and_those_that_are_named_as_own() {
        let all = search(&VoiceQuery::default());
        assert_eq!(all.voices.len(), BUILT_IN.len());
        assert!(is_built_in(USUAL_VOICE));
        let found = search(&VoiceQuery {
            search: Some("Mar".to_owned()),
            ..VoiceQuery::default()
        });
        assert_eq!(found.voices[0].name, "Marin");
        let get = |id: &str| get(&ProviderId::parse(id).unwrap());
        assert!(get("voice_abc").is_some() && get("voice_").is_none() && get("anna").is_none());
    }
}
