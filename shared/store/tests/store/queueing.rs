//! Onto the dial queue and off it again.

use switchboard_domain::{CampaignAction, RecipientEvent, RecipientStatus, SkipReason};
use switchboard_store::{BeginDial, DialMessage, Enqueued};
use switchboard_testing::{SqsFault, TestStore, records};

use crate::harness::{begin, campaign_of, enqueued, recipient};

#[tokio::test]
async fn a_recipient_is_enqueued_once() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let call = records::call_of(&campaign, &people[0], test.now());
    assert_eq!(
        test.store.enqueue(&call, &people[0], test.now()).await.unwrap(),
        Enqueued::Yes
    );
    assert_eq!(
        test.store.enqueue(&call, &people[0], test.now()).await.unwrap(),
        Enqueued::No
    );
    let mut other = call.clone();
    other.call_id = records::call("other", test.now()).call_id;
    assert_eq!(
        test.store.enqueue(&other, &people[0], test.now()).await.unwrap(),
        Enqueued::No
    );
    assert_eq!(test.store.find_call(&other.call_id).await.unwrap(), None);
    let counts = test.store.campaign_counts(&campaign.campaign_id).await.unwrap();
    assert_eq!((counts.pending, counts.queued, counts.total), (0, 1, 1));
}

#[tokio::test]
async fn nobody_of_a_campaign_that_does_not_run_is_enqueued() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    test.store
        .act_on_campaign(&campaign.campaign_id, CampaignAction::Pause, test.now())
        .await
        .unwrap();
    let call = records::call_of(&campaign, &people[0], test.now());
    assert_eq!(
        test.store.enqueue(&call, &people[0], test.now()).await.unwrap(),
        Enqueued::No
    );
    assert_eq!(test.store.find_call(&call.call_id).await.unwrap(), None);
}

#[tokio::test]
async fn a_withdrawn_call_is_gone_and_its_recipient_waits_again() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let (call, queued) = enqueued(&test, &campaign, &people[0].recipient_id).await;
    let due = "2026-11-20T15:00:00Z".parse().unwrap();
    assert!(
        test.store
            .withdraw(&call, &queued, due, test.now())
            .await
            .unwrap()
    );
    assert!(
        !test
            .store
            .withdraw(&call, &queued, due, test.now())
            .await
            .unwrap()
    );
    assert_eq!(test.store.find_call(&call.call_id).await.unwrap(), None);
    let waiting = recipient(&test.store, &campaign, &queued.recipient_id).await;
    assert_eq!(
        (waiting.status, waiting.due_at, waiting.call_id),
        (RecipientStatus::Pending, due, None)
    );
    assert_eq!(
        test.store
            .due_recipients(&campaign.campaign_id, test.now(), 0, 10)
            .await
            .unwrap(),
        []
    );
    let later = test
        .store
        .due_recipients(&campaign.campaign_id, due, 7, 10)
        .await
        .unwrap();
    assert_eq!(later.len(), 1);
    let begun = begin(&test.store, &call, Some(&queued), Some(&campaign), test.now())
        .await
        .unwrap();
    assert_eq!(begun, BeginDial::Changed, "its message is worth nothing any more");
}

#[tokio::test]
async fn a_call_that_is_being_placed_cannot_be_withdrawn() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let (call, queued) = enqueued(&test, &campaign, &people[0].recipient_id).await;
    begin(&test.store, &call, Some(&queued), Some(&campaign), test.now())
        .await
        .unwrap();
    assert!(
        !test
            .store
            .withdraw(&call, &queued, test.now(), test.now())
            .await
            .unwrap()
    );
    let cancelled = RecipientEvent::Cancelled;
    assert!(
        !test
            .store
            .move_idle_recipient(&queued, cancelled, test.now(), test.now())
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_queued_call_is_given_up_with_its_recipient() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 2).await;
    let (call, queued) = enqueued(&test, &campaign, &people[0].recipient_id).await;
    let skipped = RecipientEvent::Skipped(SkipReason::DoNotCall);
    let store = &test.store;
    assert!(
        store
            .give_up_queued(&call, Some(&queued), skipped, "on the list", test.now())
            .await
            .unwrap()
    );
    assert!(
        !store
            .give_up_queued(&call, Some(&queued), skipped, "on the list", test.now())
            .await
            .unwrap()
    );
    let person = recipient(store, &campaign, &queued.recipient_id).await;
    assert_eq!(
        (person.status, person.skip_reason),
        (RecipientStatus::Skipped, Some(SkipReason::DoNotCall))
    );

    let (call, queued) = enqueued(&test, &campaign, &people[1].recipient_id).await;
    assert!(
        store
            .move_idle_recipient(&queued, RecipientEvent::Cancelled, test.now(), test.now())
            .await
            .unwrap()
    );
    let call = store.find_call(&call.call_id).await.unwrap().unwrap();
    assert_eq!(
        call.status,
        switchboard_domain::CallStatus::Cancelled,
        "its call is given up in the same write"
    );
    let counts = store.campaign_counts(&campaign.campaign_id).await.unwrap();
    assert_eq!(
        (counts.skipped, counts.cancelled, counts.sum(), counts.total),
        (1, 1, 2, 2)
    );
}

#[tokio::test]
async fn messages_that_the_queue_refuses_are_named() {
    let test = TestStore::start().await;
    let message = |n: u32| DialMessage {
        call_id: records::call(&n.to_string(), test.now()).call_id,
        campaign_id: None,
    };
    let messages: Vec<_> = (0..25).map(message).collect();
    test.queue_faults()
        .next("SendMessageBatch", SqsFault::BatchEntryFails, 3);
    let refused = test.store.send_dials(&messages).await.unwrap();
    assert_eq!(refused.len(), 3);
    assert_eq!(test.store.dial_queue_depth().await.unwrap().visible, 22);
    assert_eq!(test.take_dials().await.len(), 22);
}
