//! What is measured: told at once, and counted by the hour.

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use switchboard_domain::{CallOutcome, Measurement, ProviderKind, TryAgain, WebhookResult};
use switchboard_store::{Finished, Measures, Observer};
use switchboard_testing::{DynamoDbFault, TestStore};

use crate::harness::{begin, ended, not_placed, queued_call};

const KIND: ProviderKind = ProviderKind::Elevenlabs;

#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<Measurement>>>);

impl Observer for Told {
    fn measured(&self, measurement: &Measurement) {
        self.0.lock().unwrap().push(measurement.clone());
    }
}

async fn whole(test: &TestStore) -> Measures {
    let mut whole = Measures::default();
    let since = test.now() - SignedDuration::from_hours(24);
    for hour in test
        .store
        .measures(KIND, since, test.now())
        .await
        .unwrap()
        .values()
    {
        whole.add(hour);
    }
    whole
}

#[tokio::test]
async fn the_end_of_a_call_is_counted_and_told_once_however_often_it_is_written() {
    let test = TestStore::start().await;
    let told = Told::default();
    let store = test.store.clone().observed_by(Arc::new(told.clone()));
    for name in ["one", "two", "three"] {
        let call = queued_call(&test, name).await;
        begin(&store, &call, None, None, test.now()).await.unwrap();
        let ending = match name {
            "three" => not_placed(TryAgain::Never),
            _ => ended(CallOutcome::Completed),
        };
        for _ in 0..3 {
            store
                .finish_call(&call.call_id, &ending, test.now())
                .await
                .unwrap();
        }
    }
    let whole = whole(&test).await;
    assert_eq!(
        (whole.outcomes["completed"], whole.outcomes["not_placed"]),
        (2, 1)
    );
    assert_eq!(whole.talk_secs, 20);
    assert_eq!(whole.dial_delay.count(), 3);
    assert_eq!(told.0.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn counters_of_other_hours_and_platforms_are_not_mixed() {
    let test = TestStore::start().await;
    let failed = |provider| Measurement::ProviderFailed {
        provider,
        class: "unavailable",
    };
    test.store.measure(&failed(KIND), test.now()).await;
    test.clock.advance(SignedDuration::from_hours(30));
    test.store.measure(&failed(KIND), test.now()).await;
    test.store
        .measure(&failed(ProviderKind::Ultravox), test.now())
        .await;
    assert_eq!(whole(&test).await.errors["unavailable"], 1);
    let since = test.now() - SignedDuration::from_hours(31);
    let hours = test.store.measures(KIND, since, test.now()).await.unwrap();
    assert_eq!(hours.len(), 2);
}

#[tokio::test]
async fn a_table_that_does_not_answer_holds_up_no_measurement_for_long() {
    let test = TestStore::start().await;
    test.db_faults().next("UpdateItem", DynamoDbFault::Throttled, 50);
    let webhook = Measurement::Webhook {
        provider: KIND,
        result: WebhookResult::Applied,
        lag_ms: None,
    };
    let begun = std::time::Instant::now();
    test.store.measure(&webhook, test.now()).await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(2));
}

#[tokio::test]
async fn of_many_who_want_to_ask_a_provider_one_does() {
    let test = TestStore::start().await;
    let patience = SignedDuration::from_secs(30);
    let mut turns = 0;
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let (store, now) = (test.store.clone(), test.now());
            tokio::spawn(async move { store.take_watch(KIND, patience, now).await.unwrap() })
        })
        .collect();
    for asked in asking {
        turns += u32::from(asked.await.unwrap().is_some());
    }
    assert_eq!(turns, 1);
    test.clock.advance(patience);
    let mut watch = test
        .store
        .take_watch(KIND, patience, test.now())
        .await
        .unwrap()
        .unwrap();
    watch.failed("No answer.".into(), None, true, test.now());
    assert!(test.store.put_provider_watch(&watch).await.unwrap());
    assert!(
        !test.store.put_provider_watch(&watch).await.unwrap(),
        "it was read before that"
    );
    assert_eq!(
        test.store.provider_watch(KIND).await.unwrap().failing_since,
        Some(test.now())
    );
}

#[tokio::test]
async fn a_call_that_was_over_before_is_not_told_again() {
    let test = TestStore::start().await;
    let call = queued_call(&test, "one").await;
    begin(&test.store, &call, None, None, test.now()).await.unwrap();
    let first = test
        .store
        .finish_call(&call.call_id, &ended(CallOutcome::Busy), test.now())
        .await
        .unwrap();
    assert!(matches!(first, Finished::Now(_)));
    let again = test
        .store
        .finish_call(&call.call_id, &ended(CallOutcome::Completed), test.now())
        .await
        .unwrap();
    assert!(matches!(again, Finished::Before(_)));
    let whole = whole(&test).await;
    assert_eq!(whole.outcomes.len(), 1);
}
