//! Transcriptions.

use jiff::SignedDuration;
use switchboard_domain::{CallId, CallStatus};
use switchboard_store::WebhookState;
use switchboard_testing::records;

use crate::world::{SAMPLE_CALL, SAMPLE_CONVERSATION, TRANSCRIPTION, World};

#[tokio::test]
async fn a_transcription_ends_its_call_once_however_often_it_comes() {
    let world = World::start().await;
    let id = world.sample_call().await;
    assert_eq!(world.slots().await, 1);
    assert_eq!(world.deliver(TRANSCRIPTION).await, WebhookState::Applied);

    let call = world.find(&id).await;
    assert_eq!(call.status, CallStatus::Completed);
    assert_eq!(
        call.conversation_id.as_ref().unwrap().as_str(),
        SAMPLE_CONVERSATION
    );
    assert_eq!(
        call.results.summary.as_deref(),
        Some("Ana renewed her plan and gave her e-mail address.")
    );
    assert_eq!(call.duration_secs, Some(41));
    assert!(call.results_complete);
    assert_eq!(world.test.store.transcript(&id).await.unwrap().len(), 5);
    assert_eq!(world.slots().await, 0);
    assert_eq!(world.test.store.recordings_due().await.unwrap().len(), 1);

    // Again as it was, and again signed anew an hour later.
    world.deliver(TRANSCRIPTION).await;
    world.clock.advance(SignedDuration::from_hours(1));
    world.deliver(TRANSCRIPTION).await;
    assert_eq!(world.find(&id).await, call);
    let record = world.record(TRANSCRIPTION).await.unwrap();
    assert_eq!((record.deliveries, record.call_id), (3, Some(id)));
    let stats = world.test.store.stats_of_all_time().await.unwrap();
    assert_eq!(stats.iter().map(|row| row.stats.calls).sum::<u64>(), 1);
}

#[tokio::test]
async fn a_transcription_is_applied_while_the_answer_to_the_dial_is_on_its_way() {
    let world = World::start().await;
    let id = CallId::parse(SAMPLE_CALL).unwrap();
    let call = world.placing("sample", |call| call.call_id = id.clone()).await;
    assert_eq!(world.deliver(TRANSCRIPTION).await, WebhookState::Applied);
    let ended = world.find(&id).await;
    assert_eq!(ended.status, CallStatus::Completed);
    world.confirm(&call, SAMPLE_CONVERSATION).await;
    assert_eq!(world.find(&id).await, ended);
}

#[tokio::test]
async fn a_transcription_of_a_call_that_began_elsewhere_is_left_to_the_sync() {
    let world = World::start().await;
    assert_eq!(world.deliver(TRANSCRIPTION).await, WebhookState::Early);
    assert!(world.record(TRANSCRIPTION).await.unwrap().note.is_some());
    // Were its outcome left alone, a call would end without its transcript.
    let left = world
        .test
        .store
        .early_outcome(&records::provider_id(SAMPLE_CONVERSATION))
        .await
        .unwrap();
    assert_eq!(left, None);
}
