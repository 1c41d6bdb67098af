//! The carrier's recording of a call.

use receptionist::{Recorded, Request};
use switchboard_domain::RecordingState;

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
