//! Voices: search, one, a sample, and which an agent may have.

use axum::body::to_bytes;
use http::Method;
use jiff::SignedDuration;
use lambda_http::tower::ServiceExt;
use serde_json::json;
use switchboard_providers::Voice;
use switchboard_testing::{Actor, records};

use crate::harness::{TestApi, fields};

pub(crate) fn voice(id: &str, name: &str, languages: &[&str]) -> Voice {
    Voice {
        voice_id: records::provider_id(id),
        name: name.to_owned(),
        category: None,
        description: None,
        labels: Default::default(),
        languages: languages.iter().map(ToString::to_string).collect(),
        has_preview: true,
    }
}

async fn with_voices() -> TestApi {
    let api = TestApi::start_with_both().await;
    api.provider.put_voice(voice("voice_en", "Rachel", &["en"]));
    api.provider.put_voice(voice("voice_es", "Lucia", &["es"]));
    api.provider.put_voice(voice("voice_any", "Max", &[]));
    api.ultravox.put_voice(voice("voice_u", "Mark", &["en-US"]));
    api
}

#[tokio::test]
async fn voices_are_found_by_platform_and_language_and_asked_for_once_in_a_while() {
    let api = with_voices().await;
    let viewer = Actor::viewer();
    let path = "/api/voices?provider=elevenlabs&language=es";
    let reply = viewer.get(&api.router, path).await;
    assert_eq!(reply.headers["cache-control"], "private, max-age=300");
    let body = reply.expect(200);
    assert_eq!(
        (
            &body["items"][0]["voice_id"],
            &body["items"][0]["provider"],
            body["items"].as_array().unwrap().len()
        ),
        (&json!("voice_es"), &json!("elevenlabs"), 1)
    );
    viewer.get(&api.router, path).await.expect(200);
    assert_eq!(api.provider.voice_searches(), 1);
    viewer
        .get(&api.router, "/api/voices?provider=elevenlabs")
        .await
        .expect(200);
    assert_eq!(api.provider.voice_searches(), 2, "another question");
    api.test.clock.advance(SignedDuration::from_mins(6));
    viewer.get(&api.router, path).await.expect(200);
    assert_eq!(api.provider.voice_searches(), 3);

    let body = viewer
        .get(&api.router, "/api/voices?provider=ultravox&limit=1")
        .await
        .expect(200);
    assert_eq!(body["items"][0]["name"], "Mark");
    let first = viewer.get(&api.router, "/api/voices?limit=2").await.expect(200);
    let rest = format!(
        "/api/voices?limit=2&cursor={}",
        first["next_cursor"].as_str().unwrap()
    );
    let rest = viewer.get(&api.router, &rest).await.expect(200);
    assert_eq!(
        (&rest["items"][0]["name"], rest.get("next_cursor")),
        (&json!("Max"), None)
    );
}

#[tokio::test]
async fn one_voice_is_shown_and_its_sample_is_audio_of_a_known_length() {
    let api = with_voices().await;
    let viewer = Actor::viewer();
    let body = viewer
        .get(&api.router, "/api/voices/ultravox/voice_u")
        .await
        .expect(200);
    assert_eq!(
        (&body["name"], &body["languages"]),
        (&json!("Mark"), &json!(["en-US"]))
    );
    viewer
        .get(&api.router, "/api/voices/elevenlabs/voice_u")
        .await
        .expect(404);
    viewer
        .get(&api.router, "/api/voices/elevenlabs/voice%20u")
        .await
        .expect(404);
    viewer
        .get(&api.router, "/api/voices/nobody/voice_u")
        .await
        .expect(404);

    let path = "/api/voices/ultravox/voice_u/preview";
    let request = viewer.request(Method::GET, path, None);
    let response = api.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers();
    assert_eq!(
        (&headers["content-type"], &headers["content-length"]),
        (&"audio/mpeg".parse().unwrap(), &"4".parse().unwrap())
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(&to_bytes(response.into_body(), 100).await.unwrap()[..], b"Mark");

    let mut silent = voice("voice_s", "Silent", &[]);
    silent.has_preview = false;
    api.ultravox.put_voice(silent);
    let body = viewer
        .get(&api.router, "/api/voices/ultravox/voice_s/preview")
        .await
        .expect(404);
    assert!(body["detail"].as_str().unwrap().contains("no sample"), "{body}");
}

#[tokio::test]
async fn an_agent_has_a_voice_that_is_there_and_speaks_its_language() {
    let api = with_voices().await;
    let admin = Actor::admin();
    let new = |voice: &str, language: &str| json!({ "provider": "elevenlabs", "name": "Anna", "prompt": "Talk.", "language": language, "voice_id": voice });
    let body = admin
        .post(&api.router, "/api/agents", new("voice_u", "en"))
        .await
        .expect(400);
    assert_eq!(fields(&body), ["voice_id"]);
    assert!(
        body["errors"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("ElevenLabs has no such voice")
    );
    let body = admin
        .post(&api.router, "/api/agents", new("voice_es", "en"))
        .await
        .expect(400);
    assert_eq!(
        body["errors"][0]["message"],
        "the voice Lucia does not speak en, but es: choose another voice, or another language"
    );
    admin
        .post(&api.router, "/api/agents", new("voice_any", "fi"))
        .await
        .expect(201);
    let made = admin
        .post(&api.router, "/api/agents", new("voice_en", "en-GB"))
        .await
        .expect(201);

    let path = format!("/api/agents/{}", made["agent_id"].as_str().unwrap());
    let body = admin
        .patch(&api.router, &path, json!({ "language": "es" }))
        .await
        .expect(400);
    assert_eq!(fields(&body), ["language"]);
    let body = admin
        .patch(&api.router, &path, json!({ "voice_id": "voice_es" }))
        .await
        .expect(400);
    assert_eq!(fields(&body), ["voice_id"]);
    let both = json!({ "language": "es", "voice_id": "voice_es" });
    admin.patch(&api.router, &path, both).await.expect(200);
    // A voice that is gone does not keep anybody from changing something else.
    api.provider.remove_voice(&records::provider_id("voice_es"));
    api.test.clock.advance(SignedDuration::from_mins(6));
    let same = json!({ "name": "Ann", "voice_id": "voice_es", "language": "es" });
    let changed = admin.patch(&api.router, &path, same).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["voice_missing"]),
        (&json!("Ann"), &json!(true))
    );
}
