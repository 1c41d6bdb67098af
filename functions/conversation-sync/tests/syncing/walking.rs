//! All pages, and what fails on the way.

use conversation_sync::{ConversationStatus, SyncRequest};
use switchboard_domain::CallStatus;
use switchboard_local_engines::DynamoDbFault;
use switchboard_providers::ProviderError;

use crate::world::World;

#[tokio::test]
async fn every_page_is_walked_and_no_conversation_is_taken_twice() {
    let world = World::start().await;
    for n in 0..230 {
        world.held(&format!("page_{n}"), world.ago(n + 1));
    }
    let summary = world.run().await;
    assert_eq!((summary.listed, summary.imported, summary.failed), (230, 230, 0));
    assert!(summary.complete);
    assert_eq!(world.calls().await.len(), 230);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_leaves_the_mark_where_it_is() {
    let world = World::start().await;
    world.run().await;
    let mark = world.mark().await;
    world.wait(60);
    world.held("missed", world.ago(30));
    let unavailable = |reason: &str| ProviderError::Unavailable {
        reason: reason.to_owned(),
        request_id: None,
        source: None,
    };
    world.provider.fail_next_request(unavailable("503"));
    let summary = world.run().await;
    assert_eq!((summary.failed, summary.listed, summary.complete), (1, 0, false));
    assert_eq!(world.mark().await, mark);

    let summary = world.run().await;
    assert_eq!((summary.imported, summary.complete), (1, true));
    assert_eq!(world.mark().await, Some(world.test.now()));
}

#[tokio::test]
async fn a_conversation_that_fails_does_not_stop_the_others_and_is_looked_at_again() {
    let world = World::start().await;
    let fine = world.held("fine", world.ago(50));
    world.run().await;
    world.wait(5);
    let call = world.placing("stuck").await;
    let mut stuck = world.held("stuck", world.ago(9));
    stuck.attempt = Some(call.call_id.clone());
    world.provider.put_conversation(stuck);

    world
        .test
        .db_faults()
        .fraction("TransactWriteItems", DynamoDbFault::InternalErrorBefore, 1.0, 1);
    let from_before = SyncRequest {
        since: Some(world.ago(60)),
        ..SyncRequest::default()
    };
    let summary = world.ask(&from_before).await;
    assert_eq!((summary.listed, summary.synced, summary.failed), (2, 1, 1));
    assert_eq!(world.find(&call.call_id).await.status, CallStatus::Placing);
    world.test.db_faults().clear();
    assert!(fine.started_at < world.mark().await);

    world.wait(60);
    assert_eq!(world.run().await.updated, 1);
    assert_eq!(world.find(&call.call_id).await.status, CallStatus::Completed);
}

#[tokio::test]
async fn a_provider_that_asks_to_slow_down_is_asked_again() {
    let world = World::start().await;
    world.held("one", world.ago(9));
    for _ in 0..3 {
        world.provider.fail_next_request(ProviderError::RateLimited {
            code: "rate_limit_exceeded".to_owned(),
            retry_after: None,
            request_id: None,
        });
    }
    let summary = world.run().await;
    assert_eq!((summary.imported, summary.failed, summary.complete), (1, 0, true));
}

#[tokio::test]
async fn a_run_that_is_cut_short_goes_on_where_it_stopped() {
    let world = World::start().await;
    for n in 0..30 {
        world.held(&format!("row_{n}"), world.ago(1_300 - 40 * n));
    }
    // Every look at the clock takes five seconds of this run's two minutes.
    let first = world.ask_for_a_moment(5, 120).await;
    assert!(
        !first.complete && first.imported > 0 && first.imported < 30,
        "{first:?}"
    );
    let mark = world.mark().await.unwrap();
    assert!(mark >= world.ago(1_305) && mark < world.ago(200), "{mark}");
    let summary = world.run().await;
    assert!(summary.complete && summary.listed < 30, "{summary:?}");
    assert_eq!(world.calls().await.len(), 30);
}

#[tokio::test]
async fn only_what_is_asked_for_is_looked_at_and_the_mark_stays() {
    let world = World::start().await;
    world.held("early", world.ago(50));
    world.held("late", world.ago(9));
    let until = SyncRequest {
        until: Some(world.ago(20)),
        ..SyncRequest::default()
    };
    assert_eq!(world.ask(&until).await.imported, 1);
    assert_eq!(world.mark().await, None);
    let live = SyncRequest {
        status: Some(ConversationStatus::InProgress),
        ..SyncRequest::default()
    };
    assert_eq!(world.ask(&live).await.listed, 0);
    let (told, _) = world.test.store.sync_summary().await.unwrap().unwrap();
    assert_eq!(told["listed"], 0);
    assert_eq!(world.run().await.imported, 1);
}
