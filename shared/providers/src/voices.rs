//! Voices an agent can speak with.

use std::collections::BTreeMap;

use bytes::Bytes;
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use switchboard_domain::ProviderId;

use crate::ProviderError;
use crate::failure::{network, unreadable};
use crate::transport::read_bounded;

/// Which voices to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoiceQuery {
    /// Words in the name, description or labels.
    pub search: Option<String>,
    /// Language code such as `en`, as far as the provider can tell them apart.
    pub language: Option<String>,
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
    /// The languages it speaks well, as codes such as `en`; empty: the provider does not tell.
    pub languages: Vec<String>,
    /// Whether there is a sample to be heard.
    pub has_preview: bool,
}

/// Largest sample of a voice, in bytes: what a function can answer with.
pub const MAX_PREVIEW_BYTES: usize = 4 * 1024 * 1024;

/// What a voice sounds like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoicePreview {
    /// Kind of audio, e.g. `audio/mpeg`.
    pub content_type: String,
    /// The audio, at most [`MAX_PREVIEW_BYTES`].
    pub audio: Bytes,
}

/// One page of voices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoicePage {
    /// The voices; may be more than were asked for.
    pub voices: Vec<Voice>,
    /// Where the next page begins; none: this was the last.
    pub next_cursor: Option<String>,
}

/// Reads a sample of a voice, as far as it may be large.
pub(crate) async fn read_preview(response: Response) -> Result<VoicePreview, ProviderError> {
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or("audio/mpeg").to_owned();
    if !content_type.starts_with("audio/") {
        return Err(unreadable("the sample of the voice is not audio"));
    }
    match read_bounded(response, MAX_PREVIEW_BYTES).await {
        Ok(Some(audio)) => Ok(VoicePreview {
            content_type,
            audio: audio.into(),
        }),
        Ok(None) => Err(unreadable("the sample of the voice is too large")),
        Err(error) => Err(network(error)),
    }
}
