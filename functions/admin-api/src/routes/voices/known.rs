//! Voices that were looked at a moment ago.

use switchboard_domain::{ProviderId, ProviderKind};
use switchboard_providers::{ProviderError, Voice, VoicePage, VoiceProvider, VoiceQuery};

use crate::api::Api;
use crate::kept::Kept;

/// How long what a platform says of its voices is good.
const GOOD_FOR_SECS: i64 = 300;

/// What the platforms said of their voices a moment ago.
#[derive(Debug)]
pub(crate) struct KnownVoices {
    pub(super) pages: Kept<(ProviderKind, VoiceQuery), VoicePage>,
    pub(super) voices: Kept<(ProviderKind, ProviderId), Voice>,
}

impl Default for KnownVoices {
    fn default() -> Self {
        Self {
            pages: Kept::for_secs(GOOD_FOR_SECS),
            voices: Kept::for_secs(GOOD_FOR_SECS),
        }
    }
}

/// A voice. One that is not there is asked for each time.
pub(crate) async fn find_voice(
    api: &Api,
    provider: &dyn VoiceProvider,
    id: &ProviderId,
) -> Result<Option<Voice>, ProviderError> {
    let asked = (provider.kind(), id.clone());
    if let Some(voice) = api.voices.voices.find(&asked, api.now()) {
        return Ok(Some(voice));
    }
    let voice = provider.get_voice(id).await?;
    if let Some(voice) = &voice {
        api.voices.voices.keep(asked, voice.clone(), api.now());
    }
    Ok(voice)
}
