//! Recordings that are due.

use crate::world::{World, held};

#[tokio::test]
async fn a_recording_that_is_not_there_yet_stays_due() {
    let world = World::start().await;
    let mut promised = held("promised", world.ago(30));
    promised.has_audio = true;
    world.provider.put_conversation(promised.clone());
    let summary = world.run().await;
    assert_eq!((summary.imported, summary.recordings_stored), (1, 0));
    assert_eq!(world.test.store.recordings_due().await.unwrap().len(), 1);

    world
        .provider
        .put_recording(&promised.conversation_id, vec![1u8; 10]);
    assert_eq!(world.run().await.recordings_stored, 1);
    assert!(world.test.store.recordings_due().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_recording_of_a_moment_ago_is_left_to_the_dialer() {
    let world = World::start().await;
    let mut young = held("young", world.ago(4));
    young.has_audio = true;
    world.provider.put_conversation(young.clone());
    world
        .provider
        .put_recording(&young.conversation_id, vec![1u8; 10]);
    let summary = world.run().await;
    assert_eq!((summary.imported, summary.recordings_stored), (1, 0));
    world.wait(1);
    assert_eq!(world.run().await.recordings_stored, 1);
}
