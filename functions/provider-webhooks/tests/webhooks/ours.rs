//! Calls of ours in which an agent at OpenAI speaks.

use http::StatusCode;
use serde_json::json;
use switchboard_domain::{Call, CallId, CallStatus, InboundStage, ProviderKind};
use switchboard_testing::RECEPTIONIST;

use crate::line::{BASE, SID, form};
use crate::world::World;

impl World {
    /// A call of ours that the carrier was asked for.
    async fn ours(&self, name: &str) -> CallId {
        let agent = self.agent_on(ProviderKind::Openai).await;
        let call = self
            .placing(name, |call: &mut Call| {
                call.provider = Some(ProviderKind::Openai);
                call.agent_id = Some(agent.agent_id.clone());
                call.provider_agent_id = Some(agent.provider_agent_id.clone());
            })
            .await;
        call.call_id
    }

    async fn tell(&self, route: &str, id: &CallId, changes: &[(&str, &str)]) -> String {
        let mut changed = vec![("Direction", "outbound-api"), ("CallSid", SID)];
        changed.retain(|(name, _)| changes.iter().all(|(other, _)| other != name));
        changed.extend(changes);
        let (status, document) = self
            .twilio(&format!("/webhooks/twilio/{route}?call={id}"), &form(&changed))
            .await;
        assert!(status.is_success(), "{status} {document}");
        document
    }
}

#[tokio::test]
async fn a_person_who_answers_is_connected_with_the_agent() {
    let world = World::start().await;
    let id = world.ours("answered").await;
    let document = world
        .tell(
            "voice",
            &id,
            &[("CallStatus", "in-progress"), ("AnsweredBy", "human")],
        )
        .await;
    assert!(
        document.contains("X-Call-Ref=")
            && document.contains(&format!("{BASE}/webhooks/twilio/dial?call={id}"))
    );
    assert_eq!(
        world.tell("voice", &id, &[("AnsweredBy", "human")]).await,
        document
    );
    let call = world.find(&id).await;
    assert_eq!(
        (call.status, call.carrier_call_id.as_deref()),
        (CallStatus::InProgress, Some(SID))
    );
    let (status, answer) = world.waits("rtc_ours", &document).await;
    assert_eq!((status, &answer["status"]), (StatusCode::OK, &json!("accepted")));
    // The agent had it: its conclusion ends it, and the line is free at once.
    let attached = world.now();
    let attach = |inbound: &mut switchboard_domain::InboundCall| {
        inbound.attached_at = Some(attached);
        true
    };
    world.test.store.update_inbound(&id, attach).await.unwrap();
    world
        .tell(
            "status",
            &id,
            &[("CallStatus", "completed"), ("CallDuration", "30")],
        )
        .await;
    assert_eq!(world.test.queue().await.slots_in_use, 0);
    assert_eq!(
        world.test.lambda.payloads(RECEPTIONIST)[1],
        json!({ "conclude": id })
    );
}

#[tokio::test]
async fn a_machine_is_hung_up_on_and_the_call_is_a_voicemail() {
    let world = World::start().await;
    let id = world.ours("machine").await;
    let document = world.tell("voice", &id, &[("AnsweredBy", "machine_start")]).await;
    assert!(document.contains("<Hangup/>"), "{document}");
    world
        .tell(
            "status",
            &id,
            &[("CallStatus", "completed"), ("SequenceNumber", "3")],
        )
        .await;
    assert_eq!(world.find(&id).await.status, CallStatus::Voicemail);
    assert_eq!(world.test.queue().await.slots_in_use, 0);

    let world = World::start().await;
    let id = world.ours("found out later").await;
    world.tell("voice", &id, &[]).await;
    world
        .tell("amd", &id, &[("AnsweredBy", "machine_end_beep")])
        .await;
    assert_eq!(world.line.asked(&format!("/Calls/{SID}.json")).len(), 1);
    world.tell("status", &id, &[("CallStatus", "completed")]).await;
    assert_eq!(world.find(&id).await.status, CallStatus::Voicemail);
}

#[tokio::test]
async fn what_the_carrier_says_of_a_call_that_nobody_took_is_its_outcome() {
    for (said, expected) in [
        ("busy", CallStatus::Busy),
        ("no-answer", CallStatus::NoAnswer),
        ("canceled", CallStatus::NoAnswer),
        ("failed", CallStatus::Failed),
        ("completed", CallStatus::Failed),
    ] {
        let world = World::start().await;
        let id = world.ours(said).await;
        world
            .tell(
                "status",
                &id,
                &[("CallStatus", "ringing"), ("SequenceNumber", "1")],
            )
            .await;
        assert_eq!(
            world.test.store.find_inbound(&id).await.unwrap().unwrap().stage,
            InboundStage::Routed
        );
        for _ in 0..2 {
            world
                .tell("status", &id, &[("CallStatus", said), ("SequenceNumber", "2")])
                .await;
        }
        assert_eq!(world.find(&id).await.status, expected, "{said}");
        assert_eq!(world.test.queue().await.slots_in_use, 0);
        assert!(world.test.lambda.payloads(RECEPTIONIST).is_empty());
        assert!(world.test.store.open_inbound_calls().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_call_that_is_none_of_ours_or_another_leg_hears_nothing() {
    let world = World::start().await;
    let unknown = CallId::derived(&["unknown"]);
    assert!(world.tell("voice", &unknown, &[]).await.contains("<Hangup/>"));
    let of_another_platform = world.placing("elevenlabs", |_| {}).await;
    assert!(
        world
            .tell("voice", &of_another_platform.call_id, &[])
            .await
            .contains("<Hangup/>")
    );
    let id = world.ours("ours").await;
    world.tell("voice", &id, &[]).await;
    let other = [("CallSid", "CA000000000000000000000000000000a9")];
    assert!(world.tell("voice", &id, &other).await.contains("<Hangup/>"));
}
