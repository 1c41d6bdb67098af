//! The moment of dialling.

use futures::future::join_all;
use switchboard_domain::{CallStatus, CampaignAction, QueueState, RecipientStatus, TryAgain};
use switchboard_store::BeginDial;
use switchboard_testing::{DynamoDbFault, LIMIT, TestStore, records};

use crate::harness::{begin, campaign_of, ended, enqueued, queued_call, slots};

async fn thirty_at_once(test: &TestStore) -> usize {
    let mut calls = Vec::new();
    for n in 0..30 {
        let mut call = queued_call(test, &n.to_string()).await;
        call.phone_number = Some(records::number(n));
        calls.push(call);
    }
    let tasks = calls.into_iter().map(|call| {
        let (store, now) = (test.store.clone(), test.now());
        tokio::spawn(async move { begin(&store, &call, None, None, now).await })
    });
    let mut begun = 0;
    for outcome in join_all(tasks).await {
        match outcome.unwrap().unwrap() {
            BeginDial::Begun(call) => {
                assert_eq!(call.status, CallStatus::Placing);
                begun += 1;
            }
            other => assert_eq!(other, BeginDial::NoSlot),
        }
    }
    begun
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_dials_at_once_begin_exactly_as_many_as_the_limit() {
    let test = TestStore::start().await;
    assert_eq!(thirty_at_once(&test).await, LIMIT as usize);
    assert_eq!(slots(&test).await, LIMIT);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_holds_when_transactions_meet_and_answers_are_lost() {
    let test = TestStore::start().await;
    let faults = test.db_faults();
    faults.fraction("TransactWriteItems", DynamoDbFault::TransactionConflict, 0.3, 1);
    faults.fraction("TransactWriteItems", DynamoDbFault::AnswerLost, 0.1, 2);
    assert_eq!(thirty_at_once(&test).await, LIMIT as usize);
    faults.clear();
    assert_eq!(slots(&test).await, LIMIT);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_is_begun_once_however_many_dialers_have_it() {
    let test = TestStore::start().await;
    let call = queued_call(&test, "one").await;
    let tasks = (0..10).map(|_| {
        let (store, call, now) = (test.store.clone(), call.clone(), test.now());
        tokio::spawn(async move { begin(&store, &call, None, None, now).await.unwrap() })
    });
    let outcomes: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    let begun = outcomes
        .iter()
        .filter(|o| matches!(o, BeginDial::Begun(_)))
        .count();
    assert_eq!(begun, 1);
    assert_eq!(outcomes.iter().filter(|o| **o == BeginDial::Changed).count(), 9);
    assert_eq!(slots(&test).await, 1);
}

#[tokio::test]
async fn an_answer_that_is_lost_on_its_way_takes_one_slot() {
    let test = TestStore::start().await;
    let call = queued_call(&test, "lost").await;
    test.db_faults()
        .next("TransactWriteItems", DynamoDbFault::AnswerLost, 1);
    let outcome = begin(&test.store, &call, None, None, test.now()).await.unwrap();
    assert!(
        matches!(outcome, BeginDial::Begun(_)),
        "the same request again is the same write: {outcome:?}"
    );
    assert_eq!(slots(&test).await, 1);
}

#[tokio::test]
async fn a_dial_whose_every_answer_is_lost_is_an_error_and_its_slot_can_be_freed() {
    let test = TestStore::start().await;
    let call = queued_call(&test, "lost").await;
    let faults = test.db_faults();
    faults.next("TransactWriteItems", DynamoDbFault::AnswerLost, 99);
    begin(&test.store, &call, None, None, test.now())
        .await
        .unwrap_err();
    faults.clear();
    let written = test.store.find_call(&call.call_id).await.unwrap().unwrap();
    assert_eq!(
        written.status,
        CallStatus::Placing,
        "whoever looks after live calls finds it"
    );
    assert_eq!(slots(&test).await, 1);
    test.store
        .finish_call(
            &call.call_id,
            &crate::harness::not_placed(TryAgain::AFewTimes),
            test.now(),
        )
        .await
        .unwrap();
    assert_eq!(slots(&test).await, 0);
}

#[tokio::test]
async fn no_dial_begins_while_the_queue_is_stopped() {
    let test = TestStore::start().await;
    let call = queued_call(&test, "a").await;
    test.store
        .set_queue_state(QueueState::Stopped, test.now())
        .await
        .unwrap();
    assert_eq!(
        begin(&test.store, &call, None, None, test.now()).await.unwrap(),
        BeginDial::QueueStopped
    );
    test.store
        .set_queue_state(QueueState::Running, test.now())
        .await
        .unwrap();
    let begun = begin(&test.store, &call, None, None, test.now()).await.unwrap();
    assert!(matches!(begun, BeginDial::Begun(_)), "{begun:?}");
}

#[tokio::test]
async fn a_lowered_limit_holds_at_once() {
    let test = TestStore::start().await;
    for name in ["a", "b"] {
        let call = queued_call(&test, name).await;
        begin(&test.store, &call, None, None, test.now()).await.unwrap();
    }
    test.store.set_concurrency_limit(1, test.now()).await.unwrap();
    let call = queued_call(&test, "c").await;
    assert_eq!(
        begin(&test.store, &call, None, None, test.now()).await.unwrap(),
        BeginDial::NoSlot
    );
    assert_eq!(slots(&test).await, 2, "calls in progress go on");
}

#[tokio::test]
async fn no_dial_begins_once_its_campaign_is_paused_or_cancelled() {
    for action in [CampaignAction::Pause, CampaignAction::Cancel] {
        let test = TestStore::start().await;
        let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
        let (call, recipient) = enqueued(&test, &campaign, &people[0].recipient_id).await;
        // The dialer has read everything while it was running.
        test.store
            .act_on_campaign(&campaign.campaign_id, action, test.now())
            .await
            .unwrap();
        let outcome = begin(&test.store, &call, Some(&recipient), Some(&campaign), test.now())
            .await
            .unwrap();
        assert_eq!(outcome, BeginDial::CampaignChanged, "{action:?}");
        assert_eq!(slots(&test).await, 0);
        let counts = test.store.campaign_counts(&campaign.campaign_id).await.unwrap();
        assert_eq!((counts.queued, counts.calling), (1, 0));
    }
}

#[tokio::test]
async fn no_dial_begins_to_a_number_on_the_do_not_call_list() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let (call, recipient) = enqueued(&test, &campaign, &people[0].recipient_id).await;
    let entry = records::do_not_call(&recipient.phone_number, test.now());
    assert!(test.store.add_do_not_call(&entry).await.unwrap());
    assert!(
        !test.store.add_do_not_call(&entry).await.unwrap(),
        "it is on it already"
    );
    let outcome = begin(&test.store, &call, Some(&recipient), Some(&campaign), test.now())
        .await
        .unwrap();
    assert_eq!(outcome, BeginDial::DoNotCall);
    assert_eq!(slots(&test).await, 0);
    test.store
        .remove_do_not_call(&recipient.phone_number)
        .await
        .unwrap();
    let begun = begin(&test.store, &call, Some(&recipient), Some(&campaign), test.now())
        .await
        .unwrap();
    assert!(matches!(begun, BeginDial::Begun(_)), "{begun:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaigns_own_limit_holds_within_the_queues() {
    let test = TestStore::start().await;
    let mut campaign = records::campaign("c", test.now());
    campaign.concurrency_limit = Some(2);
    let (campaign, people) = campaign_of(&test, campaign, 5).await;
    let mut queued = Vec::new();
    for person in &people {
        queued.push(enqueued(&test, &campaign, &person.recipient_id).await);
    }
    let tasks = queued.iter().cloned().map(|(call, recipient)| {
        let (store, campaign, now) = (test.store.clone(), campaign.clone(), test.now());
        tokio::spawn(async move {
            begin(&store, &call, Some(&recipient), Some(&campaign), now)
                .await
                .unwrap()
        })
    });
    let outcomes: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    let mut begun = Vec::new();
    for outcome in outcomes {
        match outcome {
            BeginDial::Begun(call) => begun.push(call),
            other => assert_eq!(other, BeginDial::NoSlot),
        }
    }
    assert_eq!(begun.len(), 2);
    assert_eq!(slots(&test).await, 2);

    test.store
        .finish_call(
            &begun[0].call_id,
            &ended(switchboard_domain::CallOutcome::Completed),
            test.now(),
        )
        .await
        .unwrap();
    let (call, recipient) = queued
        .iter()
        .find(|(call, _)| begun.iter().all(|begun| begun.call_id != call.call_id))
        .unwrap();
    let next = begin(&test.store, call, Some(recipient), Some(&campaign), test.now())
        .await
        .unwrap();
    assert!(
        matches!(next, BeginDial::Begun(_)),
        "the slot is the campaign's again: {next:?}"
    );
}

#[tokio::test]
async fn beginning_moves_the_recipient_with_its_call() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let (call, recipient) = enqueued(&test, &campaign, &people[0].recipient_id).await;
    begin(&test.store, &call, Some(&recipient), Some(&campaign), test.now())
        .await
        .unwrap();
    let now = crate::harness::recipient(&test.store, &campaign, &people[0].recipient_id).await;
    assert_eq!(
        (now.status, now.call_id),
        (RecipientStatus::Calling, Some(call.call_id.clone()))
    );
    let again = begin(&test.store, &call, Some(&recipient), Some(&campaign), test.now())
        .await
        .unwrap();
    assert_eq!(again, BeginDial::Changed);
    let counts = test.store.campaign_counts(&campaign.campaign_id).await.unwrap();
    assert_eq!((counts.total, counts.calling, counts.sum()), (1, 1, 1));
}
