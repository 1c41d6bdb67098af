//! Calls that never got through.

use jiff::SignedDuration;
use switchboard_domain::{Call, CallOutcome, CallStatus, RecordingState};
use switchboard_store::WebhookState;
use switchboard_testing::records;

use crate::world::{BUSY_CONVERSATION, BUSY_NUMBER, SIP_NO_ANSWER, TWILIO_BUSY, World, to};

#[tokio::test]
async fn a_failed_start_ends_the_call_of_its_conversation() {
    let world = World::start().await;
    let call = world.placing("busy", to("+15550100199")).await;
    world.confirm(&call, BUSY_CONVERSATION).await;
    assert_eq!(world.deliver(TWILIO_BUSY).await, WebhookState::Applied);
    let ended = world.find(&call.call_id).await;
    assert_eq!(ended.status, CallStatus::Busy);
    assert_eq!(ended.recording.state, RecordingState::None);
    assert!(ended.failure.as_ref().unwrap().contains("busy"));
    assert_eq!(world.slots().await, 0);
    world.deliver(TWILIO_BUSY).await;
    assert_eq!(world.find(&call.call_id).await, ended);
}

#[tokio::test]
async fn a_failed_start_finds_the_one_call_to_its_number_whose_conversation_is_not_known() {
    let world = World::start().await;
    let busy = world.placing("busy", to(BUSY_NUMBER)).await;
    let no_answer = world.placing("no answer", to("+15550100133")).await;
    let other = world.placing("other", to("+15550100144")).await;
    assert_eq!(world.deliver(TWILIO_BUSY).await, WebhookState::Applied);
    assert_eq!(world.deliver(SIP_NO_ANSWER).await, WebhookState::Applied);
    assert_eq!(world.find(&busy.call_id).await.status, CallStatus::Busy);
    assert_eq!(world.find(&no_answer.call_id).await.status, CallStatus::NoAnswer);
    assert_eq!(world.find(&other.call_id).await.status, CallStatus::Placing);
    // The answer to the dial comes last.
    world.confirm(&busy, BUSY_CONVERSATION).await;
    let busy = world.find(&busy.call_id).await;
    assert_eq!(busy.status, CallStatus::Busy);
    assert_eq!(busy.conversation_id.unwrap().as_str(), BUSY_CONVERSATION);
}

#[tokio::test]
async fn a_failed_start_that_could_mean_several_calls_or_none_waits_for_the_dialer() {
    let elsewhere = |call: &mut Call| {
        to(BUSY_NUMBER)(call);
        call.provider_agent_id = Some(records::provider_id("agent_another"));
    };
    for calls in 0..3 {
        let world = World::start().await;
        world.placing("of another agent", elsewhere).await;
        let known = world.placing("of another conversation", to(BUSY_NUMBER)).await;
        world.confirm(&known, "conv_another").await;
        let placing = if calls == 1 {
            // One that began after it happened.
            world.clock.advance(SignedDuration::from_mins(5));
            vec![world.placing("later", to(BUSY_NUMBER)).await]
        } else {
            let mut placing = Vec::new();
            for n in 0..calls {
                placing.push(world.placing(&format!("call {n}"), to(BUSY_NUMBER)).await);
            }
            placing
        };
        assert_eq!(world.deliver(TWILIO_BUSY).await, WebhookState::Early, "{calls}");
        for call in &placing {
            assert_eq!(world.find(&call.call_id).await.status, CallStatus::Placing);
        }
        assert_eq!(world.find(&known.call_id).await.status, CallStatus::InProgress);
        // Whoever learns that a call became this conversation finds how it ended.
        let id = records::provider_id(BUSY_CONVERSATION);
        let outcome = world.test.store.early_outcome(&id).await.unwrap();
        assert_eq!(outcome, Some(CallOutcome::Busy));
    }
}
