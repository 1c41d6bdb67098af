//! Recordings that are sent.

use switchboard_domain::{CallStatus, RecordingState};
use switchboard_store::{FileStore, WebhookState};

use crate::world::{AUDIO, TRANSCRIPTION, World};

#[tokio::test]
async fn a_recording_is_stored_before_or_after_the_transcription() {
    for order in [[AUDIO, TRANSCRIPTION], [TRANSCRIPTION, AUDIO]] {
        let world = World::start().await;
        let id = world.sample_call().await;
        for body in order {
            assert_eq!(world.deliver(body).await, WebhookState::Applied);
        }
        let call = world.find(&id).await;
        assert_eq!(call.status, CallStatus::Completed);
        assert_eq!(call.recording.state, RecordingState::Stored);
        let stored = world
            .test
            .store
            .files()
            .size(&FileStore::recording_key(&id))
            .await
            .unwrap();
        assert_eq!(call.recording.bytes, stored);
        assert!(stored.is_some());
        assert!(world.test.store.recordings_due().await.unwrap().is_empty());
        for body in order {
            world.deliver(body).await;
        }
        assert_eq!(world.find(&id).await, call);
    }
}

#[tokio::test]
async fn a_recording_of_an_unknown_conversation_is_kept_as_it_came() {
    let world = World::start().await;
    assert_eq!(world.deliver(AUDIO).await, WebhookState::Early);
}
