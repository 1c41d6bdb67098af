//! Voices and their previews.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{StatusCode, Uri, header};
use serde_json::{Value, json};

use super::body::Base;
use super::page::page;
use super::refusal::Refusal;
use super::seed::{Preview, VOICES, Voice};
use super::wav::Wav;
use crate::query::Query;
use crate::server::Shared;

/// Rows of a page when nobody says.
const USUAL_PAGE: usize = 5;
/// Seconds of a preview.
const PREVIEW_SECS: u32 = 3;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/voices", get(search))
        .route("/api/voices/{id}", get(one))
        .route("/api/voices/{id}/preview", get(preview))
}

/// Where a preview that lies elsewhere is; it needs no key.
pub(crate) fn open_routes() -> Router<Shared> {
    Router::new().route("/ultravox/previews/{file}", get(preview_file))
}

fn shown(base: &Base, voice: &Voice) -> Value {
    let billing = match voice.ownership {
        "private" => "VOICE_BILLING_STYLE_EXTERNAL",
        _ => "VOICE_BILLING_STYLE_INCLUDED",
    };
    json!({
        "voiceId": voice.id, "name": voice.name, "description": voice.description,
        "primaryLanguage": voice.language, "languageLabel": voice.language_label,
        "previewUrl": format!("{}/api/voices/{}/preview", base.0, voice.id),
        "ownership": voice.ownership, "billingStyle": billing,
        "provider": voice.provider, "definition": {},
    })
}

async fn search(State(_): State<Shared>, base: Base, uri: Uri) -> Result<Json<Value>, Refusal> {
    let query = Query::of(&uri);
    let text = query.get("search").unwrap_or_default().to_lowercase();
    let providers = query.all("provider");
    let language = |voice: &Voice, wanted: &str| {
        let (wanted, has) = (wanted.to_lowercase(), voice.language.to_lowercase());
        has == wanted || has.split('-').next() == Some(&wanted)
    };
    let fits = |voice: &&Voice| {
        format!("{} {}", voice.name, voice.description)
            .to_lowercase()
            .contains(&text)
            && (providers.is_empty() || providers.iter().any(|provider| provider == voice.provider))
            && query
                .get("ownership")
                .is_none_or(|wanted| wanted == voice.ownership)
            && query
                .get("primaryLanguage")
                .is_none_or(|wanted| language(voice, wanted))
    };
    let voices: Vec<&Voice> = VOICES.iter().filter(fits).collect();
    let row = |voice: &&Voice| shown(&base, voice);
    page(&base, &uri, USUAL_PAGE, &voices, |voice| voice.id.to_owned(), row).map(Json)
}

fn found(id: &str) -> Result<&'static Voice, Refusal> {
    VOICES
        .iter()
        .find(|voice| voice.id == id)
        .ok_or_else(Refusal::not_found)
}

async fn one(Path(id): Path<String>, base: Base) -> Result<Json<Value>, Refusal> {
    Ok(Json(shown(&base, found(&id)?)))
}

fn sound() -> Response {
    (
        [(header::CONTENT_TYPE, "audio/wav")],
        Wav::of(PREVIEW_SECS, None).whole(),
    )
        .into_response()
}

async fn preview(Path(id): Path<String>, base: Base) -> Result<Response, Refusal> {
    match found(&id)?.preview {
        Preview::Audio => Ok(sound()),
        Preview::Elsewhere => {
            let place = format!("{}/ultravox/previews/{id}.wav", base.0);
            Ok((StatusCode::FOUND, [(header::LOCATION, place)]).into_response())
        }
        Preview::Broken => Err(Refusal::detail(
            StatusCode::BAD_REQUEST,
            "The voice's provider does not know this voice.",
        )),
    }
}

async fn preview_file(Path(file): Path<String>) -> Result<Response, Refusal> {
    let voice = found(file.strip_suffix(".wav").unwrap_or_default())?;
    match voice.preview {
        Preview::Elsewhere => Ok(sound()),
        Preview::Audio | Preview::Broken => Err(Refusal::not_found()),
    }
}
