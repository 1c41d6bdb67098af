//! How a call is, and that it is over.

use http::StatusCode;
use serde_json::json;
use switchboard_domain::{CallStatus, InboundStage, ProviderKind, RouteTarget};
use switchboard_testing::RECEPTIONIST;

use crate::line::{call_id, form, to_agent};
use crate::world::World;

const PATH: &str = "/webhooks/twilio/status";

impl World {
    async fn status(&self, changes: &[(&str, &str)]) {
        let (status, answer) = self.twilio(PATH, &form(changes)).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{answer}");
    }
}

#[tokio::test]
async fn the_end_of_a_call_that_we_held_is_concluded_once() {
    let world = World::start().await;
    world.openai_rule().await;
    world.ring().await;
    let ended = [
        ("CallStatus", "completed"),
        ("CallDuration", "42"),
        ("SequenceNumber", "3"),
    ];
    for _ in 0..2 {
        world.status(&ended).await;
    }
    // Late, and older.
    world
        .status(&[("CallStatus", "in-progress"), ("SequenceNumber", "2")])
        .await;
    let inbound = world.inbound().await;
    assert_eq!(
        (inbound.stage, inbound.duration_secs),
        (InboundStage::Ended, Some(42))
    );
    assert_eq!(inbound.carrier_status.as_deref(), Some("completed"));
    assert_eq!(
        world.test.lambda.payloads(RECEPTIONIST),
        [json!({ "conclude": call_id() })]
    );
    assert!(world.test.store.open_inbound_calls().await.unwrap().is_empty());
    assert!(
        world.ring().await.contains("<Hangup/>"),
        "what is over is told nothing any more"
    );
}

#[tokio::test]
async fn a_conclusion_that_could_not_be_asked_for_leaves_the_call_open() {
    let world = World::start().await;
    world.ring().await;
    world.test.lambda.set_failing(true);
    let ended = form(&[("CallStatus", "completed")]);
    assert_eq!(
        world.twilio(PATH, &ended).await.0,
        StatusCode::SERVICE_UNAVAILABLE
    );
    let open = world.test.store.open_inbound_calls().await.unwrap();
    assert!(open.len() == 1 && open[0].ended_at.is_some(), "{open:?}");
    world.test.lambda.set_failing(false);
    world.status(&[("CallStatus", "completed")]).await;
    assert_eq!(world.test.lambda.payloads(RECEPTIONIST).len(), 1);
    assert!(world.test.store.open_inbound_calls().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_platform_that_had_a_call_tells_the_rest() {
    let world = World::start().await;
    let agent = world.agent_on(ProviderKind::Elevenlabs).await;
    world.rule(vec![to_agent(&agent)]).await;
    world.ring().await;
    world
        .status(&[("CallStatus", "completed"), ("CallDuration", "42")])
        .await;
    let call = world.find(&call_id()).await;
    assert_eq!(
        (call.status, call.hung_up_at),
        (CallStatus::InProgress, Some(world.now()))
    );
    assert!(world.test.lambda.payloads(RECEPTIONIST).is_empty());
    assert!(world.inbound().await.is_open(), "until the platform has told it");
}

#[tokio::test]
async fn a_call_that_was_never_written_is_written_by_its_end() {
    let world = World::start().await;
    world
        .status(&[("CallStatus", "completed"), ("CallDuration", "3")])
        .await;
    let call = world.find(&call_id()).await;
    assert_eq!(call.reception.unwrap().target, RouteTarget::Voicemail);
    assert_eq!(world.test.lambda.payloads(RECEPTIONIST).len(), 1);
    // A leg that we did not answer for is none of ours.
    let other = form(&[
        ("CallSid", "CA000000000000000000000000000000a9"),
        ("Direction", "outbound-dial"),
        ("CallStatus", "completed"),
    ]);
    assert_eq!(world.twilio(PATH, &other).await.0, StatusCode::NO_CONTENT);
    assert_eq!(world.test.lambda.payloads(RECEPTIONIST).len(), 1);
}

#[tokio::test]
async fn a_recording_is_sent_for_by_its_id_only() {
    let world = World::start().await;
    world.ring().await;
    let path = format!("/webhooks/twilio/recording?call={}", call_id());
    let sid = "RE00000000000000000000000000000001";
    let told = [
        ("RecordingSid", sid),
        ("RecordingStatus", "completed"),
        ("RecordingDuration", "17"),
        ("RecordingUrl", "https://evil.example.test/x"),
    ];
    assert_eq!(world.twilio(&path, &form(&told)).await.0, StatusCode::NO_CONTENT);
    for status in ["in-progress", "absent"] {
        let other = form(&[("RecordingSid", sid), ("RecordingStatus", status)]);
        assert_eq!(world.twilio(&path, &other).await.0, StatusCode::NO_CONTENT);
    }
    let asked = json!({ "recording": { "call_id": call_id(), "recording_sid": sid, "duration_secs": 17 } });
    assert_eq!(world.test.lambda.payloads(RECEPTIONIST), [asked]);
}
