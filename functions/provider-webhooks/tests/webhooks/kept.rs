//! What is kept whatever becomes of it.

use http::StatusCode;
use switchboard_domain::CallStatus;
use switchboard_local_engines::DynamoDbFault;
use switchboard_providers::Secret;
use switchboard_providers::elevenlabs::webhook::sign;
use switchboard_store::{WebhookList, WebhookState};

use crate::world::{SECRET, TRANSCRIPTION, UNKNOWN_TYPE, World};

#[tokio::test]
async fn events_that_we_do_not_know_are_kept() {
    let world = World::start().await;
    assert_eq!(world.deliver(UNKNOWN_TYPE).await, WebhookState::Ignored);
    let record = world.record(UNKNOWN_TYPE).await.unwrap();
    assert_eq!(record.kind_name.as_deref(), Some("something_new"));
    assert_eq!(
        record.conversation_id.unwrap().as_str(),
        "conv_9801kexample0000000000000004"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_and_shown() {
    let world = World::start().await;
    let deep = "[".repeat(100_000);
    let bodies = [
        "",
        "\u{0}",
        "null",
        "{}",
        deep.as_str(),
        r#"{"type":"post_call_transcription","data":{"conversation_id":"../../x"}}"#,
        r#"{"type":"post_call_audio","data":{"conversation_id":"conv_1","full_audio":"%%%"}}"#,
        r#"{"type":"call_initiation_failure","data":[]}"#,
    ];
    for body in bodies {
        assert_eq!(world.deliver(body).await, WebhookState::Unparsed, "{body:.80}");
        assert!(world.record(body).await.unwrap().note.is_some());
    }
    let shown = world
        .test
        .store
        .list_webhooks(WebhookList::Unparsed, None, 50)
        .await
        .unwrap();
    assert_eq!(shown.items.len(), bodies.len());
}

#[tokio::test]
async fn a_store_that_fails_is_told_so_that_the_webhook_comes_again() {
    let world = World::start().await;
    let id = world.sample_call().await;
    let faults = world.test.db_faults();
    let signed = || Some(sign(&Secret::new(SECRET), TRANSCRIPTION.as_bytes(), world.now()));

    faults.fraction("PutItem", DynamoDbFault::InternalErrorBefore, 1.0, 1);
    let (status, _) = world.post(TRANSCRIPTION, signed()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.record(TRANSCRIPTION).await, None);
    faults.clear();

    faults.fraction("TransactWriteItems", DynamoDbFault::InternalErrorBefore, 1.0, 1);
    let (status, _) = world.post(TRANSCRIPTION, signed()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        world.record(TRANSCRIPTION).await.unwrap().state,
        WebhookState::Received
    );
    assert_eq!(world.find(&id).await.status, CallStatus::InProgress);
    faults.clear();

    assert_eq!(world.deliver(TRANSCRIPTION).await, WebhookState::Applied);
    assert_eq!(world.find(&id).await.status, CallStatus::Completed);
    assert_eq!(world.record(TRANSCRIPTION).await.unwrap().deliveries, 2);
}

#[tokio::test]
async fn an_effect_whose_answer_was_lost_is_not_repeated() {
    let world = World::start().await;
    let id = world.sample_call().await;
    let lost = DynamoDbFault::InternalErrorAfter;
    world
        .test
        .db_faults()
        .fraction("TransactWriteItems", lost, 1.0, 1);
    let signed = sign(&Secret::new(SECRET), TRANSCRIPTION.as_bytes(), world.now());
    world.post(TRANSCRIPTION, Some(signed)).await;
    world.test.db_faults().clear();
    world.deliver(TRANSCRIPTION).await;
    assert_eq!(world.find(&id).await.status, CallStatus::Completed);
    assert_eq!(
        (world.slots().await, world.test.queue().await.slots_in_use),
        (0, 0)
    );
    let stats = world.test.store.stats_of_all_time().await.unwrap();
    assert_eq!(stats.iter().map(|row| row.stats.calls).sum::<u64>(), 1);
}
