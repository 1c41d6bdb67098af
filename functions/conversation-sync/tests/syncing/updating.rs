//! Calls of ours that are stale.

use jiff::SignedDuration;
use switchboard_domain::{CallEvent, CallResults, CallStatus};
use switchboard_providers::ConversationState;

use crate::world::{ELEVENLABS, World, held};

#[tokio::test]
async fn a_call_whose_webhook_never_came_is_brought_to_its_end() {
    let world = World::start().await;
    let by_conversation = world.placing("by conversation").await;
    let conversation = world.held("known", world.ago(9));
    world
        .moved(&by_conversation, CallEvent::Confirmed, Some(&conversation))
        .await;
    let by_attempt = world.placing("by attempt").await;
    world.moved(&by_attempt, CallEvent::AnswerLost, None).await;
    let mut lost = held("lost", world.ago(8));
    lost.attempt = Some(by_attempt.call_id.clone());
    world.provider.put_conversation(lost);

    let summary = world.run().await;
    assert_eq!((summary.listed, summary.updated, summary.imported), (2, 2, 0));
    for call in [&by_conversation, &by_attempt] {
        let call = world.find(&call.call_id).await;
        assert_eq!((call.status, call.results.turns), (CallStatus::Completed, 2));
        assert!(call.conversation_id.is_some());
    }
    assert!(world.test.store.slot_holders().await.unwrap().is_empty());
    assert_eq!(world.run().await.synced, 2);
}

#[tokio::test]
async fn late_results_are_added_to_a_call_that_is_over() {
    let world = World::start().await;
    let call = world.placing("thin").await;
    let mut conversation = held("thin", world.ago(9));
    conversation.attempt = Some(call.call_id.clone());
    let mut thin = conversation.clone();
    // Its analysis takes longer than anybody waits for it.
    thin.state = ConversationState::Processing;
    thin.outcome = None;
    thin.results = CallResults::default();
    world.provider.put_conversation(thin);
    let summary = world.run().await;
    assert_eq!(
        (summary.updated, world.find(&call.call_id).await.status),
        (1, CallStatus::Completed)
    );

    world.wait(120);
    world.provider.put_conversation(conversation);
    assert_eq!(world.run().await.updated, 1);
    let call = world.find(&call.call_id).await;
    assert!(call.results_complete);
    assert_eq!(call.results.summary.as_deref(), Some("They talked."));
    assert_eq!(world.mark().await, Some(world.test.now()));
}

#[tokio::test]
async fn a_call_of_which_nothing_is_heard_is_settled() {
    let world = World::start().await;
    let unconfirmed = world.placing("unconfirmed").await;
    world.moved(&unconfirmed, CallEvent::AnswerLost, None).await;
    let unwatched = world.placing("unwatched").await;
    // Begun before the window that is walked.
    world
        .test
        .store
        .put_sync_mark(ELEVENLABS, world.test.now())
        .await
        .unwrap();
    let conversation = world.held("unwatched", world.ago(11));
    world
        .moved(&unwatched, CallEvent::Confirmed, Some(&conversation))
        .await;

    let summary = world.run().await;
    assert_eq!((summary.listed, summary.settled), (0, 2));
    assert_eq!(
        world.find(&unconfirmed.call_id).await.status,
        CallStatus::NotPlaced
    );
    assert_eq!(world.find(&unwatched.call_id).await.status, CallStatus::Completed);
}

#[tokio::test]
async fn a_watched_call_is_left_to_whoever_watches_it() {
    let world = World::start().await;
    let call = world.placing("watched").await;
    world
        .moved(&call, CallEvent::Confirmed, Some(&held("watched", world.ago(9))))
        .await;
    let until = world.test.now() + SignedDuration::from_secs(30);
    assert!(world.test.store.keep_slot(&call.call_id, until).await.unwrap());
    assert_eq!(world.run().await.settled, 0);
    assert_eq!(world.find(&call.call_id).await.status, CallStatus::InProgress);
}
