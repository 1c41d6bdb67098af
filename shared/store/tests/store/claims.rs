//! Idempotency keys.

use futures::future::join_all;
use jiff::SignedDuration;
use switchboard_store::{Claim, KeptAnswer};
use switchboard_testing::{DynamoDbFault, TestStore};

fn answer() -> KeptAnswer {
    KeptAnswer {
        status: 202,
        body: "{}".to_owned(),
        content_type: "application/json".to_owned(),
    }
}

#[tokio::test]
async fn a_key_is_claimed_answered_and_answered_again() {
    let test = TestStore::start().await;
    let claim = async |caller: &str, request: &str| {
        test.store
            .claim_idempotency_key(caller, "key", request, test.now())
            .await
            .unwrap()
    };
    assert_eq!(claim("ada", "r1").await, Claim::New);
    assert_eq!(claim("ada", "r1").await, Claim::Running);
    assert_eq!(claim("ada", "r2").await, Claim::OtherRequest);
    assert_eq!(claim("otto", "r2").await, Claim::New);
    test.store.keep_answer("ada", "key", &answer()).await.unwrap();
    assert_eq!(claim("ada", "r1").await, Claim::Answered(answer()));
    assert_eq!(claim("ada", "r2").await, Claim::OtherRequest);
    test.store.forget_claim("otto", "key").await.unwrap();
    assert_eq!(claim("otto", "r3").await, Claim::New);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_has_the_key() {
    let test = TestStore::start().await;
    test.db_faults()
        .fraction("UpdateItem", DynamoDbFault::AnswerLost, 0.2, 5);
    let tasks = (0..20).map(|_| {
        let (store, now) = (test.store.clone(), test.now());
        tokio::spawn(async move { store.claim_idempotency_key("ada", "key", "r", now).await })
    });
    let claims: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    let new = claims
        .iter()
        .filter(|claim| matches!(claim, Ok(Claim::New)))
        .count();
    let failed = claims.iter().filter(|claim| claim.is_err()).count();
    assert!(new == 1 || (new == 0 && failed > 0), "{claims:?}");
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_known_again() {
    let test = TestStore::start().await;
    test.db_faults().next("UpdateItem", DynamoDbFault::AnswerLost, 1);
    let claim = test
        .store
        .claim_idempotency_key("ada", "key", "r", test.now())
        .await
        .unwrap();
    assert_eq!(claim, Claim::New);
}

#[tokio::test]
async fn an_abandoned_claim_is_free_for_the_same_request_only() {
    let test = TestStore::start().await;
    let claim = async |request: &str| {
        test.store
            .claim_idempotency_key("ada", "key", request, test.now())
            .await
            .unwrap()
    };
    assert_eq!(claim("r1").await, Claim::New);
    test.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(claim("r2").await, Claim::OtherRequest);
    assert_eq!(claim("r1").await, Claim::New);
}
