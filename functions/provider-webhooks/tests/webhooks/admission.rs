//! Who is let in.

use axum::body::Body;
use http::{Request, StatusCode};
use jiff::SignedDuration;
use provider_webhooks::MAX_BODY_BYTES;
use serde_json::Value;
use switchboard_domain::CallStatus;
use switchboard_providers::Secret;
use switchboard_providers::elevenlabs::webhook::sign;
use switchboard_store::WebhookState;
use tower::ServiceExt;

use crate::world::{SECRET, TRANSCRIPTION, World};

#[tokio::test]
async fn what_is_not_signed_is_turned_away_and_nothing_of_it_is_kept() {
    let world = World::start().await;
    let id = world.sample_call().await;
    let body = TRANSCRIPTION.as_bytes();
    let right = Secret::new(SECRET);
    let now = world.now();
    for (what, signature) in [
        ("missing", None),
        ("forged", Some(sign(&Secret::new("wsec_other"), body, now))),
        ("of another body", Some(sign(&right, b"{}", now))),
        (
            "stale",
            Some(sign(&right, body, now - SignedDuration::from_mins(46))),
        ),
        (
            "of the future",
            Some(sign(&right, body, now + SignedDuration::from_mins(6))),
        ),
        ("malformed", Some("v0=00".to_owned())),
        ("empty", Some(String::new())),
    ] {
        let (status, problem) = world.post(body, signature).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{what}");
        assert_eq!(problem["type"], "/problems/unauthorized", "{what}");
        assert_eq!(world.record(TRANSCRIPTION).await, None, "{what}");
        assert_eq!(world.kept_body(TRANSCRIPTION).await, None, "{what}");
        assert_eq!(world.find(&id).await.status, CallStatus::InProgress, "{what}");
    }
}

#[tokio::test]
async fn the_signature_is_checked_over_the_bytes_behind_base64() {
    let world = World::start().await;
    let sample = include_str!("../../../../events/provider-webhooks/unknown_type.event.json");
    let mut event: Value = serde_json::from_str(sample).unwrap();
    let body = r#"{"type":"something_new","data":{}}"#;
    let signature = sign(&Secret::new(SECRET), body.as_bytes(), world.now());
    event["headers"]["elevenlabs-signature"] = signature.into();
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(world.record(body).await.unwrap().state, WebhookState::Ignored);
}

#[tokio::test]
async fn other_paths_methods_and_sizes_are_refused_with_a_problem() {
    let world = World::start().await;
    let too_large = vec![b' '; MAX_BODY_BYTES + 1];
    for (request, expected) in [
        (
            Request::post("/webhooks/other").body(Body::empty()),
            StatusCode::NOT_FOUND,
        ),
        (
            Request::get("/webhooks/elevenlabs").body(Body::empty()),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (
            Request::post("/webhooks/elevenlabs").body(Body::from(too_large)),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
    ] {
        let (status, problem) = world.send(request.unwrap()).await;
        assert_eq!(status, expected);
        assert_eq!(problem["status"], expected.as_u16());
        assert!(problem["detail"].is_string());
    }
}
