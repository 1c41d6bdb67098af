//! The end of a call.

use futures::future::join_all;
use jiff::SignedDuration;
use switchboard_domain::{
    Call, CallFacts, CallId, CallOutcome, CallStatus, Callback, CallbackStatus, Ending, RecipientEvent,
    RecipientStatus, RecordingState, RetryPolicy, TryAgain,
};
use switchboard_store::{BeginDial, DialLimits, Finished, SpendLimits};
use switchboard_testing::{DynamoDbFault, TestStore, records};

use crate::harness::{begin, campaign_of, ended, enqueued, not_placed, queued_call, recipient, slots};

#[tokio::test(flavor = "multi_thread")]
async fn an_ending_frees_one_slot_once_however_often_it_is_told() {
    let test = TestStore::start().await;
    for name in ["a", "b"] {
        let call = queued_call(&test, name).await;
        begin(&test.store, &call, None, None, test.now()).await.unwrap();
    }
    let faults = test.db_faults();
    faults.fraction("TransactWriteItems", DynamoDbFault::TransactionConflict, 0.3, 3);
    faults.fraction("TransactWriteItems", DynamoDbFault::AnswerLost, 0.1, 4);
    let id = records::call("a", test.now()).call_id;
    let tasks = (0..20).map(|_| {
        let (store, id, now) = (test.store.clone(), id.clone(), test.now());
        tokio::spawn(async move {
            store
                .finish_call(&id, &ended(CallOutcome::Completed), now)
                .await
                .unwrap()
        })
    });
    let outcomes: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    faults.clear();
    assert_eq!(
        outcomes.iter().filter(|o| matches!(o, Finished::Now(_))).count(),
        1
    );
    assert_eq!(slots(&test).await, 1);
    for outcome in [CallOutcome::Failed, CallOutcome::Completed] {
        let again = test
            .store
            .finish_call(&id, &ended(outcome), test.now())
            .await
            .unwrap();
        let Finished::Before(call) = again else {
            panic!("{again:?}")
        };
        assert_eq!(call.status, CallStatus::Completed, "the first ending stays");
    }
    assert_eq!(slots(&test).await, 1);
    let rows = test.store.stats_of_all_time().await.unwrap();
    assert_eq!(
        (rows.len(), rows[0].stats.calls, rows[0].stats.duration_secs),
        (1, 1, 10)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_free_before_the_call_is_settled_counts_no_more_and_is_freed_once() {
    let test = TestStore::start().await;
    test.queue().await;
    test.store.set_concurrency_limit(1, test.now()).await.unwrap();
    let (one, two) = (queued_call(&test, "a").await, queued_call(&test, "b").await);
    begin(&test.store, &one, None, None, test.now()).await.unwrap();
    let free_at = test.now();
    let tasks = (0..10).map(|_| {
        let (store, call) = (test.store.clone(), one.clone());
        tokio::spawn(async move { store.free_line(&call, free_at).await.unwrap() })
    });
    let freed = join_all(tasks)
        .await
        .into_iter()
        .filter(|freed| *freed.as_ref().unwrap());
    assert_eq!((freed.count(), slots(&test).await), (1, 0));
    assert!(
        test.store.keep_slot(&one.call_id, test.now()).await.unwrap(),
        "whoever watches the call still does"
    );

    let begun = begin(&test.store, &two, None, None, test.now()).await.unwrap();
    assert!(matches!(begun, BeginDial::Begun(_)), "{begun:?}");
    let ending = ended(CallOutcome::Completed);
    let settled_at = test.now() + SignedDuration::from_secs(5);
    let finished = test.store.finish_call(&one.call_id, &ending, settled_at).await;
    let Finished::Now(settled) = finished.unwrap() else {
        panic!("it was not over");
    };
    let known = (settled.hung_up_at, settled.ended_at);
    assert_eq!(known, (Some(free_at), Some(settled_at)), "both moments are kept");
    assert_eq!(slots(&test).await, 1, "the other one talks");
    assert!(!test.store.free_line(&one, test.now()).await.unwrap());
    test.store
        .finish_call(&two.call_id, &ending, test.now())
        .await
        .unwrap();
    assert_eq!(slots(&test).await, 0);
    let own = (one.agent_id.clone().unwrap(), one.phone_line_id.clone().unwrap());
    assert_eq!(test.store.own_slots(&own.0, &own.1).await.unwrap(), (0, 0));
}

#[tokio::test]
async fn a_call_that_is_not_there_cannot_end() {
    let test = TestStore::start().await;
    let id = records::call("none", test.now()).call_id;
    let outcome = test
        .store
        .finish_call(&id, &not_placed(TryAgain::AFewTimes), test.now())
        .await
        .unwrap();
    assert_eq!(outcome, Finished::NotFound);
    assert_eq!(slots(&test).await, 0);
}

#[tokio::test]
async fn an_ending_before_the_dial_changes_nothing() {
    let test = TestStore::start().await;
    let call = queued_call(&test, "a").await;
    let outcome = test
        .store
        .finish_call(&call.call_id, &ended(CallOutcome::Busy), test.now())
        .await
        .unwrap();
    let Finished::Before(same) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(same.status, CallStatus::Queued);
    assert_eq!(slots(&test).await, 0);
}

#[tokio::test]
async fn proof_of_a_call_thought_unplaced_moves_its_recipient_and_no_slot() {
    let test = TestStore::start().await;
    let mut campaign = records::campaign("c", test.now());
    campaign.retry = RetryPolicy {
        max_attempts: 3,
        ..RetryPolicy::default()
    };
    let (campaign, people) = campaign_of(&test, campaign, 2).await;
    let id = &people[0].recipient_id;
    let (call, person) = enqueued(&test, &campaign, id).await;
    begin(&test.store, &call, Some(&person), Some(&campaign), test.now())
        .await
        .unwrap();
    test.store
        .finish_call(&call.call_id, &not_placed(TryAgain::AFewTimes), test.now())
        .await
        .unwrap();
    assert_eq!(slots(&test).await, 0);
    assert_eq!(
        recipient(&test.store, &campaign, id).await.status,
        RecipientStatus::Pending
    );

    let (other, person) = enqueued(&test, &campaign, &people[1].recipient_id).await;
    begin(&test.store, &other, Some(&person), Some(&campaign), test.now())
        .await
        .unwrap();
    let outcome = test
        .store
        .finish_call(&call.call_id, &ended(CallOutcome::Completed), test.now())
        .await
        .unwrap();
    assert!(matches!(outcome, Finished::Now(_)), "{outcome:?}");
    assert_eq!(slots(&test).await, 1, "the other call's slot stays taken");
    assert_eq!(
        recipient(&test.store, &campaign, id).await.status,
        RecipientStatus::Completed
    );
    let counts = test.store.campaign_counts(&campaign.campaign_id).await.unwrap();
    assert_eq!(
        (counts.total, counts.completed, counts.calling, counts.sum()),
        (2, 1, 1, 2)
    );
}

#[tokio::test]
async fn a_recording_is_due_from_the_write_that_ends_the_call() {
    let test = TestStore::start().await;
    let call = queued_call(&test, "a").await;
    begin(&test.store, &call, None, None, test.now()).await.unwrap();
    test.store
        .finish_call(&call.call_id, &ended(CallOutcome::Completed), test.now())
        .await
        .unwrap();
    let due = test.store.recordings_due().await.unwrap();
    assert_eq!(
        due.iter().map(|d| &d.call_id).collect::<Vec<_>>(),
        [&call.call_id]
    );
    test.store.settle_recording(&call.call_id).await.unwrap();
    assert_eq!(test.store.recordings_due().await.unwrap(), []);

    let refused = queued_call(&test, "b").await;
    begin(&test.store, &refused, None, None, test.now())
        .await
        .unwrap();
    test.store
        .finish_call(&refused.call_id, &not_placed(TryAgain::Never), test.now())
        .await
        .unwrap();
    assert_eq!(test.store.recordings_due().await.unwrap(), []);
    let refused = test.store.find_call(&refused.call_id).await.unwrap().unwrap();
    assert_eq!(refused.recording.state, RecordingState::None);
}

#[tokio::test]
async fn an_ending_that_cannot_be_written_leaves_everything_as_it_was() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 1).await;
    let (call, person) = enqueued(&test, &campaign, &people[0].recipient_id).await;
    begin(&test.store, &call, Some(&person), Some(&campaign), test.now())
        .await
        .unwrap();
    let faults = test.db_faults();
    faults.next("TransactWriteItems", DynamoDbFault::InternalErrorBefore, 99);
    test.store
        .finish_call(&call.call_id, &ended(CallOutcome::Completed), test.now())
        .await
        .unwrap_err();
    faults.clear();
    assert_eq!(slots(&test).await, 1);
    let counts = test.store.campaign_counts(&campaign.campaign_id).await.unwrap();
    assert_eq!(counts.calling, 1);
    test.store
        .finish_call(&call.call_id, &ended(CallOutcome::Completed), test.now())
        .await
        .unwrap();
    assert_eq!(slots(&test).await, 0);
}

#[tokio::test]
async fn a_cost_that_comes_late_corrects_what_the_caps_count_once() {
    let test = TestStore::start().await;
    let (campaign, people) = campaign_of(&test, records::campaign("c", test.now()), 2).await;
    let limits = DialLimits {
        spend: Some(SpendLimits {
            reserve: 1_500_000,
            campaign: Some(9_000_000),
            day: None,
        }),
        ..DialLimits::default()
    };
    test.queue().await;
    let mut calls = Vec::new();
    for person in &people {
        let (call, person) = enqueued(&test, &campaign, &person.recipient_id).await;
        let (store, now) = (&test.store, test.now());
        let begun = store.begin_dial(&call, Some(&person), Some(&campaign), &limits, now, now);
        assert!(matches!(begun.await.unwrap(), BeginDial::Begun(_)));
        calls.push(call.call_id);
    }
    let spent = async || {
        let spent = test.store.spent_by_campaign(&campaign.campaign_id).await.unwrap();
        let today = test.store.spent_today(test.now()).await.unwrap();
        assert_eq!(spent, today);
        (spent.committed, spent.settled)
    };
    let costing = |cost_usd| {
        let mut facts = CallFacts::default();
        facts.results.cost_usd = cost_usd;
        Ending::Ended {
            outcome: CallOutcome::Completed,
            facts: Box::new(facts),
        }
    };
    let finish = async |call: &CallId, ending: &Ending| {
        test.store.finish_call(call, ending, test.now()).await.unwrap();
    };
    assert_eq!(spent().await, (3_000_000, 0));
    finish(&calls[0], &costing(None)).await;
    assert_eq!(
        spent().await,
        (3_000_000, 1_500_000),
        "nobody tells: as much as it can be"
    );
    for _ in 0..3 {
        finish(&calls[0], &costing(Some(0.25))).await;
        assert_eq!(
            spent().await,
            (1_750_000, 250_000),
            "once, however often it is told"
        );
    }
    // Thought never placed, it costs nothing; it took place after all.
    finish(&calls[1], &not_placed(TryAgain::Never)).await;
    assert_eq!(spent().await, (250_000, 250_000));
    finish(&calls[1], &costing(Some(0.5))).await;
    assert_eq!(spent().await, (750_000, 750_000));
    assert_eq!(
        test.store.ended_calls(&campaign.campaign_id).await.unwrap(),
        2,
        "each end is counted with the slot that it frees"
    );
}

/// A call that is queued for the callback `name`.
async fn calling_back(test: &TestStore, name: &str) -> (Callback, Call) {
    let mut callback = records::callback(name, test.now());
    let call = Call {
        call_id: callback.next_call(),
        callback_id: Some(callback.callback_id.clone()),
        ..records::call(name, test.now())
    };
    callback.place(call.call_id.clone());
    test.store.put_callback(&callback).await.unwrap();
    test.store.create_call(&call).await.unwrap();
    (callback, call)
}

async fn far(test: &TestStore, callback: &Callback) -> CallbackStatus {
    let found = test.store.find_callback(&callback.callback_id).await.unwrap();
    found.unwrap().status
}

#[tokio::test]
async fn a_callback_is_done_when_its_call_reached_somebody_and_due_again_when_it_did_not() {
    let test = TestStore::start().await;
    for (outcome, then) in [
        (CallOutcome::Completed, CallbackStatus::Done),
        (CallOutcome::NoAnswer, CallbackStatus::Due),
        (CallOutcome::Voicemail, CallbackStatus::Due),
        (CallOutcome::Failed, CallbackStatus::Due),
    ] {
        let (callback, call) = calling_back(&test, &format!("{outcome:?}")).await;
        begin(&test.store, &call, None, None, test.now()).await.unwrap();
        assert_eq!(far(&test, &callback).await, CallbackStatus::Assigned);
        let ending = ended(outcome);
        test.store
            .finish_call(&call.call_id, &ending, test.now())
            .await
            .unwrap();
        assert_eq!(far(&test, &callback).await, then, "{outcome:?}");

        // Told again, it changes nothing that somebody has said meanwhile.
        let assign = test.store.update_callback(&callback.callback_id, |callback| {
            callback.set_status(CallbackStatus::Assigned);
            true
        });
        assign.await.unwrap();
        test.store
            .finish_call(&call.call_id, &ending, test.now())
            .await
            .unwrap();
        assert_eq!(
            far(&test, &callback).await,
            CallbackStatus::Assigned,
            "{outcome:?}"
        );
    }

    let (callback, call) = calling_back(&test, "never dialled").await;
    let given_up = test
        .store
        .give_up_queued(&call, None, RecipientEvent::Cancelled, "Too late.", test.now());
    assert!(given_up.await.unwrap());
    assert_eq!(far(&test, &callback).await, CallbackStatus::Due);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_ends_with_its_callback_whoever_changes_that_at_the_same_time() {
    let test = TestStore::start().await;
    let (callback, call) = calling_back(&test, "a").await;
    begin(&test.store, &call, None, None, test.now()).await.unwrap();
    let change = |n: u32| {
        let (store, id) = (test.store.clone(), callback.callback_id.clone());
        tokio::spawn(async move {
            let note = store.update_callback(&id, |callback| {
                callback.note = Some(format!("{n} {}", callback.note.take().unwrap_or_default()));
                true
            });
            note.await.map(drop)
        })
    };
    let changes: Vec<_> = (0..4).map(change).collect();
    let (store, id, now) = (test.store.clone(), call.call_id.clone(), test.now());
    let ending = tokio::spawn(async move {
        let ending = ended(CallOutcome::Completed);
        store.finish_call(&id, &ending, now).await.map(drop)
    });
    for task in changes.into_iter().chain([ending]) {
        task.await.unwrap().unwrap();
    }
    let callback = test
        .store
        .find_callback(&callback.callback_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(callback.status, CallbackStatus::Done);
    let mut notes: Vec<_> = callback.note.as_deref().unwrap().split_whitespace().collect();
    notes.sort_unstable();
    assert_eq!(notes, ["0", "1", "2", "3"], "nobody's change is lost");
}
