//! Voices an agent can speak with.

use super::transport::{Query, Transport};
use super::wire::voice::{VoiceItem, VoiceList};
use crate::{ProviderError, VoicePage, VoiceQuery};

pub(super) async fn search(transport: &Transport, query: &VoiceQuery) -> Result<VoicePage, ProviderError> {
    let mut params = Query::new();
    params.extend(query.search.clone().map(|words| ("search", words)));
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
