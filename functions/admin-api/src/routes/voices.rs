//! Voices that agents can speak with.

mod known;
mod preview;

use std::collections::BTreeMap;

use axum::Json;
use http::HeaderName;
use http::header::CACHE_CONTROL;
use serde::{Deserialize, Serialize};
use switchboard_domain::{ProviderId, ProviderKind};
use switchboard_providers::{Voice, VoiceQuery};
use switchboard_service::Problem;
use utoipa::{IntoParams, ToSchema};

pub(crate) use self::known::{KnownVoices, find_voice};
use crate::answer::{PlatformRefusals, Refusals};
use crate::limits::{MAX_LANGUAGE, MAX_NAME};
use crate::paging::{List, PageParams, Paged};
use crate::path::{Ids, VoiceId, found};
use crate::roles::Viewer;
use crate::route_set::{RouteSet, routes};

/// A browser asks again after as long as we do.
const FOR_A_WHILE: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "private, max-age=300")];

type Kept<T> = Result<([(HeaderName, &'static str); 1], Json<T>), Problem>;

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(search_voices))
        .routes(routes!(get_voice))
        .routes(routes!(preview::get_voice_preview))
}

/// Which voices to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VoiceFilter {
    /// The platform; left out: ElevenLabs.
    #[param(required = false)]
    provider: Option<ProviderKind>,
    /// Words in the name, description or labels.
    #[param(required = false, max_length = 200)]
    search: Option<String>,
    /// Only those that speak this language, a code such as `en`, as far as the platform can tell.
    #[param(required = false, max_length = 20)]
    language: Option<String>,
}

/// A voice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Voice)]
struct VoiceAnswer {
    /// The provider's id of it.
    voice_id: ProviderId,
    /// The platform that has it.
    provider: ProviderKind,
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

impl VoiceAnswer {
    fn of(provider: ProviderKind, voice: Voice) -> Self {
        Self {
            voice_id: voice.voice_id,
            provider,
            name: voice.name,
            category: voice.category,
            description: voice.description,
            labels: voice.labels,
            languages: voice.languages,
            has_preview: voice.has_preview,
        }
    }
}

/// Voices at a platform, as it showed them within the last five minutes. Pages are the platform's: they may have
/// more rows than asked for.
#[utoipa::path(get, path = "/voices", tag = "agents", params(VoiceFilter, PageParams),
    responses((status = OK, body = List<VoiceAnswer>), Refusals, PlatformRefusals))]
async fn search_voices(Viewer(api): Viewer, page: Paged<VoiceFilter>) -> Kept<List<VoiceAnswer>> {
    let kind = page.filter.provider.unwrap_or(ProviderKind::Elevenlabs);
    let short = |text: Option<String>, field: &str, most: usize| match text {
        Some(text) if text.chars().count() > most => Err(Problem::invalid_field(
            field,
            format!("write at most {most} characters"),
        )),
        text => Ok(text
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())),
    };
    let query = VoiceQuery {
        search: short(page.filter.search, "search", MAX_NAME)?,
        language: short(page.filter.language, "language", MAX_LANGUAGE)?,
        cursor: short(page.cursor_text, "cursor", 2_000)?,
        page_size: Some(page.limit.min(100)),
    };
    let provider = api.platform_of_field("provider", kind).await?;
    let asked = (kind, query);
    let voices = match api.voices.pages.find(&asked, api.now()) {
        Some(voices) => voices,
        None => {
            let voices = provider
                .search_voices(&asked.1)
                .await
                .map_err(Problem::of_provider(provider.kind()))?;
            api.voices.pages.keep(asked, voices.clone(), api.now());
            voices
        }
    };
    let items = voices
        .voices
        .into_iter()
        .map(|voice| VoiceAnswer::of(kind, voice));
    let list = List {
        items: items.collect(),
        next_cursor: voices.next_cursor,
    };
    Ok((FOR_A_WHILE, Json(list)))
}

/// One voice, as the platform showed it within the last five minutes.
#[utoipa::path(get, path = "/voices/{provider}/{voice_id}", tag = "agents",
    params(("provider" = ProviderKind, Path), ("voice_id" = ProviderId, Path)),
    responses((status = OK, body = VoiceAnswer), Refusals, PlatformRefusals))]
async fn get_voice(
    Viewer(api): Viewer,
    Ids(kind, VoiceId(id)): Ids<ProviderKind, VoiceId>,
) -> Kept<VoiceAnswer> {
    let provider = api.platform(kind).await?;
    let voice = find_voice(&api, provider.as_ref(), &id)
        .await
        .map_err(Problem::of_provider(kind))?;
    let voice = found(voice, "voice")?;
    Ok((FOR_A_WHILE, Json(VoiceAnswer::of(kind, voice))))
}
