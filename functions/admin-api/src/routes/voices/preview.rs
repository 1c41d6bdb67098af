//! What a voice sounds like.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use switchboard_domain::{ProviderId, ProviderKind};
use switchboard_providers::MAX_PREVIEW_BYTES;
use switchboard_service::{Problem, ProblemCode};

use crate::answer::{PlatformRefusals, Refusals};
use crate::path::{Ids, VoiceId};
use crate::roles::Viewer;

/// A sample of a voice, as audio; at most 4 MB. It goes through here, for the platform wants its key for it, which
/// no browser has.
#[utoipa::path(get, path = "/voices/{provider}/{voice_id}/preview", tag = "agents",
    params(("provider" = ProviderKind, Path), ("voice_id" = ProviderId, Path)),
    responses((status = OK, body = Vec<u8>, content_type = "audio/mpeg"), Refusals, PlatformRefusals))]
pub(super) async fn get_voice_preview(
    Viewer(api): Viewer,
    Ids(kind, VoiceId(id)): Ids<ProviderKind, VoiceId>,
) -> Result<Response, Problem> {
    let provider = api.platform(kind).await?;
    let preview = provider
        .get_voice_preview(&id)
        .await
        .map_err(Problem::of_provider(kind))?;
    let Some(preview) = preview.filter(|preview| preview.audio.len() <= MAX_PREVIEW_BYTES) else {
        return Err(Problem::new(
            ProblemCode::NotFound,
            format!(
                "{} has no sample of this voice that could be played.",
                kind.name()
            ),
        ));
    };
    let headers = [
        (CONTENT_TYPE, preview.content_type),
        (CONTENT_LENGTH, preview.audio.len().to_string()),
        // A voice keeps its sound: what a browser has heard it need not ask for again today.
        (CACHE_CONTROL, "private, max-age=86400".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, preview.audio).into_response())
}
