//! SQS as the product uses it, asked by the real SDK and in process.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, Message, MessageAttributeValue, MessageSystemAttributeName,
    QueueAttributeName, SendMessageBatchRequestEntry,
};
use serde_json::json;
use switchboard_local_engines::sqs::{Depth, QueueRef};
use switchboard_local_engines::{Sqs, SqsFault};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const AT_ONCE: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(20);

struct Running {
    engine: Sqs,
    client: Client,
    work: QueueRef,
    dead: QueueRef,
    shutdown: CancellationToken,
}

/// A queue `work` (two receives, then the dead-letter queue `dead`).
async fn start() -> Running {
    let shutdown = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = Sqs::start(listener, shutdown.clone()).await.unwrap();
    let dead = engine
        .ensure_queue("dead", &json!({"MessageRetentionPeriod": 1_209_600}))
        .await
        .unwrap();
    let redrive = json!({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2});
    let properties = json!({"VisibilityTimeout": 5400, "RedrivePolicy": redrive});
    let work = engine.ensure_queue("work", &properties).await.unwrap();
    assert_eq!(engine.ensure_queue("work", &properties).await.unwrap(), work);
    let config = aws_sdk_sqs::Config::builder()
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(Credentials::new("any", "any", None, None, "test"))
        .region(Region::new("us-east-1"))
        .endpoint_url(engine.endpoint_url())
        .retry_config(RetryConfig::disabled())
        .build();
    let client = Client::from_conf(config);
    Running {
        engine,
        client,
        work,
        dead,
        shutdown,
    }
}

impl Running {
    async fn stop(self) {
        self.shutdown.cancel();
        self.engine.stopped().await;
    }

    async fn send(&self, body: &str) {
        let send = self
            .client
            .send_message()
            .queue_url(&self.work.url)
            .message_body(body);
        send.send().await.unwrap();
    }

    async fn receive(&self) -> Vec<Message> {
        let receive = self
            .client
            .receive_message()
            .queue_url(&self.work.url)
            .max_number_of_messages(10);
        let receive = receive.message_system_attribute_names(MessageSystemAttributeName::All);
        receive
            .message_attribute_names("All")
            .send()
            .await
            .unwrap()
            .messages
            .unwrap_or_default()
    }

    async fn show_again(&self, message: &Message) {
        let change = self
            .client
            .change_message_visibility()
            .queue_url(&self.work.url)
            .visibility_timeout(0);
        change
            .receipt_handle(message.receipt_handle().unwrap())
            .send()
            .await
            .unwrap();
    }

    async fn depth(&self, queue: &QueueRef) -> Depth {
        self.engine.depth(queue).await.unwrap()
    }
}

#[tokio::test]
async fn a_message_is_sent_received_and_deleted() {
    let sqs = start().await;
    let sent = sqs
        .client
        .send_message()
        .queue_url(&sqs.work.url)
        .message_body("{\"call\":1}")
        .message_group_id("campaign-1")
        .message_attributes(
            "kind",
            MessageAttributeValue::builder()
                .data_type("String")
                .string_value("dial")
                .build()
                .unwrap(),
        )
        .send()
        .await
        .unwrap();
    let received = sqs.receive().await;
    assert_eq!(received.len(), 1);
    let message = &received[0];
    assert_eq!(message.message_id(), sent.message_id());
    assert_eq!(message.body(), Some("{\"call\":1}"));
    let attributes = message.attributes().unwrap();
    assert_eq!(
        attributes[&MessageSystemAttributeName::MessageGroupId],
        "campaign-1"
    );
    assert_eq!(
        attributes[&MessageSystemAttributeName::ApproximateReceiveCount],
        "1"
    );
    assert_eq!(
        message.message_attributes().unwrap()["kind"].string_value(),
        Some("dial")
    );
    assert!(sqs.receive().await.is_empty());
    assert_eq!(
        sqs.depth(&sqs.work).await,
        Depth {
            visible: 0,
            in_flight: 1,
            delayed: 0
        }
    );

    let delete = sqs.client.delete_message().queue_url(&sqs.work.url);
    delete
        .receipt_handle(message.receipt_handle().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(sqs.depth(&sqs.work).await, Depth::default());
    sqs.stop().await;
}

#[tokio::test]
async fn a_message_received_too_often_is_a_dead_letter_and_can_be_moved_back() {
    let sqs = start().await;
    sqs.send("poison").await;
    for count in ["1", "2"] {
        let received = sqs.receive().await;
        let attributes = received[0].attributes().unwrap();
        assert_eq!(
            attributes[&MessageSystemAttributeName::ApproximateReceiveCount],
            count
        );
        sqs.show_again(&received[0]).await;
    }
    assert!(sqs.receive().await.is_empty());
    let letters = sqs
        .engine
        .receive(&sqs.dead, 10, LONG, Some(AT_ONCE))
        .await
        .unwrap();
    assert_eq!((letters.len(), letters[0].body.as_str()), (1, "poison"));
    assert_eq!(letters[0].attributes["DeadLetterQueueSourceArn"], sqs.work.arn);

    let start = sqs.client.start_message_move_task().source_arn(&sqs.dead.arn);
    start.send().await.unwrap();
    assert_eq!(sqs.depth(&sqs.dead).await, Depth::default());
    assert_eq!(sqs.depth(&sqs.work).await.visible, 1);
    let moves = sqs
        .client
        .list_message_move_tasks()
        .source_arn(&sqs.dead.arn)
        .send()
        .await
        .unwrap();
    assert_eq!(moves.results()[0].status(), Some("COMPLETED"));
    assert_eq!(moves.results()[0].approximate_number_of_messages_moved(), 1);
    let not_dead = sqs
        .client
        .start_message_move_task()
        .source_arn(&sqs.work.arn)
        .send()
        .await;
    assert_eq!(not_dead.unwrap_err().code(), Some("InvalidParameterValue"));
    sqs.stop().await;
}

#[tokio::test]
async fn limits_are_held() {
    let sqs = start().await;
    let send = |delay: i32, body: String| {
        let send = sqs.client.send_message().queue_url(&sqs.work.url);
        send.delay_seconds(delay).message_body(body).send()
    };
    send(900, "late".to_owned()).await.unwrap();
    assert_eq!(sqs.depth(&sqs.work).await.delayed, 1);
    assert_eq!(
        send(901, "too late".to_owned()).await.unwrap_err().code(),
        Some("InvalidParameterValue")
    );
    assert!(send(0, "x".repeat(1024 * 1024 + 1)).await.is_err());

    sqs.send("m").await;
    let handle = sqs.receive().await[0].receipt_handle().unwrap().to_owned();
    let change = |seconds: i32| {
        let change = sqs.client.change_message_visibility().queue_url(&sqs.work.url);
        change.receipt_handle(&handle).visibility_timeout(seconds).send()
    };
    change(43_200).await.unwrap();
    assert_eq!(
        change(43_201).await.unwrap_err().code(),
        Some("InvalidParameterValue")
    );
    let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
        .id("1")
        .receipt_handle(&handle);
    let batch = sqs
        .client
        .change_message_visibility_batch()
        .queue_url(&sqs.work.url);
    let batch = batch
        .entries(entry.visibility_timeout(-1).build().unwrap())
        .send()
        .await;
    assert_eq!(batch.unwrap_err().code(), Some("InvalidParameterValue"));
    assert!(sqs.engine.receive(&sqs.work, 11, AT_ONCE, None).await.is_err());

    let batch = |entries: usize, bytes: usize| {
        let entries = (0..entries).map(|i| {
            let entry = SendMessageBatchRequestEntry::builder().id(i.to_string());
            entry
                .message_body("x".repeat(bytes))
                .message_group_id("g")
                .build()
                .unwrap()
        });
        let batch = sqs.client.send_message_batch().queue_url(&sqs.work.url);
        batch.set_entries(Some(entries.collect())).send()
    };
    assert_eq!(batch(10, 10).await.unwrap().successful().len(), 10);
    assert!(
        batch(11, 10)
            .await
            .unwrap_err()
            .as_service_error()
            .unwrap()
            .is_too_many_entries_in_batch_request()
    );
    assert!(
        batch(10, 200_000)
            .await
            .unwrap_err()
            .as_service_error()
            .unwrap()
            .is_batch_request_too_long()
    );
    assert_eq!(sqs.depth(&sqs.work).await.visible, 10);
    sqs.stop().await;
}

#[tokio::test]
async fn a_waiting_receive_gets_the_message_at_once() {
    let sqs = start().await;
    let (engine, work) = (sqs.engine.clone(), sqs.work.clone());
    let waiting = tokio::spawn(async move { engine.receive(&work, 10, LONG, None).await });
    sqs.send("now").await;
    let received = waiting.await.unwrap().unwrap();
    assert_eq!((received[0].body.as_str(), received[0].receive_count), ("now", 1));
    sqs.engine
        .change_visibility(&sqs.work, &received[0].receipt_handle, AT_ONCE)
        .await
        .unwrap();
    let again = sqs.engine.receive(&sqs.work, 1, AT_ONCE, None).await.unwrap();
    assert_eq!(again[0].receive_count, 2);
    sqs.engine
        .delete(&sqs.work, &again[0].receipt_handle)
        .await
        .unwrap();
    sqs.engine.send(&sqs.work, "more").await.unwrap();
    sqs.engine.purge(&sqs.work).await.unwrap();
    assert_eq!(sqs.depth(&sqs.work).await, Depth::default());
    sqs.stop().await;
}

#[tokio::test]
async fn a_receive_that_waits_does_not_hold_up_the_shutdown() {
    let sqs = start().await;
    let receive = sqs
        .client
        .receive_message()
        .queue_url(&sqs.work.url)
        .wait_time_seconds(20);
    let waiting = tokio::spawn(receive.send());
    sqs.stop().await;
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn queues_are_described() {
    let sqs = start().await;
    let attributes = sqs.client.get_queue_attributes().queue_url(&sqs.work.url);
    let attributes = attributes
        .attribute_names(QueueAttributeName::All)
        .send()
        .await
        .unwrap();
    let attributes = attributes.attributes.unwrap();
    assert_eq!(attributes[&QueueAttributeName::VisibilityTimeout], "5400");
    assert_eq!(attributes[&QueueAttributeName::QueueArn], sqs.work.arn);
    assert_eq!(sqs.work.arn, "arn:aws:sqs:us-east-1:000000000000:work");
    let missing = sqs
        .client
        .send_message()
        .queue_url(format!("{}x", sqs.work.url))
        .message_body("m");
    let missing = missing.send().await.unwrap_err();
    assert!(missing.as_service_error().unwrap().is_queue_does_not_exist());
    sqs.stop().await;
}

#[tokio::test]
async fn faults_come_before_or_after_the_effect_as_told() {
    let sqs = start().await;
    let faults = sqs.engine.faults();
    let send = || {
        sqs.client
            .send_message()
            .queue_url(&sqs.work.url)
            .message_body("m")
            .send()
    };
    for (fault, sent) in [
        (SqsFault::InternalErrorBefore, 0),
        (SqsFault::InternalErrorAfter, 1),
        (SqsFault::AnswerLost, 2),
    ] {
        faults.next("SendMessage", fault, 1);
        send().await.unwrap_err();
        assert_eq!(sqs.depth(&sqs.work).await.visible, sent);
    }
    faults.next("SendMessageBatch", SqsFault::BatchEntryFails, 1);
    let entry = |id: &str| {
        SendMessageBatchRequestEntry::builder()
            .id(id)
            .message_body("b")
            .build()
            .unwrap()
    };
    let batch = sqs.client.send_message_batch().queue_url(&sqs.work.url);
    let batch = batch
        .entries(entry("1"))
        .entries(entry("2"))
        .send()
        .await
        .unwrap();
    assert_eq!((batch.failed()[0].id(), batch.successful()[0].id()), ("1", "2"));
    assert_eq!(faults.injected(), 4);
    sqs.stop().await;
}

#[tokio::test]
async fn a_message_is_delivered_twice_when_told() {
    let sqs = start().await;
    sqs.engine
        .faults()
        .next("ReceiveMessage", SqsFault::DeliverTwice, 1);
    sqs.send("m").await;
    let (first, second) = (sqs.receive().await, sqs.receive().await);
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_eq!(first[0].message_id(), second[0].message_id());
    for _ in 0..2 {
        let handle = first[0].receipt_handle().unwrap();
        sqs.engine.delete(&sqs.work, handle).await.unwrap();
    }
    assert!(sqs.receive().await.is_empty());
    sqs.stop().await;
}
