//! Our faults before engines that do not know of them; here, our own play that part.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde_json::json;
use switchboard_local_engines::sqs::QueueRef;
use switchboard_local_engines::{DynamoDb, DynamoDbElsewhere, DynamoDbFault, Sqs, SqsElsewhere, SqsFault};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

struct Queue {
    engine: Sqs,
    before: SqsElsewhere,
    client: aws_sdk_sqs::Client,
    work: QueueRef,
    _stop: DropGuard,
}

async fn queue() -> Queue {
    let shutdown = CancellationToken::new();
    let engine = Sqs::start(listener().await, shutdown.clone()).await.unwrap();
    let work = engine.ensure_queue("work", &json!({})).await.unwrap();
    let before = SqsElsewhere::start(engine.address(), listener().await, shutdown.clone()).unwrap();
    let config = aws_sdk_sqs::Config::builder()
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(Credentials::new("any", "any", None, None, "test"))
        .region(Region::new("us-east-1"))
        .endpoint_url(before.endpoint_url())
        .retry_config(RetryConfig::disabled())
        .build();
    Queue {
        engine,
        before,
        client: aws_sdk_sqs::Client::from_conf(config),
        work,
        _stop: shutdown.drop_guard(),
    }
}

impl Queue {
    async fn waiting(&self) -> u64 {
        self.engine.depth(&self.work).await.unwrap().visible
    }

    async fn receive(&self) -> Vec<aws_sdk_sqs::types::Message> {
        let receive = self.client.receive_message().queue_url(&self.work.url);
        receive.send().await.unwrap().messages.unwrap_or_default()
    }
}

#[tokio::test]
async fn a_request_to_a_queue_fails_before_or_after_its_effect() {
    let queue = queue().await;
    let send = || {
        let send = queue.client.send_message().queue_url(&queue.work.url);
        send.message_body("m").send()
    };
    for (fault, sent) in [
        (SqsFault::InternalErrorBefore, 0),
        (SqsFault::InternalErrorAfter, 1),
        (SqsFault::AnswerLost, 2),
    ] {
        queue.before.faults().next("SendMessage", fault, 1);
        send().await.unwrap_err();
        assert_eq!(queue.waiting().await, sent);
    }
    send().await.unwrap();
    assert_eq!(queue.waiting().await, 3);
}

#[tokio::test]
async fn some_entries_of_a_batch_fail_or_all_of_them() {
    let queue = queue().await;
    let entry = |id: &str| {
        let entry = SendMessageBatchRequestEntry::builder().id(id).message_body("b");
        entry.build().unwrap()
    };
    for (failing, sent) in [(1, 1), (2, 0)] {
        let faults = queue.before.faults();
        faults.next("SendMessageBatch", SqsFault::BatchEntryFails, failing);
        let batch = queue.client.send_message_batch().queue_url(&queue.work.url);
        let batch = batch.entries(entry("1")).entries(entry("2"));
        let answer = batch.send().await.unwrap();
        assert_eq!(
            (answer.failed().len(), answer.successful().len()),
            (failing as usize, sent)
        );
    }
    assert_eq!(queue.waiting().await, 1);
}

#[tokio::test]
async fn a_message_is_delivered_twice_when_told() {
    let queue = queue().await;
    queue.engine.send(&queue.work, "m").await.unwrap();
    let faults = queue.before.faults();
    faults.next("ReceiveMessage", SqsFault::DeliverTwice, 1);
    let (first, second) = (queue.receive().await, queue.receive().await);
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_eq!(first[0].message_id(), second[0].message_id());
    assert!(queue.receive().await.is_empty());
}

#[tokio::test]
async fn a_request_to_a_table_fails_as_our_own_engine_fails() {
    let shutdown = CancellationToken::new();
    let dir = tempfile::tempdir().unwrap();
    let engine = DynamoDb::start(dir.path(), listener().await, shutdown.clone())
        .await
        .unwrap();
    let before = DynamoDbElsewhere::start(engine.address(), listener().await, shutdown.clone()).unwrap();
    let config = aws_sdk_dynamodb::Config::builder()
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(Credentials::new("any", "any", None, None, "test"))
        .region(Region::new("us-east-1"))
        .endpoint_url(before.endpoint_url())
        .retry_config(RetryConfig::disabled())
        .build();
    let client = aws_sdk_dynamodb::Client::from_conf(config);
    before.faults().next("ListTables", DynamoDbFault::Throttled, 1);
    let refused = client.list_tables().send().await.unwrap_err();
    assert_eq!(refused.code(), Some("ProvisionedThroughputExceededException"));
    assert!(
        client
            .list_tables()
            .send()
            .await
            .unwrap()
            .table_names()
            .is_empty()
    );
    shutdown.cancel();
}
