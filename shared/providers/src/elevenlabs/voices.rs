//! Voices an agent can speak with.

use switchboard_domain::ProviderId;

use super::wire::voice::{VoiceItem, VoiceList};
use crate::transport::{Query, Transport};
use crate::voices::read_preview;
use crate::{ProviderError, Voice, VoicePage, VoicePreview, VoiceQuery};

pub(super) async fn search(transport: &Transport, query: &VoiceQuery) -> Result<VoicePage, ProviderError> {
    let mut params = Query::new();
    params.extend(query.search.clone().map(|words| ("search", words)));
    params.extend(query.language.clone().map(|language| ("language", language)));
    params.extend(query.cursor.clone().map(|cursor| ("next_page_token", cursor)));
    params.extend(
        query
            .page_size
            .map(|size| ("page_size", size.clamp(1, 100).to_string())),
    );
    let page: VoiceList = transport.get_json("/v2/voices", &params).await?;
    Ok(VoicePage {
        voices: page
            .voices
            .into_iter()
            .filter_map(VoiceItem::into_voice)
            .collect(),
        next_cursor: page.next_page_token.filter(|_| page.has_more),
    })
}

pub(super) async fn get(transport: &Transport, id: &ProviderId) -> Result<Option<Voice>, ProviderError> {
    Ok(find(transport, id).await?.and_then(VoiceItem::into_voice))
}

/// The sample lies on the vendor's open file server, which gets no key of ours.
pub(super) async fn preview(
    transport: &Transport,
    id: &ProviderId,
) -> Result<Option<VoicePreview>, ProviderError> {
    let url = find(transport, id).await?.and_then(VoiceItem::into_preview_url);
    match url {
        Some(url) => read_preview(transport.get_open(&url).await?).await.map(Some),
        None => Ok(None),
    }
}

async fn find(transport: &Transport, id: &ProviderId) -> Result<Option<VoiceItem>, ProviderError> {
    match transport
        .get_json(&format!("/v1/voices/{id}"), &Query::new())
        .await
    {
        Ok(voice) => Ok(Some(voice)),
        Err(ProviderError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
