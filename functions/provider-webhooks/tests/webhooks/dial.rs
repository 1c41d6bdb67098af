//! What Twilio was told to do is done.

use jiff::SignedDuration;
use switchboard_domain::{InboundStage, ProviderKind, ReceptionSettings, RouteTarget};

use crate::line::{call_id, form, to_agent, to_person};
use crate::world::World;

const FAILED: [(&str, &str); 1] = [("DialCallStatus", "no-answer")];
const SPOKE: [(&str, &str); 1] = [("DialCallStatus", "completed")];

#[tokio::test]
async fn whoever_does_not_answer_is_followed_by_the_next_and_a_repeat_hears_the_same() {
    let world = World::start().await;
    let agent = world.agent_on(ProviderKind::Openai).await;
    world.rule(vec![to_agent(&agent), to_person()]).await;
    world.ring().await;
    let person = world.done(0, &FAILED).await;
    assert!(person.contains("<Number>") && person.contains("at=1"), "{person}");
    assert_eq!(world.done(0, &FAILED).await, person);
    let voicemail = world.done(1, &[("DialCallStatus", "busy")]).await;
    assert!(voicemail.contains("<Record"), "{voicemail}");
    assert_eq!(world.done(1, &FAILED).await, voicemail);
    let reception = world.find(&call_id()).await.reception.unwrap();
    assert_eq!(
        (reception.target, reception.fell_back),
        (RouteTarget::Voicemail, true)
    );
    let over = world
        .done(2, &[("RecordingSid", "RE00000000000000000000000000000001")])
        .await;
    assert!(over.contains("<Hangup/>"), "{over}");
    assert_eq!(world.inbound().await.at_target, 2);
}

#[tokio::test]
async fn a_person_is_recorded_where_calls_are_recorded() {
    let world = World::start().await;
    world.rule(vec![to_person()]).await;
    let told = world.ring().await;
    assert!(
        told.contains("<Number>") && told.contains("record=\"record-from-answer-dual\""),
        "{told}"
    );
    let id = call_id();
    assert!(
        told.contains(&format!("/webhooks/twilio/recording?call={id}")),
        "{told}"
    );

    let world = World::start().await;
    let settings = ReceptionSettings {
        record: false,
        ..ReceptionSettings::default()
    };
    world.test.store.put_reception_settings(&settings).await.unwrap();
    world.rule(vec![to_person()]).await;
    let told = world.ring().await;
    assert!(told.contains("<Number>") && !told.contains("record"), "{told}");
}

#[tokio::test]
async fn whoever_had_the_call_ends_it() {
    let world = World::start().await;
    world.rule(vec![to_person()]).await;
    world.ring().await;
    assert!(world.done(0, &SPOKE).await.contains("<Hangup/>"));
    let inbound = world.inbound().await;
    assert_eq!((inbound.at_target, inbound.stage), (0, InboundStage::Answered));
}

#[tokio::test]
async fn an_agent_that_answered_and_never_spoke_is_followed_by_the_next() {
    let world = World::start().await;
    world.openai_rule().await;
    world.ring().await;
    assert!(
        world.done(0, &SPOKE).await.contains("<Record"),
        "nobody was on the sideband"
    );

    let world = World::start().await;
    world.openai_rule().await;
    world.ring().await;
    let now = world.now();
    let id = call_id();
    let mark = |gave_up: bool| {
        world.test.store.update_inbound(&id, move |inbound| {
            inbound.attached_at = Some(now);
            inbound.gave_up = gave_up;
            true
        })
    };
    mark(false).await.unwrap();
    assert!(world.done(0, &SPOKE).await.contains("<Hangup/>"));
    mark(true).await.unwrap();
    assert!(world.done(0, &SPOKE).await.contains("<Record"), "it was given up");
}

#[tokio::test]
async fn a_caller_who_has_gone_is_given_to_nobody() {
    let world = World::start().await;
    world.rule(vec![to_person()]).await;
    world.ring().await;
    let gone = world
        .done(0, &[("DialCallStatus", "canceled"), ("CallStatus", "completed")])
        .await;
    assert!(gone.contains("<Hangup/>"), "{gone}");
    assert_eq!(world.inbound().await.at_target, 0);
    // And a leg of another call learns nothing of this one.
    let other = [
        ("CallSid", "CA000000000000000000000000000000a9"),
        ("DialCallStatus", "failed"),
    ];
    assert!(world.done(0, &other).await.contains("<Hangup/>"));
    assert_eq!(world.inbound().await.at_target, 0);
}

#[tokio::test]
async fn a_stream_that_closed_at_once_is_followed_by_the_next_and_a_long_one_is_not() {
    for (secs, expected) in [(2, "<Record"), (9, "<Hangup/>")] {
        let world = World::start().await;
        let agent = world.agent_on(ProviderKind::Ultravox).await;
        world.rule(vec![to_agent(&agent)]).await;
        world.ring().await;
        world.clock.advance(SignedDuration::from_secs(secs));
        let next = world.done(0, &[("CallStatus", "in-progress")]).await;
        assert!(next.contains(expected), "{secs}: {next}");
    }
    assert!(form(&[]).get("CallSid").is_some());
}
