//! Status, quota, settings.

use serde_json::json;
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
    assert_eq!(body, json!({ "providers": [up] }));

    api.provider.fail_next_request(ProviderError::Unauthorized {
        code: "invalid_api_key".into(),
        request_id: None,
    });
    let body = Actor::viewer().get(&api.router, "/api/status").await.expect(200);
    assert_eq!(body["providers"][0]["state"], "down");
    assert!(
        body["providers"][0]["explanation"]
            .as_str()
            .unwrap()
            .contains("API key"),
        "{body}"
    );
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
