//! Voices.

use serde::Deserialize;
use switchboard_domain::ProviderId;

use crate::Voice;
use crate::lenient::lenient;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::ultravox) struct VoiceItem {
    voice_id: String,
    #[serde(default, deserialize_with = "lenient")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    description: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    primary_language: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    language_label: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    preview_url: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    ownership: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    billing_style: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    provider: Option<String>,
}

impl VoiceItem {
    pub(in crate::ultravox) fn into_voice(self) -> Option<Voice> {
        let billing = self.billing_style.map(|style| {
            style
                .strip_prefix("VOICE_BILLING_STYLE_")
                .unwrap_or(&style)
                .to_lowercase()
        });
        let labels = [
            ("provider", self.provider),
            ("language", self.language_label),
            ("billing", billing),
        ];
        let labels = labels
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value.filter(|value| !value.is_empty())?)));
        // `en` of `en-US`.
        let language = self.primary_language.and_then(|tag| {
            let code = tag.split('-').next()?.to_ascii_lowercase();
            (!code.is_empty()).then_some(code)
        });
        Some(Voice {
            name: self.name.unwrap_or_else(|| self.voice_id.clone()),
            voice_id: ProviderId::parse(&self.voice_id).ok()?,
            category: self.ownership,
            description: self.description.filter(|text| !text.is_empty()),
            labels: labels.collect(),
            languages: language.into_iter().collect(),
            has_preview: self.preview_url.is_some_and(|url| !url.is_empty()),
        })
    }
}
