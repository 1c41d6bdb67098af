//! The carrier's recording of a call.

use receptionist::{Recorded, Request};
use switchboard_domain::RecordingState;
use switchboard_store::FileStore;

use crate::world::{PACE, World};

#[tokio::test]
async fn a_recording_is_fetched_once_it_is_there_and_once_only() {
    let world = World::start().await;
    world.platforms.miss_recordings(2);
    let request = Request::Recording(Recorded {
        call_id: world.call_id.clone(),
        recording_sid: "RE00000000000000000000000000000001".to_owned(),
        duration_secs: Some(1),
    });
    let deadline = world.test.now() + jiff::SignedDuration::from_mins(15);
    let receptionist = world.receptionist(PACE);
    receptionist.handle(&request, "one", deadline).await.unwrap();
    let recording = world.call().await.recording;
    assert_eq!(
        (recording.state, recording.bytes),
        (RecordingState::Stored, Some(4_170))
    );
    assert!(
        recording
            .duration_secs
            .is_some_and(|secs| (0.2..0.3).contains(&secs))
    );
    receptionist.handle(&request, "two", deadline).await.unwrap();
    assert_eq!(world.platforms.requests(".mp3").len(), 3);
}

#[tokio::test]
async fn of_a_caller_who_was_put_through_the_longest_recording_is_kept() {
    let world = World::start().await;
    let receptionist = world.receptionist(PACE);
    let deadline = world.test.now() + jiff::SignedDuration::from_mins(15);
    let told = |last: u8, duration_secs| {
        Request::Recording(Recorded {
            call_id: world.call_id.clone(),
            recording_sid: format!("RE0000000000000000000000000000000{last}"),
            duration_secs,
        })
    };
    let mut kept = Vec::new();
    for request in [
        told(1, Some(1)),
        // With the person it lasted longer; told twice.
        told(2, Some(3)),
        told(2, Some(3)),
        // What is shorter, or does not say how long it is, changes nothing.
        told(1, Some(1)),
        told(1, None),
    ] {
        receptionist.handle(&request, "one", deadline).await.unwrap();
        let recording = world.call().await.recording;
        assert_eq!(recording.state, RecordingState::Stored);
        kept.push((recording.bytes, recording.whole));
    }
    let (short, long) = ((Some(4_170), None), (Some(41_700), None));
    assert_eq!(kept, [short, long, long, long, long]);
    assert_eq!(world.platforms.requests(".mp3").len(), 2);
    let key = FileStore::recording_key(&world.call_id);
    assert_eq!(world.store().files().size(&key).await.unwrap(), Some(41_700));
}
