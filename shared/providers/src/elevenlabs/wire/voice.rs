//! Voices.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use switchboard_domain::ProviderId;

use crate::Voice;
use crate::lenient::{lenient, lenient_list};

/// One page of the search.
#[derive(Debug, Deserialize)]
pub(in crate::elevenlabs) struct VoiceList {
    #[serde(deserialize_with = "lenient_list")]
    pub voices: Vec<VoiceItem>,
    #[serde(default, deserialize_with = "lenient")]
    pub has_more: bool,
    #[serde(default, deserialize_with = "lenient")]
    pub next_page_token: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(in crate::elevenlabs) struct VoiceItem {
    voice_id: String,
    #[serde(default, deserialize_with = "lenient")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    category: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    description: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    labels: BTreeMap<String, Value>,
    #[serde(default, deserialize_with = "lenient")]
    preview_url: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    verified_languages: Vec<VerifiedLanguage>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct VerifiedLanguage {
    #[serde(deserialize_with = "lenient")]
    language: Option<String>,
}

impl VoiceItem {
    pub(in crate::elevenlabs) fn into_voice(self) -> Option<Voice> {
        let text = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
        let spoken = self.verified_languages.into_iter().filter_map(|one| one.language);
        let mut languages: Vec<String> = spoken
            .chain(
                self.labels
                    .get("language")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            )
            .collect();
        languages.sort();
        languages.dedup();
        let has_preview = self.preview_url.is_some_and(|url| is_address(&url));
        Some(Voice {
            name: self.name.unwrap_or_else(|| self.voice_id.clone()),
            voice_id: ProviderId::parse(&self.voice_id).ok()?,
            category: self.category,
            description: self.description,
            labels: self.labels.into_iter().filter_map(text).collect(),
            languages,
            has_preview,
        })
    }

    /// Where a sample can be heard.
    pub(in crate::elevenlabs) fn into_preview_url(self) -> Option<String> {
        self.preview_url.filter(|url| is_address(url))
    }
}

fn is_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
