//! A real store over engines of its own.

use aws_sdk_sqs::operation::delete_message::DeleteMessageError;
use jiff::Timestamp;
use switchboard_domain::{Clock, ManualClock, QueueSettings};
use switchboard_local_engines::{DynamoDbFault, Faults, Meter, SqsFault};
use switchboard_store::{DialMessage, Store, StoreConfig};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::FakeLambda;
use crate::engines::{Engines, listener};

/// Name of the dialer.
pub const DIALER: &str = "dialer";
/// Id of the dialer's event source mapping.
pub const MAPPING: &str = "00000000-0000-4000-8000-000000000001";
/// Name of the campaign scheduler.
pub const SCHEDULER: &str = "campaign-scheduler";
/// Name of the conversation sync.
pub const SYNC: &str = "conversation-sync";
/// Name of the call exporter.
pub const EXPORTER: &str = "call-exporter";
/// Name of the upload parser.
pub const PARSER: &str = "upload-parser";
/// Name of the receptionist.
pub const RECEPTIONIST: &str = "receptionist";
/// The concurrency limit that the queue's settings begin with.
pub const LIMIT: u32 = 5;

const BUCKET: &str = "test-data";

/// A store with empty tables, a bucket and queues, and a clock that stands still. The queue's
/// settings are written: running, with [`LIMIT`]. Everything ends when this is dropped.
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// The clock, at 2026-11-20 12:00 UTC, a Friday.
    pub clock: ManualClock,
    /// What was asked of Lambda.
    pub lambda: FakeLambda,
    engines: Engines,
    queues: aws_sdk_sqs::Client,
    queue_urls: QueueUrls,
    _stop: DropGuard,
}

/// Where the queues are.
struct QueueUrls {
    dials: String,
    dead_letters: String,
    failed_events: String,
}

impl TestStore {
    /// Starts the engines and makes what the template names. With `SECOND_ENGINE` in the environment, it is all made
    /// there instead.
    pub async fn start() -> Self {
        let shutdown = CancellationToken::new();
        let lambda = FakeLambda::start(listener().await, shutdown.clone());
        let engines = Engines::start(lambda.endpoint_url(), BUCKET, &shutdown).await;
        let queues = aws_sdk_sqs::Client::new(&engines.sdk);
        let queue_urls = QueueUrls {
            dials: engines.queue(&queues, "dial").await,
            dead_letters: engines.queue(&queues, "dial-dead-letters").await,
            failed_events: engines.queue(&queues, "failed-events").await,
        };
        let store = Store::new(&engines.sdk, config(&engines.prefix, &queue_urls));
        let clock = ManualClock::at("2026-11-20T12:00:00Z".parse().unwrap());
        store.queue_settings(LIMIT, clock.now()).await.unwrap();
        Self {
            store,
            clock,
            lambda,
            engines,
            queues,
            queue_urls,
            _stop: shutdown.drop_guard(),
        }
    }

    /// The clock's time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes requests to DynamoDB fail.
    pub fn db_faults(&self) -> Faults<DynamoDbFault> {
        self.engines.db_faults()
    }

    /// Counts DynamoDB's capacity units, once it is turned on; nothing at a second engine.
    pub fn meter(&self) -> Meter {
        self.engines.meter.clone()
    }

    /// Makes requests to SQS fail.
    pub fn queue_faults(&self) -> Faults<SqsFault> {
        self.engines.queue_faults()
    }

    /// The queue's settings and the number of slots in use.
    pub async fn queue(&self) -> QueueSettings {
        self.store.queue_settings(LIMIT, self.now()).await.unwrap()
    }

    /// Puts a message into the dial queue's dead letters.
    pub async fn give_up_dial(&self, message: &str) {
        self.send(&self.queue_urls.dead_letters, message).await;
    }

    /// Puts a record into the queue of failed events.
    pub async fn fail_event(&self, record: &str) {
        self.send(&self.queue_urls.failed_events, record).await;
    }

    async fn send(&self, queue_url: &str, body: &str) {
        let send = self.queues.send_message().queue_url(queue_url);
        send.message_body(body).send().await.unwrap();
    }

    /// Takes every message that waits on the dial queue.
    pub async fn take_dials(&self) -> Vec<DialMessage> {
        let mut dials = Vec::new();
        loop {
            let receive = self.queues.receive_message().queue_url(&self.queue_urls.dials);
            let received = receive
                .max_number_of_messages(10)
                .wait_time_seconds(0)
                .send()
                .await
                .unwrap();
            let messages = received.messages.unwrap_or_default();
            if messages.is_empty() {
                return dials;
            }
            for message in messages {
                dials.push(serde_json::from_str(message.body().unwrap()).unwrap());
                let delete = self.queues.delete_message().queue_url(&self.queue_urls.dials);
                let deleted = delete
                    .receipt_handle(message.receipt_handle().unwrap())
                    .send()
                    .await;
                // One that was delivered twice is deleted twice: AWS answers both, ministack refuses the second.
                let refused = deleted.as_ref().err().and_then(|error| error.as_service_error());
                let is_gone = refused.is_some_and(DeleteMessageError::is_receipt_handle_is_invalid);
                assert!(deleted.is_ok() || is_gone, "{deleted:?}");
            }
        }
    }
}

fn config(prefix: &str, queues: &QueueUrls) -> StoreConfig {
    let name = |name: &str| Some(name.to_owned());
    let made = |name: &str| format!("{prefix}{name}");
    StoreConfig {
        calls_table: made("CallsTable"),
        campaigns_table: made("CampaignsTable"),
        contacts_table: made("ContactsTable"),
        agents_table: made("AgentsTable"),
        system_table: made("SystemTable"),
        data_bucket: made(BUCKET),
        dial_queue_url: Some(queues.dials.clone()),
        dead_letter_queue_url: Some(queues.dead_letters.clone()),
        failed_events_queue_url: Some(queues.failed_events.clone()),
        // The event sender is asked by the tests themselves.
        event_queue_url: None,
        dialer_function: name(DIALER),
        dialer_mapping_id: name(MAPPING),
        scheduler_function: name(SCHEDULER),
        sync_function: name(SYNC),
        exporter_function: name(EXPORTER),
        parser_function: name(PARSER),
        receptionist_function: name(RECEPTIONIST),
        reserve_concurrency: true,
    }
}
