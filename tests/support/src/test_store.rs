//! A real store over engines of its own.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use switchboard_domain::{Clock, ManualClock, QueueSettings};
use switchboard_local_engines::sqs::QueueRef;
use switchboard_local_engines::{DynamoDb, DynamoDbFault, Faults, S3, Sqs, SqsFault};
use switchboard_store::{DialMessage, Store, StoreConfig};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::endpoints::{Endpoints, sdk_config};
use crate::{FakeLambda, template};

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
    /// S3, for its events.
    pub s3: S3,
    db: DynamoDb,
    sqs: Sqs,
    dial_queue: QueueRef,
    dead_letters: QueueRef,
    failed_events: QueueRef,
    _stop: DropGuard,
    _dir: TempDir,
}

impl TestStore {
    /// Starts the engines and makes what the template names.
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let shutdown = CancellationToken::new();
        let db = DynamoDb::start(dir.path(), listener().await, shutdown.clone())
            .await
            .unwrap();
        for (_, properties) in template::tables() {
            db.ensure_table(&properties).await.unwrap();
        }
        let s3 = S3::start(dir.path(), listener().await, shutdown.clone())
            .await
            .unwrap();
        s3.ensure_bucket(BUCKET, &json!({})).await.unwrap();
        let sqs = Sqs::start(listener().await, shutdown.clone()).await.unwrap();
        let long = json!({ "VisibilityTimeout": 5400 });
        let dial_queue = sqs.ensure_queue("dial", &long).await.unwrap();
        let dead_letters = sqs.ensure_queue("dial-dead-letters", &long).await.unwrap();
        let failed_events = sqs.ensure_queue("failed-events", &long).await.unwrap();
        let lambda = FakeLambda::start(listener().await, shutdown.clone());

        let sdk = sdk_config(Endpoints(HashMap::from([
            ("DynamoDB", db.endpoint_url()),
            ("S3", s3.endpoint_url()),
            ("SQS", sqs.endpoint_url()),
            ("Lambda", lambda.endpoint_url()),
        ])))
        .await;
        let store = Store::new(&sdk, config(&dial_queue, &dead_letters, &failed_events));
        let clock = ManualClock::at("2026-11-20T12:00:00Z".parse().unwrap());
        store.queue_settings(LIMIT, clock.now()).await.unwrap();
        Self {
            store,
            clock,
            lambda,
            s3,
            db,
            sqs,
            dial_queue,
            dead_letters,
            failed_events,
            _stop: shutdown.drop_guard(),
            _dir: dir,
        }
    }

    /// The clock's time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes requests to DynamoDB fail.
    pub fn db_faults(&self) -> Faults<DynamoDbFault> {
        self.db.faults()
    }

    /// Makes requests to SQS fail.
    pub fn queue_faults(&self) -> Faults<SqsFault> {
        self.sqs.faults()
    }

    /// The queue's settings and the number of slots in use.
    pub async fn queue(&self) -> QueueSettings {
        self.store.queue_settings(LIMIT, self.now()).await.unwrap()
    }

    /// Puts a message into the dial queue's dead letters.
    pub async fn give_up_dial(&self, message: &str) {
        self.sqs.send(&self.dead_letters, message).await.unwrap();
    }

    /// Puts a record into the queue of failed events.
    pub async fn fail_event(&self, record: &str) {
        self.sqs.send(&self.failed_events, record).await.unwrap();
    }

    /// Takes every message that waits on the dial queue.
    pub async fn take_dials(&self) -> Vec<DialMessage> {
        let mut dials = Vec::new();
        loop {
            let received = self
                .sqs
                .receive(&self.dial_queue, 10, Duration::ZERO, None)
                .await
                .unwrap();
            if received.is_empty() {
                return dials;
            }
            for message in received {
                dials.push(serde_json::from_str(&message.body).unwrap());
                self.sqs
                    .delete(&self.dial_queue, &message.receipt_handle)
                    .await
                    .unwrap();
            }
        }
    }
}

pub(crate) async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn config(dial_queue: &QueueRef, dead_letters: &QueueRef, failed_events: &QueueRef) -> StoreConfig {
    let name = |name: &str| Some(name.to_owned());
    StoreConfig {
        calls_table: "CallsTable".to_owned(),
        campaigns_table: "CampaignsTable".to_owned(),
        contacts_table: "ContactsTable".to_owned(),
        agents_table: "AgentsTable".to_owned(),
        system_table: "SystemTable".to_owned(),
        data_bucket: BUCKET.to_owned(),
        dial_queue_url: Some(dial_queue.url.clone()),
        dead_letter_queue_url: Some(dead_letters.url.clone()),
        failed_events_queue_url: Some(failed_events.url.clone()),
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
