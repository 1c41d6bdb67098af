//! Transcripts of calls that are over.

use switchboard_domain::{CallId, Speaker, TranscriptTurn};
use switchboard_testing::{TestStore, records};

fn id(test: &TestStore) -> CallId {
    records::call("one", test.now()).call_id
}

fn says(nth: u64, message: &str) -> TranscriptTurn {
    TranscriptTurn {
        speaker: if nth.is_multiple_of(2) {
            Speaker::Agent
        } else {
            Speaker::User
        },
        message: message.to_owned(),
        at_secs: nth,
        interrupted: nth == 1,
        tools: vec!["look_up".to_owned()],
    }
}

#[tokio::test]
async fn a_transcript_is_read_as_it_was_written() {
    let test = TestStore::start().await;
    let (store, id) = (&test.store, id(&test));
    store.put_transcript(&id, &[]).await.unwrap();
    assert_eq!(store.transcript(&id).await.unwrap(), []);
    let turns = [
        says(0, "One, “with” a \n line."),
        says(1, ""),
        says(2, "Dvě. \u{1F44B}"),
    ];
    store.put_transcript(&id, &turns).await.unwrap();
    assert_eq!(store.transcript(&id).await.unwrap(), turns);
    let places = store.placed_transcript(&id).await.unwrap();
    assert_eq!(
        places.iter().map(|(place, _)| *place).collect::<Vec<_>>(),
        [0, 1, 2]
    );
    assert_eq!(store.kept_turns(&id).await.unwrap(), []);
}

#[tokio::test]
async fn a_long_transcript_is_kept_whole_and_a_shorter_one_takes_its_place() {
    let test = TestStore::start().await;
    let (store, id) = (&test.store, id(&test));
    // Three million bytes once they are written as JSON, the most of a turn being control characters.
    let long: Vec<_> = (0..50).map(|nth| says(nth, &"\u{1}".repeat(10_000))).collect();
    store.put_transcript(&id, &long).await.unwrap();
    assert_eq!(store.transcript(&id).await.unwrap(), long);
    let short = &long[..2];
    store.put_transcript(&id, short).await.unwrap();
    assert_eq!(store.transcript(&id).await.unwrap(), short);
}

#[tokio::test]
async fn a_turn_that_no_item_holds_is_cut() {
    let test = TestStore::start().await;
    let (store, id) = (&test.store, id(&test));
    let endless = [says(0, &"é\u{1}".repeat(200_000)), says(1, "Yes.")];
    store.put_transcript(&id, &endless).await.unwrap();
    let kept = store.transcript(&id).await.unwrap();
    assert_eq!((kept.len(), kept[0].message.len()), (2, 60_000));
    assert_eq!(kept[1], endless[1]);
}
