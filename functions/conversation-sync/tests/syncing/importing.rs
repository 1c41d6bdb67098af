//! What began elsewhere.

use conversation_sync::{SyncError, SyncRequest, SyncSummary};
use jiff::SignedDuration;
use switchboard_domain::{AgentId, CallOrigin, CallStatus, Direction, RecordingState};
use switchboard_store::FileStore;
use switchboard_testing::records;

use crate::world::{World, held, talking};

#[tokio::test]
async fn what_began_elsewhere_becomes_a_call_once_with_transcript_and_recording() {
    let world = World::start().await;
    let conversation = world.held("elsewhere", world.ago(30));
    world
        .provider
        .put_recording(&conversation.conversation_id, vec![0u8; 1_000]);
    let mut foreign = held("foreign", world.ago(20));
    foreign.provider_agent_id = records::provider_id("agent_foreign");
    world.provider.put_conversation(foreign);

    let summary = world.run().await;
    let expected = SyncSummary {
        listed: 2,
        imported: 1,
        skipped_unknown_agent: 1,
        recordings_stored: 1,
        complete: true,
        ..SyncSummary::default()
    };
    assert_eq!(summary, expected);
    let calls = world.calls().await;
    let [call] = calls.as_slice() else {
        panic!("{calls:?}")
    };
    assert_eq!(
        (call.origin, call.status, call.direction),
        (CallOrigin::Imported, CallStatus::Completed, Direction::Inbound)
    );
    assert_eq!(
        call.agent_id,
        Some(records::agent("anna", world.test.now()).agent_id)
    );
    assert_eq!(call.phone_number, Some(records::number(7)));
    assert_eq!(
        (call.created_at, call.ended_at),
        (world.ago(30), Some(world.ago(26)))
    );
    assert_eq!((call.duration_secs, call.results.turns), (Some(240), 2));
    assert_eq!(call.results.summary.as_deref(), Some("They talked."));
    assert!(call.results_complete);
    assert_eq!(call.recording.state, RecordingState::Stored);
    assert_eq!(
        world.test.store.transcript(&call.call_id).await.unwrap(),
        conversation.turns
    );
    let stored = world
        .test
        .store
        .files()
        .size(&FileStore::recording_key(&call.call_id))
        .await
        .unwrap();
    assert_eq!(stored, Some(1_000));

    // Again, over the same time and more.
    let again = SyncRequest {
        since: Some(world.ago(600)),
        ..SyncRequest::default()
    };
    let summary = world.ask(&again).await;
    assert_eq!(
        (summary.listed, summary.synced, summary.skipped_unknown_agent),
        (2, 1, 1)
    );
    assert_eq!(world.calls().await, calls);
    let stats = world.test.store.stats_of_all_time().await.unwrap();
    assert_eq!(stats[0].stats.calls, 1);
}

#[tokio::test]
async fn a_conversation_that_is_not_over_is_imported_by_a_later_run() {
    let world = World::start().await;
    let started_at = world.ago(30);
    world.provider.put_conversation(talking("long", started_at));
    let summary = world.run().await;
    assert_eq!(
        (summary.unfinished, summary.imported, summary.complete),
        (1, 0, true)
    );
    assert!(world.calls().await.is_empty());
    assert_eq!(world.mark().await, Some(started_at));

    world.wait(180);
    world.held("long", started_at);
    assert_eq!(world.run().await.imported, 1);
    assert_eq!(world.mark().await, Some(world.test.now()));
}

#[tokio::test]
async fn one_agents_conversations_can_be_asked_for() {
    let world = World::start().await;
    world
        .test
        .store
        .create_agent(&records::agent("bert", world.test.now()))
        .await
        .unwrap();
    world.held("annas", world.ago(30));
    let mut berts = held("berts", world.ago(30 * 60));
    berts.provider_agent_id = records::provider_id("agent_bert");
    world.provider.put_conversation(berts);

    let request = SyncRequest {
        since: Some(world.ago(48 * 60)),
        agent_id: Some(AgentId::derived(&["bert"])),
        ..SyncRequest::default()
    };
    let summary = world.ask(&request).await;
    assert_eq!((summary.listed, summary.imported), (1, 1));
    assert_eq!(world.mark().await, None, "the others were not looked at");

    let nobody = SyncRequest {
        agent_id: Some(AgentId::derived(&["nobody"])),
        ..SyncRequest::default()
    };
    let work_until = world.test.now() + SignedDuration::from_mins(1);
    let error = world.sync.run(&nobody, "run", work_until).await.unwrap_err();
    assert!(matches!(error, SyncError::NoSuchAgent(_)), "{error}");
    assert_eq!(world.run().await.imported, 1, "an error gives the lease back");
}

#[tokio::test]
async fn a_dial_that_restored_tables_have_forgotten_becomes_a_call_of_its_own() {
    let world = World::start().await;
    let forgotten = records::call("forgotten", world.ago(10));
    world.test.store.create_call(&forgotten).await.unwrap();
    let mut conversation = held("forgotten", world.ago(9));
    conversation.attempt = Some(forgotten.call_id.clone());
    world.provider.put_conversation(conversation);

    assert_eq!(world.run().await.imported, 1);
    let calls = world.calls().await;
    let imported: Vec<_> = calls
        .iter()
        .filter(|call| call.origin == CallOrigin::Imported)
        .collect();
    assert_eq!(imported.len(), 1, "the sign that the person was called");
    assert_eq!(world.find(&forgotten.call_id).await.status, CallStatus::Queued);

    let again = world.run().await;
    assert_eq!((again.imported, again.updated), (0, 0));
}
