//! Slots and states follow the evidence, also when it comes late or from somewhere else.

use dialer::Verdict;
use jiff::SignedDuration;
use switchboard_domain::{CallOutcome, CallStatus, RecipientStatus};
use switchboard_providers::fake::NextDial;
use switchboard_reconcile::apply_conversation;
use switchboard_testing::DynamoDbFault;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_leaked_slot_is_freed_within_90_seconds_of_its_calls_end() {
    let mut world = World::start().await;
    let campaign = world.campaign(1).await;
    world.scheduler.one_step().await.unwrap();
    let message = world.test.take_dials().await.remove(0);
    let call = message.call_id.clone();
    world.dial(message);
    while world.provider.conversation_of(&call).is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    world.dialers.abort_all();
    // The call ends, no webhook comes, and its dialer is dead.
    let conversation = world.provider.conversation_of(&call).unwrap();
    world
        .provider
        .end(&conversation.conversation_id, CallOutcome::Completed, 3);
    let ended = world.now();
    while world.test.queue().await.slots_in_use > 0 {
        world.scheduler.one_step().await.unwrap();
        world.pass(1);
        let waited = world.now().duration_since(ended);
        assert!(
            waited <= SignedDuration::from_secs(90),
            "still held after {waited:?}"
        );
    }
    assert_eq!(world.call(&call).await.status, CallStatus::Completed);
    assert_eq!(
        world
            .in_status(&campaign.campaign_id, RecipientStatus::Completed)
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_thought_never_to_have_happened_takes_its_slot_again_when_it_turns_up_live() {
    let mut world = World::start().await;
    world.provider.script_dial(NextDial::LoseAnswer);
    let campaign = world.campaign(1).await;
    world.scheduler.one_step().await.unwrap();
    let message = world.test.take_dials().await.remove(0);
    let call = message.call_id.clone();
    world.dial(message);
    while world.provider.conversation_of(&call).is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    world.dialers.abort_all();
    // The provider does not show the conversation for minutes: the look-up gives up.
    let conversation = world.provider.conversation_of(&call).unwrap();
    world.provider.hide(&conversation.conversation_id);
    for _ in 0..300 {
        world.scheduler.one_step().await.unwrap();
        world.pass(1);
        if world.call(&call).await.status == CallStatus::NotPlaced {
            break;
        }
    }
    assert_eq!(world.test.queue().await.slots_in_use, 0);

    // Then it is there after all, and somebody still talks.
    let applied = apply_conversation(&world.test.store, &call, &conversation, world.now()).await;
    assert!(applied.is_ok());
    assert_eq!(world.call(&call).await.status, CallStatus::InProgress);
    assert_eq!(world.test.queue().await.slots_in_use, 1, "the limit counts it");
    assert_eq!(
        world
            .in_status(&campaign.campaign_id, RecipientStatus::Calling)
            .await,
        1
    );

    world.provider.put_conversation(conversation.clone());
    world
        .provider
        .end(&conversation.conversation_id, CallOutcome::Completed, 90);
    let counts = world.work_until_over(&campaign.campaign_id, 300).await;
    assert_eq!(counts.completed, 1);
    assert_eq!(
        world.provider.dials().len(),
        1,
        "nobody is dialled while the call may be live"
    );
    world.nobody_holds_a_slot().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_webhook_never_comes_is_over_within_a_minute_of_its_end() {
    let mut world = World::start().await;
    let campaign = world.campaign(4).await;
    world.talk = SignedDuration::from_secs(30);
    let counts = world.work_until_over(&campaign.campaign_id, 200).await;
    assert_eq!(counts.completed, 4);
    for call in world.calls().await {
        let began = call.started_at.unwrap();
        let noticed = call.ended_at.unwrap().duration_since(began) - world.talk;
        assert!(
            noticed <= SignedDuration::from_secs(60),
            "noticed after {noticed:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_started_elsewhere_are_counted_by_the_provider_and_shown() {
    let world = World::start().await;
    let call = switchboard_testing::records::call("elsewhere", world.now());
    let request = switchboard_providers::PlaceCall {
        attempt: call.call_id.clone(),
        provider_agent_id: call.provider_agent_id.clone().unwrap(),
        phone_line_id: call.phone_line_id.clone().unwrap(),
        carrier: call.carrier.unwrap(),
        to: call.phone_number.clone().unwrap(),
        variables: call.variables.clone(),
        first_message: None,
        ringing_timeout_secs: 60,
    };
    switchboard_providers::VoiceProvider::place_call(&world.provider, &request)
        .await
        .unwrap();
    let queue = switchboard_testing::Actor::viewer()
        .get(&world.api, "/api/queue")
        .await
        .expect(200);
    assert_eq!(
        (&queue["slots_in_use"], &queue["provider_live"]),
        (&0.into(), &1.into()),
        "{queue}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_whose_function_died_after_keeping_it_is_applied_within_two_minutes() {
    let world = World::start().await;
    let body = include_str!("../../events/provider-webhooks/post_call_transcription.json");
    let call = world.live_sample_call().await;
    // Kept, and not applied: the transcript cannot be written, and the sender never repeats it.
    let faults = world.test.db_faults();
    faults.next("BatchWriteItem", DynamoDbFault::InternalErrorBefore, 99);
    assert_eq!(world.webhook(body).await, 503);
    faults.clear();
    assert_eq!(world.call(&call).await.status, CallStatus::Placing);
    world
        .test
        .store
        .keep_slot(&call, world.now() + SignedDuration::from_hours(1))
        .await
        .unwrap();

    world.pass(61);
    world.scheduler.one_step().await.unwrap();
    assert_eq!(world.call(&call).await.status, CallStatus::Completed);
    assert!(!world.test.store.transcript(&call).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_outlives_its_invocation_keeps_its_slot_through_the_hand_over() {
    let mut world = World::start().await;
    let campaign = world.campaign(1).await;
    world.scheduler.one_step().await.unwrap();
    let message = world.test.take_dials().await.remove(0);
    // Lambda ends this invocation in a minute: fifteen seconds from now it hands over.
    let deadline = world.now() + SignedDuration::from_secs(60);
    let (dialer, first) = (world.dialer.clone(), message.clone());
    let invocation = tokio::spawn(async move { dialer.handle(&first, deadline).await });
    while world.call(&message.call_id).await.status != CallStatus::InProgress {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    world.pass(20);
    assert_eq!(invocation.await.unwrap().unwrap(), Verdict::HandOver);
    assert_eq!(
        world.test.queue().await.slots_in_use,
        1,
        "the call goes on, and so does its slot"
    );

    // The same message again, in another invocation; and once more at the same time, which leaves it alone.
    world.dial(message.clone());
    world.dial(message.clone());
    let conversation = world.provider.conversation_of(&message.call_id).unwrap();
    world
        .provider
        .end(&conversation.conversation_id, CallOutcome::Completed, 30);
    let counts = world.work_until_over(&campaign.campaign_id, 200).await;
    assert_eq!((counts.completed, world.provider.dials().len()), (1, 1));
    world.nobody_holds_a_slot().await;
}
