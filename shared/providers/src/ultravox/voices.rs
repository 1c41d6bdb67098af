//! Voices an agent can speak with.

use std::time::Duration;

use switchboard_domain::ProviderId;

use super::wire::page::Page;
use super::wire::voice::VoiceItem;
use crate::transport::{Query, Transport};
use crate::voices::read_preview;
use crate::{ProviderError, Voice, VoicePage, VoicePreview, VoiceQuery};

/// A sample may have to be spoken first.
const PREVIEW_TIMEOUT: Duration = Duration::from_secs(20);

pub(super) async fn search(transport: &Transport, query: &VoiceQuery) -> Result<VoicePage, ProviderError> {
    let mut params = Query::new();
    params.extend(query.search.clone().map(|words| ("search", words)));
    params.extend(
        query
            .language
            .clone()
            .map(|language| ("primaryLanguage", language)),
    );
    params.extend(query.cursor.clone().map(|cursor| ("cursor", cursor)));
    params.extend(
        query
            .page_size
            .map(|size| ("pageSize", size.clamp(1, 100).to_string())),
    );
    let page: Page = transport.get_json("/api/voices", &params).await?;
    let next_cursor = page.next_cursor(query.cursor.as_deref())?;
    let (voices, _) = page.rows::<VoiceItem>();
    Ok(VoicePage {
        voices: voices.into_iter().filter_map(VoiceItem::into_voice).collect(),
        next_cursor,
    })
}

pub(super) async fn get(transport: &Transport, id: &ProviderId) -> Result<Option<Voice>, ProviderError> {
    match transport
        .get_json::<VoiceItem>(&format!("/api/voices/{id}"), &Query::new())
        .await
    {
        Ok(voice) => Ok(voice.into_voice()),
        Err(ProviderError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A voice that does not work answers 400 and what is wrong with it: there is nothing to be heard.
pub(super) async fn preview(
    transport: &Transport,
    id: &ProviderId,
) -> Result<Option<VoicePreview>, ProviderError> {
    let path = format!("/api/voices/{id}/preview");
    match transport.get_file(&path, Some(PREVIEW_TIMEOUT)).await {
        Ok(response) => read_preview(response).await.map(Some),
        Err(ProviderError::NotFound { .. } | ProviderError::Rejected { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
