//! Leases.

use futures::future::join_all;
use jiff::SignedDuration;
use switchboard_testing::{DynamoDbFault, TestStore};

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn one_holder_has_a_lease_until_it_ends_or_is_given_back() {
    let test = TestStore::start().await;
    let tasks = (0..10).map(|n| {
        let (store, now) = (test.store.clone(), test.now());
        tokio::spawn(async move {
            store
                .take_lease("tick", &n.to_string(), MINUTE, now)
                .await
                .unwrap()
        })
    });
    let taken: Vec<bool> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
    let holder = taken.iter().position(|taken| *taken).unwrap().to_string();

    let take = async |holder: &str| {
        test.store
            .take_lease("tick", holder, MINUTE, test.now())
            .await
            .unwrap()
    };
    assert!(take(&holder).await, "whoever has it keeps it");
    test.store.give_back_lease("tick", "another").await.unwrap();
    assert!(!take("another").await);
    test.clock.advance(MINUTE);
    assert!(take("another").await, "it ended");
    test.store.give_back_lease("tick", &holder).await.unwrap();
    assert!(!take("third").await, "the former holder has nothing to give back");
    test.store.give_back_lease("tick", "another").await.unwrap();
    assert!(take("third").await);
}

#[tokio::test]
async fn a_lease_whose_answer_was_lost_is_still_taken() {
    let test = TestStore::start().await;
    test.db_faults().next("UpdateItem", DynamoDbFault::AnswerLost, 1);
    assert!(
        test.store
            .take_lease("tick", "a", MINUTE, test.now())
            .await
            .unwrap()
    );
}
