//! Calls that come in: begun, held, referred to, over.

use futures::future::join_all;
use jiff::SignedDuration;
use switchboard_domain::{
    CallFacts, CallOutcome, CallStatus, Desk, Direction, Ending, InboundStage, Intent, Urgency,
};
use switchboard_store::{Begun, CallFilter, Cursor, Finished, InboundUpdate};
use switchboard_testing::{DynamoDbFault, TestStore, records};

use crate::harness::queued_call;

/// It took place and lasted half a minute.
fn completed() -> Ending {
    Ending::Ended {
        outcome: CallOutcome::Completed,
        facts: Box::new(CallFacts {
            duration_secs: Some(30),
            ..CallFacts::default()
        }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_begins_once_however_often_the_carrier_asks() {
    let test = TestStore::start().await;
    let (call, inbound) = records::inbound_call("a", test.now());
    test.db_faults()
        .fraction("TransactWriteItems", DynamoDbFault::AnswerLost, 0.2, 5);
    let tasks = (0..10).map(|_| {
        let (store, call, inbound) = (test.store.clone(), call.clone(), inbound.clone());
        tokio::spawn(async move { store.begin_inbound(&call, &inbound).await.unwrap() })
    });
    let begun: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    test.db_faults().clear();
    assert_eq!(begun.iter().filter(|begun| **begun == Begun::New).count(), 1);
    let before = Begun::Before(Box::new(call.clone()), Box::new(inbound.clone()));
    assert_eq!(begun.iter().filter(|begun| **begun == before).count(), 9);
    assert_eq!(
        test.store.find_inbound(&call.call_id).await.unwrap(),
        Some(inbound)
    );
    assert!(
        !test
            .store
            .create_inbound(&records::inbound_call("a", test.now()).1)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn only_calls_that_may_be_open_are_listed_as_open() {
    let test = TestStore::start().await;
    for name in ["a", "b"] {
        let (call, inbound) = records::inbound_call(name, test.now());
        test.store.begin_inbound(&call, &inbound).await.unwrap();
    }
    // One of ours, which an OpenAI agent speaks in.
    let placed = queued_call(&test, "c").await;
    let mut own = records::inbound_call("c", test.now()).1;
    own.call_id = placed.call_id.clone();
    assert!(test.store.create_inbound(&own).await.unwrap());
    assert_eq!(test.store.open_inbound_calls().await.unwrap().len(), 3);

    let id = records::inbound_call("a", test.now()).0.call_id;
    assert!(
        test.store
            .end_inbound(&id, Some("busy"), test.now())
            .await
            .unwrap()
    );
    assert!(
        !test
            .store
            .end_inbound(&id, Some("completed"), test.now())
            .await
            .unwrap()
    );
    let ended = test.store.find_inbound(&id).await.unwrap().unwrap();
    assert_eq!(
        (ended.stage, ended.carrier_status.as_deref()),
        (InboundStage::Ended, Some("busy"))
    );
    let back = test
        .store
        .update_inbound(&id, |inbound| {
            inbound.stage = InboundStage::Answered;
            true
        })
        .await
        .unwrap();
    let InboundUpdate::Changed(back) = back else {
        panic!("{back:?}")
    };
    assert_eq!(back.stage, InboundStage::Ended, "what is over stays over");
    assert_eq!(test.store.open_inbound_calls().await.unwrap().len(), 2);
    for inbound in test.store.open_inbound_calls().await.unwrap() {
        test.store
            .end_inbound(&inbound.call_id, None, test.now())
            .await
            .unwrap();
    }
    assert_eq!(test.store.open_inbound_calls().await.unwrap(), []);
    let unknown = records::call("nobody", test.now()).call_id;
    assert!(!test.store.end_inbound(&unknown, None, test.now()).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_change_to_a_call_that_lasts_is_lost() {
    let test = TestStore::start().await;
    let (call, inbound) = records::inbound_call("a", test.now());
    test.store.begin_inbound(&call, &inbound).await.unwrap();
    let id = call.call_id;
    let tasks = (0..5).map(|n| {
        let (store, id, now) = (test.store.clone(), id.clone(), test.now());
        tokio::spawn(async move {
            store.hold_sideband(&id, 1, "one", now).await.unwrap();
            store
                .update_inbound(&id, |inbound| {
                    inbound.rescues += 1;
                    inbound.greeted |= n == 2;
                    true
                })
                .await
                .unwrap();
        })
    });
    for done in join_all(tasks).await {
        done.unwrap();
    }
    let now = test.store.find_inbound(&id).await.unwrap().unwrap();
    assert_eq!((now.rescues, now.greeted, now.generation), (5, true, 1));
    assert_eq!((now.holder.as_deref(), now.version), (Some("one"), 10));
}

#[tokio::test]
async fn one_holder_has_the_sideband_and_a_later_one_takes_it() {
    let test = TestStore::start().await;
    let (call, inbound) = records::inbound_call("a", test.now());
    let (store, id) = (&test.store, &call.call_id);
    let until = test.now() + SignedDuration::from_secs(45);
    assert!(
        !store.hold_sideband(id, 1, "one", until).await.unwrap(),
        "there is no such call"
    );
    store.begin_inbound(&call, &inbound).await.unwrap();
    let mut held = Vec::new();
    for (generation, holder) in [
        (1, "one"),
        (1, "twin"),
        (1, "one"),
        (2, "two"),
        (1, "one"),
        (2, "two"),
        (3, "x"),
    ] {
        held.push(store.hold_sideband(id, generation, holder, until).await.unwrap());
    }
    assert_eq!(held, [true, false, true, true, false, true, true]);
    let inbound = store.find_inbound(id).await.unwrap().unwrap();
    assert_eq!((inbound.generation, inbound.held_until), (3, Some(until)));
    store.end_inbound(id, None, test.now()).await.unwrap();
    assert!(
        !store.hold_sideband(id, 3, "x", until).await.unwrap(),
        "the call is over"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_good_once_and_not_for_long() {
    let test = TestStore::start().await;
    let call = records::call("a", test.now()).call_id;
    let until = test.now() + SignedDuration::from_mins(10);
    let (used, old) = ("a1".repeat(32), "b2".repeat(32));
    test.store.keep_reference(&used, &call, until).await.unwrap();
    test.store.keep_reference(&old, &call, until).await.unwrap();
    let tasks = (0..8).map(|_| {
        let (store, used, now) = (test.store.clone(), used.clone(), test.now());
        tokio::spawn(async move { store.take_reference(&used, now).await.unwrap() })
    });
    let taken = join_all(tasks).await.into_iter().filter_map(Result::unwrap);
    assert_eq!(taken.collect::<Vec<_>>(), [call]);
    assert_eq!(test.store.take_reference(&old, until).await.unwrap(), None);
    assert_eq!(
        test.store.take_reference("unknown", test.now()).await.unwrap(),
        None
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reception_that_is_concluded_twice_counts_once() {
    let test = TestStore::start().await;
    let (call, inbound) = records::inbound_call("a", test.now());
    test.store.begin_inbound(&call, &inbound).await.unwrap();
    test.db_faults()
        .fraction("TransactWriteItems", DynamoDbFault::TransactionConflict, 0.2, 3);
    let tasks = (0..6).map(|_| {
        let (store, id, now) = (test.store.clone(), call.call_id.clone(), test.now());
        tokio::spawn(async move {
            let conclude = |call: &mut switchboard_domain::Call| {
                let reception = call.reception.as_mut().unwrap();
                let news = !reception.concluded;
                reception.concluded = true;
                reception.intent = Some(Intent::Emergency);
                reception.raise(Urgency::Critical, "fire");
                news
            };
            store
                .conclude_reception(&id, &completed(), conclude, now)
                .await
                .unwrap()
        })
    });
    let finished: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    test.db_faults().clear();
    assert_eq!(
        finished.iter().filter(|f| matches!(f, Finished::Now(_))).count(),
        1
    );
    let after = test.store.find_call(&call.call_id).await.unwrap().unwrap();
    assert_eq!(
        (after.status, after.duration_secs),
        (CallStatus::Completed, Some(30))
    );
    let reception = after.reception.unwrap();
    assert_eq!(
        (reception.urgency, reception.concluded),
        (Some(Urgency::Critical), true)
    );
    let rows = test.store.stats_of_all_time().await.unwrap();
    assert_eq!(
        (rows.len(), rows[0].stats.calls, rows[0].stats.needs_attention),
        (1, 1, 1)
    );
    assert_eq!(test.store.open_inbound_calls().await.unwrap(), []);
    assert_eq!(test.queue().await.slots_in_use, 0, "it held no slot");

    // What is found out later is added: it was a wrong number all along, and short.
    let change = |call: &mut switchboard_domain::Call| {
        call.handled = true;
        true
    };
    let again = test
        .store
        .conclude_reception(&call.call_id, &completed(), change, test.now())
        .await
        .unwrap();
    assert!(matches!(again, Finished::Before(call) if call.handled));
    let rows = test.store.stats_of_all_time().await.unwrap();
    assert_eq!((rows[0].stats.calls, rows[0].stats.needs_attention), (1, 0));
    let unknown = records::call("nobody", test.now()).call_id;
    let nobody = test
        .store
        .conclude_reception(&unknown, &completed(), |_| true, test.now())
        .await
        .unwrap();
    assert_eq!(nobody, Finished::NotFound);
}

#[tokio::test]
async fn the_desk_shows_urgent_callers_first_on_pages_of_any_size() {
    let test = TestStore::start().await;
    let urgencies = [
        None,
        Some(Urgency::High),
        Some(Urgency::Critical),
        Some(Urgency::Low),
        Some(Urgency::Critical),
        Some(Urgency::High),
    ];
    for (n, urgency) in urgencies.into_iter().enumerate() {
        let (call, inbound) = records::inbound_call(&n.to_string(), test.now());
        test.store.begin_inbound(&call, &inbound).await.unwrap();
        let conclude = |call: &mut switchboard_domain::Call| {
            if let (Some(urgency), Some(reception)) = (urgency, &mut call.reception) {
                reception.raise(urgency, "said so");
            }
            call.results.title = Some(n.to_string());
            true
        };
        test.store
            .conclude_reception(&call.call_id, &completed(), conclude, test.now())
            .await
            .unwrap();
        test.clock.advance(SignedDuration::from_secs(1));
    }
    let mut failed = records::call("ours", test.now());
    failed.status = CallStatus::Failed;
    failed.results.title = Some("ours".to_owned());
    test.store.create_call(&failed).await.unwrap();

    let listed = async |filter: CallFilter, limit: u32| {
        let (mut titles, mut cursor) = (Vec::new(), None);
        loop {
            let page = test
                .store
                .list_calls(&filter, cursor.as_ref(), limit)
                .await
                .unwrap();
            assert!(page.items.len() <= limit as usize);
            titles.extend(page.items.into_iter().filter_map(|call| call.results.title));
            cursor = page.next.map(|next| Cursor::decode(&next.encode()).unwrap());
            if cursor.is_none() {
                return titles.join(" ");
            }
        }
    };
    let desk = CallFilter {
        desk: Some(Desk::NeedsAttention),
        ..CallFilter::default()
    };
    for limit in [1, 2, 3, 50] {
        assert_eq!(listed(desk.clone(), limit).await, "4 2 5 1 3 0 ours", "{limit}");
        let inbound = CallFilter {
            direction: Some(Direction::Inbound),
            ..desk.clone()
        };
        assert_eq!(listed(inbound, limit).await, "4 2 5 1 3 0", "{limit}");
        let outbound = CallFilter {
            direction: Some(Direction::Outbound),
            ..desk.clone()
        };
        assert_eq!(listed(outbound, limit).await, "ours", "{limit}");
        let urgent = CallFilter {
            urgent: true,
            ..desk.clone()
        };
        assert_eq!(listed(urgent, limit).await, "4 2 5 1", "{limit}");
        let urgent_anywhere = CallFilter {
            urgent: true,
            ..CallFilter::default()
        };
        assert_eq!(listed(urgent_anywhere, limit).await, "5 4 2 1", "{limit}");
    }
    let mine = records::inbound_call("4", test.now()).0.call_id;
    let handle = |call: &mut switchboard_domain::Call| {
        call.handled = true;
        true
    };
    test.store.update_call(&mine, handle).await.unwrap();
    assert_eq!(listed(desk, 50).await, "2 5 1 3 0 ours");
    let handled = CallFilter {
        desk: Some(Desk::Handled),
        direction: Some(Direction::Inbound),
        ..CallFilter::default()
    };
    assert_eq!(listed(handled, 50).await, "4");
}
