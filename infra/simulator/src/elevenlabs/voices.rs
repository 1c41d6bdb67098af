//! Voices and their previews.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use http::{Uri, header};
use serde_json::{Value, json};

use super::body::Query;
use super::refusal::Refusal;
use super::seed::{BORN_SECS, VOICES};
use crate::recording;
use crate::server::Shared;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v2/voices", get(search))
        .route("/v1/voices/{id}", get(one))
}

/// Previews need no key, as at the vendor.
pub(crate) fn open_routes() -> Router<Shared> {
    Router::new().route("/previews/{voice}", get(preview))
}

fn voice(shared: &Shared, of: &(&str, &str, &str, &str, &str, &str, &str)) -> Value {
    let (id, name, gender, accent, age, language, use_case) = *of;
    json!({
        "voice_id": id, "name": name, "category": "premade",
        "labels": { "gender": gender, "accent": accent, "age": age, "language": language, "use_case": use_case },
        "description": format!("A {age} {accent} voice."),
        "preview_url": format!("http://{}/previews/{id}.mp3", shared.address),
        "settings": null, "samples": null, "available_for_tiers": [], "high_quality_base_model_ids": [],
        "verified_languages": [{ "language": language, "model_id": "eleven_flash_v2_5", "accent": accent }],
        "is_owner": false, "created_at_unix": BORN_SECS,
    })
}

async fn search(State(shared): State<Shared>, uri: Uri) -> Result<Json<Value>, Refusal> {
    let query = Query::of(&uri);
    let size = query.page_size("page_size", 10, 100)?;
    let text = query.get("search").unwrap_or_default().to_lowercase();
    let languages = query.all("language");
    let use_cases = query.all("use_cases");
    let ids = query.all("voice_ids");
    let from = query.get("next_page_token").unwrap_or_default();
    let fits = |v: &&(&str, &str, &str, &str, &str, &str, &str)| {
        let (id, name, gender, accent, age, language, use_case) = **v;
        (text.is_empty()
            || format!("{name} {accent} {language} {use_case}")
                .to_lowercase()
                .contains(&text))
            && (languages.is_empty() || languages.iter().any(|l| l == language))
            && (use_cases.is_empty() || use_cases.iter().any(|u| u == use_case))
            && (ids.is_empty() || ids.iter().any(|i| i == id))
            && query.get("gender").is_none_or(|g| g == gender)
            && query.get("age").is_none_or(|a| a == age)
            && query.get("accent").is_none_or(|a| a == accent)
    };
    let fitting: Vec<_> = VOICES.iter().filter(fits).collect();
    let start = fitting.iter().position(|v| v.0 == from).map_or(0, |at| at + 1);
    let page: Vec<_> = fitting.iter().skip(start).take(size).collect();
    let has_more = start + page.len() < fitting.len();
    let next = has_more.then(|| page.last().map(|v| v.0)).flatten();
    let voices: Vec<Value> = page.iter().map(|v| voice(&shared, v)).collect();
    Ok(Json(json!({
        "voices": voices, "has_more": has_more, "total_count": fitting.len(), "next_page_token": next,
    })))
}

async fn one(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let found = VOICES.iter().find(|v| v.0 == id);
    found
        .map(|v| Json(voice(&shared, v)))
        .ok_or_else(|| Refusal::not_found("voice_not_found"))
}

async fn preview(Path(_voice): Path<String>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "audio/mpeg")], recording::preview())
}
