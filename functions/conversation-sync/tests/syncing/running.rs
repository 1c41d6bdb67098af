//! One run at a time, within its time.

use conversation_sync::{SyncAnswer, SyncRequest, SyncSummary};
use jiff::SignedDuration;
use switchboard_domain::{CallEvent, CallStatus};

use crate::world::World;

#[tokio::test]
async fn two_runs_are_not_at_it_at_once() {
    let world = World::start().await;
    let minute = SignedDuration::from_mins(1);
    assert!(
        world
            .test
            .store
            .take_lease("conversation-sync", "other", minute, world.test.now())
            .await
            .unwrap()
    );
    let work_until = world.test.now() + minute;
    let answer = world
        .sync
        .run(&SyncRequest::default(), "run", work_until)
        .await
        .unwrap();
    assert_eq!(answer, SyncAnswer::AlreadyRunning);
    // The other one died.
    world.wait(1);
    assert!(world.run().await.complete);
    // The lease was given back.
    assert!(
        world
            .test
            .store
            .take_lease("conversation-sync", "other", minute, world.test.now())
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_run_stops_in_time_and_says_so() {
    let world = World::start().await;
    let call = world.placing("waiting").await;
    world.moved(&call, CallEvent::AnswerLost, None).await;
    world.held("waiting", world.ago(30));
    let answer = world
        .sync
        .run(&SyncRequest::default(), "run", world.test.now())
        .await
        .unwrap();
    assert_eq!(answer, SyncAnswer::Ran(SyncSummary::default()));
    assert_eq!(world.mark().await, None);
    assert_eq!(world.find(&call.call_id).await.status, CallStatus::Unconfirmed);
}
