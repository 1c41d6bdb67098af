//! Status, quota, settings.

use jiff::SignedDuration;
use serde_json::json;
use switchboard_domain::{ProviderHealth, ProviderKind};
use switchboard_providers::{Credits, ProviderError, Quota};
use switchboard_testing::Actor;

use crate::harness::TestApi;

fn quota() -> Quota {
    Quota {
        tier: "pro".into(),
        status: "active".into(),
        credits: Some(Credits {
            used: 120,
            limit: 1_000,
            resets_at: None,
        }),
        ..Quota::default()
    }
}

#[tokio::test]
async fn a_provider_is_up_or_down_with_the_reason() {
    let api = TestApi::start().await;
    api.provider.set_quota(quota());
    let body = Actor::viewer().get(&api.router, "/api/status").await.expect(200);
    let now = "2026-11-20T12:00:00Z";
    let up =
        json!({ "provider": "elevenlabs", "state": "up", "since": now, "spacing_ms": 0, "checked_at": now });
    assert_eq!(body["providers"][0], up);
    assert_eq!(
        (&body["providers"][1]["provider"], &body["providers"][1]["state"]),
        (&json!("ultravox"), &json!("not_set_up"))
    );

    api.provider.fail_next_request(ProviderError::Unauthorized {
        code: "invalid_api_key".into(),
        request_id: Some("req_1".into()),
    });
    // However many look: within half a minute the provider is not asked again.
    let body = Actor::viewer().get(&api.router, "/api/status").await.expect(200);
    assert_eq!(body["providers"][0], up);
    api.test.clock.advance(SignedDuration::from_secs(30));
    let body = Actor::viewer().get(&api.router, "/api/status").await.expect(200);
    let down = &body["providers"][0];
    assert_eq!(
        (&down["state"], &down["since"], &down["provider_request_id"]),
        (&json!("down"), &json!("2026-11-20T12:00:30Z"), &json!("req_1"))
    );
    let said = down["explanation"].as_str().unwrap();
    assert!(
        said.starts_with("ElevenLabs") && said.contains("API key"),
        "{said}"
    );

    api.test.clock.advance(SignedDuration::from_secs(30));
    let body = Actor::viewer().get(&api.router, "/api/status").await.expect(200);
    assert_eq!(body["providers"][0]["state"], "up", "it answers again");
}

#[tokio::test]
async fn a_provider_that_stays_away_is_down_for_the_dials_too_and_comes_back_by_itself() {
    let api = TestApi::start().await;
    api.provider.set_quota(quota());
    let look = async || {
        let body = Actor::viewer().get(&api.router, "/api/status").await.expect(200);
        api.test.clock.advance(SignedDuration::from_secs(60));
        body["providers"][0].clone()
    };
    for _ in 0..5 {
        api.provider.fail_next_request(ProviderError::Unavailable {
            reason: "HTTP 503".into(),
            request_id: None,
            source: None,
        });
        assert_eq!(look().await["state"], "down");
    }
    let (store, kind) = (&api.test.store, ProviderKind::Elevenlabs);
    let known = store.provider_state(kind, api.test.now()).await.unwrap();
    assert_eq!(known.health, ProviderHealth::Down);
    let mut states = Vec::new();
    for _ in 0..8 {
        states.push(look().await["state"].as_str().unwrap().to_owned());
    }
    assert_eq!((states[0].as_str(), states[7].as_str()), ("degraded", "up"));
}

#[tokio::test]
async fn the_quota_says_what_is_left() {
    let api = TestApi::start().await;
    api.provider.set_quota(quota());
    let body = Actor::viewer().get(&api.router, "/api/quota").await.expect(200);
    insta::assert_json_snapshot!(body);
}

#[tokio::test]
async fn the_settings_are_shown() {
    let api = TestApi::start().await;
    let body = Actor::viewer()
        .get(&api.router, "/api/settings")
        .await
        .expect(200);
    insta::assert_json_snapshot!(body);
}
