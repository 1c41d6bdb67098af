//! Voices that agents can speak with.

use std::collections::BTreeMap;

use axum::Json;
use serde::{Deserialize, Serialize};
use switchboard_domain::{ProviderId, ProviderKind};
use switchboard_providers::{Voice, VoiceQuery};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, Refusals};
use crate::api::AppState;
use crate::paging::{List, PageParams, Paged};
use crate::roles::Viewer;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(search_voices))
}

/// Which voices to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VoiceFilter {
    /// The platform.
    #[param(required = false)]
    provider: Option<ProviderKind>,
    /// Words in the name, description or labels.
    #[param(required = false)]
    search: Option<String>,
}

/// A voice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Voice)]
struct VoiceAnswer {
    /// The provider's id of it.
    voice_id: ProviderId,
    /// Its name.
    name: String,
    /// Where it comes from, e.g. `premade` or `cloned`.
    category: Option<String>,
    /// What it sounds like, in a sentence.
    description: Option<String>,
    /// Such as `gender`, `accent`, `language`.
    labels: BTreeMap<String, String>,
    /// The languages it speaks well; empty: the provider does not tell.
    languages: Vec<String>,
    /// Whether there is a sample to be heard.
    has_preview: bool,
}

impl From<Voice> for VoiceAnswer {
    fn from(voice: Voice) -> Self {
        Self {
            voice_id: voice.voice_id,
            name: voice.name,
            category: voice.category,
            description: voice.description,
            labels: voice.labels,
            languages: voice.languages,
            has_preview: voice.has_preview,
        }
    }
}

/// Voices at a provider. Pages are the provider's: they may have more rows than asked for.
#[utoipa::path(get, path = "/voices", tag = "agents", params(VoiceFilter, PageParams),
    responses((status = OK, body = List<VoiceAnswer>), Refusals))]
async fn search_voices(Viewer(api): Viewer, page: Paged<VoiceFilter>) -> Answer<List<VoiceAnswer>> {
    let query = VoiceQuery {
        search: page.filter.search,
        language: None,
        cursor: page.cursor_text,
        page_size: Some(page.limit.min(100)),
    };
    let provider = api
        .providers
        .get(page.filter.provider.unwrap_or(ProviderKind::Elevenlabs));
    let voices = provider.search_voices(&query).await?;
    let items = voices.voices.into_iter().map(Into::into).collect();
    Ok(Json(List {
        items,
        next_cursor: voices.next_cursor,
    }))
}
