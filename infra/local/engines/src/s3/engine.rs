use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s3s::auth::SimpleAuth;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::S3ServiceBuilder;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::backend::{Backend, Buckets};
use super::bucket::Bucket;
use super::cors::Cors;
use super::events::{Listeners, ObjectCreated};
use super::front::Front;
use super::object::blocking;
use crate::error::EngineError;
use crate::identity::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};
use crate::listen::serve;
use crate::meter::Meter;

/// A form upload would be held in memory by `s3s`; nothing of ours sends one.
const FORM_BYTES: u64 = 1024 * 1024;

/// A running S3. Buckets are addressed by path: `http://127.0.0.1:port/bucket/key`.
#[derive(Debug, Clone)]
pub struct S3 {
    address: SocketAddr,
    dir: PathBuf,
    buckets: Buckets,
    listeners: Listeners,
    meter: Meter,
    stopped: CancellationToken,
}

impl S3 {
    /// Keeps objects under `<dir>/s3` and answers on `listener` until `shutdown`.
    ///
    /// # Errors
    /// When the directory cannot be used.
    pub async fn start(
        dir: &Path,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> Result<Self, EngineError> {
        let address = listener
            .local_addr()
            .map_err(EngineError::io("reading S3's address"))?;
        let dir = dir.join("s3");
        tokio::fs::create_dir_all(&dir)
            .await
            .map_err(EngineError::io(format!("making {}", dir.display())))?;
        let (buckets, listeners, meter) = (Buckets::default(), Listeners::default(), Meter::default());

        let mut config = S3Config::default();
        config.post_object_max_file_size = FORM_BYTES;
        let mut service = S3ServiceBuilder::new(Backend {
            buckets: buckets.clone(),
            listeners: listeners.clone(),
        });
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
        service.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        let front = Front {
            s3: service.build(),
            buckets: buckets.clone(),
            meter: meter.clone(),
        };
        let stopped = CancellationToken::new();
        let done = stopped.clone();
        tokio::spawn(async move {
            serve(listener, front, shutdown).await;
            done.cancel();
        });
        Ok(Self {
            address,
            dir,
            buckets,
            listeners,
            meter,
            stopped,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What an SDK client takes as its endpoint.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Counts requests.
    #[must_use]
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// Makes the bucket, with the `CorsConfiguration` of these CloudFormation properties (`AWS::S3::Bucket`).
    /// Idempotent; objects of an earlier run are there again.
    ///
    /// # Errors
    /// When the name is none that S3 takes, the properties are wrong or the folder cannot be used.
    pub async fn ensure_bucket(&self, name: &str, properties: &Value) -> Result<(), EngineError> {
        if !s3s::path::check_bucket_name(name) {
            return Err(EngineError::properties(
                format!("bucket {name}"),
                "a bucket name has 3 to 63 lower-case letters, digits, dots and hyphens",
            ));
        }
        let cors = Cors::parse(properties).map_err(|error| {
            EngineError::properties(format!("bucket {name}"), format!("CorsConfiguration: {error}"))
        })?;
        if let Some(bucket) = self.buckets.find(name) {
            bucket.set_cors(cors);
            return Ok(());
        }
        let (owned, dir) = (name.to_owned(), self.dir.join(name));
        let bucket = blocking(move || Bucket::open(&owned, dir, cors))
            .await
            .map_err(EngineError::io(format!("opening the folder of bucket {name}")))?;
        self.buckets.add(bucket);
        Ok(())
    }

    /// Everything written from now on; nothing of before is told again.
    #[must_use]
    pub fn events(&self) -> mpsc::UnboundedReceiver<ObjectCreated> {
        self.listeners.subscribe()
    }

    /// Resolves when everything has been answered after the shutdown.
    pub async fn stopped(&self) {
        self.stopped.cancelled().await;
    }
}
