//! A call waits at OpenAI.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use switchboard_domain::InboundStage;
use switchboard_providers::Secret;
use switchboard_providers::openai::signature::sign;
use switchboard_store::WebhookList;
use switchboard_testing::RECEPTIONIST;

use crate::line::{OPENAI_SECRET, call_id, form, reference, waiting};
use crate::world::World;

#[tokio::test]
async fn our_call_is_taken_with_its_agents_session_and_somebody_is_put_on_it() {
    let world = World::start().await;
    let agent = world.openai_rule().await;
    let document = world.ring().await;
    let (status, answer) = world.waits("rtc_1", &document).await;
    assert_eq!(
        (status, &answer["status"]),
        (StatusCode::OK, &json!("accepted")),
        "{answer}"
    );
    let [(path, body)] = &world.line.asked("/accept")[..] else {
        panic!("asked once")
    };
    assert_eq!(path, "/v1/realtime/calls/rtc_1/accept");
    let session: Value = serde_json::from_str(body).unwrap();
    assert_eq!(session["type"], "realtime");
    assert!(
        session["instructions"]
            .as_str()
            .unwrap()
            .starts_with(&agent.prompt)
    );
    let inbound = world.inbound().await;
    assert_eq!(
        (inbound.stage, inbound.accepted_at),
        (InboundStage::Accepted, Some(world.now()))
    );
    assert_eq!(inbound.openai_call_id.unwrap().as_str(), "rtc_1");
    let hold = json!({ "hold": { "call_id": call_id(), "generation": 1 } });
    assert_eq!(world.test.lambda.payloads(RECEPTIONIST), [hold]);
    assert_eq!(
        world.find(&call_id()).await.conversation_id.unwrap().as_str(),
        "rtc_1"
    );
}

#[tokio::test]
async fn a_repeat_under_any_id_does_nothing() {
    let world = World::start().await;
    world.openai_rule().await;
    let document = world.ring().await;
    let body = waiting("rtc_1", &reference(&document));
    assert_eq!(world.openai("wh_1", &body).await.1["status"], "accepted");
    for id in ["wh_1", "wh_2"] {
        let (status, answer) = world.openai(id, &body).await;
        assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("repeated")));
    }
    assert_eq!(world.line.asked("/accept").len(), 1);
    assert!(world.line.asked("/reject").is_empty());
    assert_eq!(world.test.lambda.payloads(RECEPTIONIST).len(), 1);
}

#[tokio::test]
async fn a_reference_is_good_once_and_one_that_is_none_is_sent_away() {
    let world = World::start().await;
    world.openai_rule().await;
    let document = world.ring().await;
    assert_eq!(world.waits("rtc_1", &document).await.1["status"], "accepted");
    assert_eq!(
        world.ring().await,
        document,
        "Twilio may ask again, and the reference is not good again"
    );
    for (openai_call, reference) in [
        ("rtc_2", reference(&document)),
        ("rtc_3", "x".repeat(32)),
        ("rtc_4", String::new()),
    ] {
        let (status, answer) = world.openai(openai_call, &waiting(openai_call, &reference)).await;
        assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("rejected")));
    }
    let rejected = world.line.asked("/reject");
    assert_eq!(rejected.len(), 3);
    assert!(
        rejected.iter().all(|(_, body)| body == r#"{"status_code":603}"#),
        "{rejected:?}"
    );
    assert_eq!(world.line.asked("/accept").len(), 1);
}

#[tokio::test]
async fn a_reference_that_has_run_out_is_sent_away() {
    let world = World::start().await;
    world.openai_rule().await;
    let document = world.ring().await;
    world.clock.advance(SignedDuration::from_secs(601));
    assert_eq!(world.waits("rtc_1", &document).await.1["status"], "rejected");
}

#[tokio::test]
async fn a_call_that_is_over_is_sent_away_as_gone() {
    let world = World::start().await;
    world.openai_rule().await;
    let document = world.ring().await;
    let ended = form(&[("CallStatus", "completed")]);
    world.twilio("/webhooks/twilio/status", &ended).await;
    assert_eq!(world.waits("rtc_1", &document).await.1["status"], "rejected");
    assert_eq!(world.line.asked("/reject")[0].1, r#"{"status_code":486}"#);
    assert!(world.line.asked("/accept").is_empty());
}

#[tokio::test]
async fn what_fails_after_it_was_taken_is_hung_up_and_the_caller_goes_on_to_the_next() {
    let world = World::start().await;
    world.openai_rule().await;
    let document = world.ring().await;
    world.test.lambda.set_failing(true);
    assert_eq!(world.waits("rtc_1", &document).await.1["status"], "failed");
    world.test.lambda.set_failing(false);
    assert_eq!(world.line.asked("/hangup").len(), 1);
    assert!(
        world
            .done(0, &[("DialCallStatus", "completed")])
            .await
            .contains("<Record")
    );

    // Nobody knows whether it was taken: it is not left without anybody.
    for status in [500, 400, 429] {
        let world = World::start().await;
        world.openai_rule().await;
        let document = world.ring().await;
        world.line.answers("/accept", status, "{}");
        assert_eq!(world.waits("rtc_1", &document).await.1["status"], "failed");
        assert_eq!(world.line.asked("/hangup").len(), 1, "{status}");
        assert!(world.test.lambda.payloads(RECEPTIONIST).is_empty());
    }

    let world = World::start().await;
    world.openai_rule().await;
    let document = world.ring().await;
    world.line.answers("/accept", 404, "{}");
    assert_eq!(world.waits("rtc_1", &document).await.1["status"], "failed");
    assert!(world.line.asked("/hangup").is_empty(), "it is gone already");
}

#[tokio::test]
async fn only_openai_is_heard() {
    let world = World::start().await;
    world.openai_rule().await;
    let document = world.ring().await;
    let body = waiting("rtc_1", &reference(&document)).to_string();
    let now = world.now().as_second();
    let signed =
        |secret: &str, at: i64, body: &str| sign(&Secret::new(secret), "wh_1", at, body.as_bytes()).unwrap();
    let right = signed(OPENAI_SECRET, now, &body);
    for (what, id, at, signature) in [
        ("forged", "wh_1", now, signed("whsec_AAAA", now, &body)),
        ("of another body", "wh_1", now, signed(OPENAI_SECRET, now, "{}")),
        ("of another id", "wh_2", now, right.clone()),
        ("of another moment", "wh_1", now - 1, right.clone()),
        (
            "stale",
            "wh_1",
            now - 301,
            signed(OPENAI_SECRET, now - 301, &body),
        ),
        (
            "of the future",
            "wh_1",
            now + 301,
            signed(OPENAI_SECRET, now + 301, &body),
        ),
        ("malformed", "wh_1", now, "v2,AAAA".to_owned()),
    ] {
        let (status, _) = world.openai_signed(id, at, &signature, body.clone()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{what}");
    }
    assert!(world.line.asked("").is_empty());
    let (status, answer) = world.openai_signed("wh_1", now, &right, body).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("accepted")));
}

#[tokio::test]
async fn other_events_are_taken_note_of_and_what_cannot_be_read_is_kept() {
    let world = World::start().await;
    let live: Value = serde_json::from_str(include_str!(
        "../../../../events/openai/live_transport_incoming.json"
    ))
    .unwrap();
    let (status, answer) = world.openai("wh_1", &live).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("ignored")));
    let odd = json!({ "type": "realtime.call.incoming", "data": { "call_id": "../x" } });
    let (status, answer) = world.openai("wh_2", &odd).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("unparsed")));
    let shown = world
        .test
        .store
        .list_webhooks(WebhookList::Unparsed, None, 50)
        .await
        .unwrap();
    assert_eq!(shown.items.len(), 1);
    assert!(world.line.asked("").is_empty());
}
