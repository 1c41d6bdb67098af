//! DynamoDB, S3 and SQS for one test: engines of our own in this process, or a second implementation of AWS that
//! runs already and that many tests share.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::json;
use switchboard_local_engines::{
    DynamoDb, DynamoDbElsewhere, DynamoDbFault, Faults, Meter, S3, Sqs, SqsElsewhere, SqsFault,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::endpoints::{Endpoints, sdk_config};
use crate::second_engine::SecondEngine;
use crate::template;

/// Long enough for everything that tests do with a message.
const VISIBILITY_SECS: &str = "5400";

/// The engines of one test.
pub(crate) struct Engines {
    /// The SDK's configuration for them.
    pub(crate) sdk: SdkConfig,
    /// Stands before the names of tables, bucket and queues: nothing where they are this test's alone.
    pub(crate) prefix: String,
    pub(crate) meter: Meter,
    db_faults: Faults<DynamoDbFault>,
    queue_faults: Faults<SqsFault>,
    _dir: Option<TempDir>,
}

impl Engines {
    /// Engines with the tables of the template and a bucket; Lambda is at `lambda`.
    pub(crate) async fn start(lambda: String, bucket: &str, shutdown: &CancellationToken) -> Self {
        match SecondEngine::wanted() {
            Some(second) => Self::second(&second, lambda, bucket, shutdown).await,
            None => Self::own(lambda, bucket, shutdown).await,
        }
    }

    async fn own(lambda: String, bucket: &str, shutdown: &CancellationToken) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let db = DynamoDb::start(dir.path(), listener().await, shutdown.clone())
            .await
            .unwrap();
        for (_, properties) in template::tables() {
            db.ensure_table(&properties).await.unwrap();
        }
        let s3 = S3::start(dir.path(), listener().await, shutdown.clone())
            .await
            .unwrap();
        s3.ensure_bucket(bucket, &json!({})).await.unwrap();
        let sqs = Sqs::start(listener().await, shutdown.clone()).await.unwrap();
        let endpoints = [
            ("DynamoDB", db.endpoint_url()),
            ("S3", s3.endpoint_url()),
            ("SQS", sqs.endpoint_url()),
            ("Lambda", lambda),
        ];
        Self {
            sdk: sdk_config(Endpoints(HashMap::from(endpoints))).await,
            prefix: String::new(),
            meter: db.meter(),
            db_faults: db.faults(),
            queue_faults: sqs.faults(),
            _dir: Some(dir),
        }
    }

    async fn second(
        second: &SecondEngine,
        lambda: String,
        bucket: &str,
        shutdown: &CancellationToken,
    ) -> Self {
        let db = DynamoDbElsewhere::start(second.address, listener().await, shutdown.clone()).unwrap();
        let sqs = SqsElsewhere::start(second.address, listener().await, shutdown.clone()).unwrap();
        let endpoints = [
            ("DynamoDB", db.endpoint_url()),
            ("S3", second.url()),
            ("SQS", sqs.endpoint_url()),
            ("Lambda", lambda),
        ];
        let sdk = sdk_config(Endpoints(HashMap::from(endpoints))).await;
        let prefix = second.prefix();
        second.make_tables(&sdk, &prefix).await;
        let s3 = aws_sdk_s3::Client::new(&sdk);
        let bucket = format!("{prefix}{bucket}");
        s3.create_bucket().bucket(bucket).send().await.unwrap();
        Self {
            sdk,
            prefix,
            meter: Meter::default(),
            db_faults: db.faults(),
            queue_faults: sqs.faults(),
            _dir: None,
        }
    }

    /// Makes a queue; answers its address.
    pub(crate) async fn queue(&self, queues: &aws_sdk_sqs::Client, name: &str) -> String {
        let made = queues
            .create_queue()
            .queue_name(format!("{}{name}", self.prefix))
            .attributes(QueueAttributeName::VisibilityTimeout, VISIBILITY_SECS)
            .send()
            .await
            .unwrap();
        made.queue_url.unwrap()
    }

    pub(crate) fn db_faults(&self) -> Faults<DynamoDbFault> {
        self.db_faults.clone()
    }

    pub(crate) fn queue_faults(&self) -> Faults<SqsFault> {
        self.queue_faults.clone()
    }
}

pub(crate) async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}
