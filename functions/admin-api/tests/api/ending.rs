//! Ending a call that is in progress.

use serde_json::json;
use switchboard_domain::{Call, CallStatus, ProviderKind};
use switchboard_providers::{PlaceCall, VoiceProvider};
use switchboard_testing::{Actor, records};

use crate::harness::TestApi;

/// A call in progress at Ultravox, or one that is there no more.
async fn call(api: &TestApi, provider: ProviderKind, status: CallStatus) -> Call {
    let mut call = records::call("c", api.test.now());
    let request = PlaceCall {
        attempt: call.call_id.clone(),
        provider_agent_id: call.provider_agent_id.clone().unwrap(),
        phone_line_id: call.phone_line_id.clone().unwrap(),
        carrier: call.carrier.unwrap(),
        to: call.phone_number.clone().unwrap(),
        variables: Default::default(),
        first_message: None,
        ringing_timeout_secs: 60,
    };
    let placed = api.ultravox.place_call(&request).await.unwrap();
    call.provider = Some(provider);
    call.status = status;
    call.conversation_id = Some(placed.conversation_id);
    api.test.store.create_call(&call).await.unwrap();
    call
}

#[tokio::test]
async fn a_live_call_is_ended_at_its_platform_once() {
    let api = TestApi::start_with_both().await;
    let call = call(&api, ProviderKind::Ultravox, CallStatus::InProgress).await;
    let path = format!("/api/calls/{}", call.call_id);
    let shown = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(shown["can_be_ended"], true);
    let end = format!("{path}/end");
    let body = Actor::operator().act(&api.router, &end).await.expect(409);
    assert!(body["detail"].as_str().unwrap().contains("still rings"), "{body}");
    api.ultravox.pick_up(call.conversation_id.as_ref().unwrap());
    Actor::viewer().act(&api.router, &end).await.expect(403);
    let body = Actor::operator().act(&api.router, &end).await.expect(200);
    assert_eq!(body, json!({ "ended": true }));
    assert_eq!(api.ultravox.live_count().await.unwrap(), 0);
    let body = Actor::operator().act(&api.router, &end).await.expect(409);
    assert!(
        body["detail"].as_str().unwrap().contains("over already"),
        "{body}"
    );
    let trail = Actor::admin().get(&api.router, "/api/audit").await.expect(200);
    assert!(trail.to_string().contains("call.ended"));
}

#[tokio::test]
async fn a_call_that_is_not_live_is_not_ended_and_says_what_to_do() {
    for (status, says) in [
        (CallStatus::Queued, "stop the queue"),
        (CallStatus::Placing, "Try again"),
        (CallStatus::Completed, "nothing to end"),
    ] {
        let api = TestApi::start_with_both().await;
        let call = call(&api, ProviderKind::Ultravox, status).await;
        let path = format!("/api/calls/{}", call.call_id);
        let shown = Actor::viewer().get(&api.router, &path).await.expect(200);
        assert_eq!(shown["can_be_ended"], false);
        let body = Actor::operator()
            .act(&api.router, &format!("{path}/end"))
            .await
            .expect(409);
        assert!(body["detail"].as_str().unwrap().contains(says), "{body}");
    }
}

#[tokio::test]
async fn a_platform_that_cannot_end_calls_says_what_to_do_instead() {
    let api = TestApi::start_with_both().await;
    let call = call(&api, ProviderKind::Elevenlabs, CallStatus::InProgress).await;
    let path = format!("/api/calls/{}", call.call_id);
    let shown = Actor::viewer().get(&api.router, &path).await.expect(200);
    assert_eq!(shown["can_be_ended"], false);
    let body = Actor::operator()
        .act(&api.router, &format!("{path}/end"))
        .await
        .expect(422);
    assert_eq!(body["type"], "/problems/not-possible");
    let detail = body["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("ElevenLabs has no way to end a call"),
        "{detail}"
    );
    assert!(detail.contains("Twilio console"), "{detail}");
}
