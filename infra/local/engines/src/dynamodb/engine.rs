use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use dynoxide::Database;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::fault::DynamoDbFault;
use super::front::Front;
use super::stream::{self, TableStream};
use super::tables;
use crate::error::EngineError;
use crate::faults::Faults;
use crate::listen::serve;
use crate::meter::Meter;

/// Expired items go this often. AWS promises no more than "within a few days": nobody may count on it.
const EXPIRY_SWEEP: Duration = Duration::from_secs(60 * 60);

/// A running DynamoDB.
#[derive(Clone)]
pub struct DynamoDb {
    address: SocketAddr,
    database: Database,
    faults: Faults<DynamoDbFault>,
    meter: Meter,
    written: watch::Receiver<u64>,
    stopped: CancellationToken,
}

impl DynamoDb {
    /// Opens `<dir>/dynamodb.sqlite` and answers on `listener` until `shutdown`.
    ///
    /// The file is in write-ahead mode: what was answered survives a killed process (though not, for the
    /// last moments, a power cut).
    ///
    /// # Errors
    /// When the directory or the file cannot be used.
    pub async fn start(
        dir: &Path,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> Result<Self, EngineError> {
        let database = open(dir).await?;
        let address = listener
            .local_addr()
            .map_err(EngineError::io("reading DynamoDB's address"))?;
        let (faults, meter) = (Faults::default(), Meter::default());
        let stopped = CancellationToken::new();

        let engine = run_engine(database.clone()).await?;
        let (writes, written) = watch::channel(0);
        let front = Front::new(engine.address, faults.clone(), meter.clone(), writes);
        tokio::spawn(sweep_expired(database.clone(), shutdown.clone()));
        let done = stopped.clone();
        tokio::spawn(async move {
            serve(listener, front, shutdown).await;
            engine.stop().await;
            done.cancel();
        });
        Ok(Self {
            address,
            database,
            faults,
            meter,
            written,
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

    /// Faults for the next requests.
    #[must_use]
    pub fn faults(&self) -> Faults<DynamoDbFault> {
        self.faults.clone()
    }

    /// Counts capacity units, table by table and index by index.
    #[must_use]
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// Makes the table of these CloudFormation properties (`AWS::DynamoDB::Table`, intrinsic functions resolved),
    /// or brings an existing one to them: indexes are added and removed, time to live is set. Idempotent.
    ///
    /// Returns the table's name.
    ///
    /// # Errors
    /// When the properties are wrong, or the existing table differs in what cannot be changed (its key, a local
    /// index, the shape of an index under the same name).
    pub async fn ensure_table(&self, properties: &Value) -> Result<String, EngineError> {
        let (database, properties) = (self.database.clone(), properties.clone());
        tokio::task::spawn_blocking(move || tables::ensure(&database, &properties))
            .await
            .map_err(|_| EngineError::Stopped { engine: "DynamoDB" })?
    }

    /// The stream of a table that has one, from here on.
    ///
    /// # Errors
    /// When the table has no stream.
    pub async fn stream(&self, table: &str) -> Result<TableStream, EngineError> {
        TableStream::open(self.database.clone(), table, self.written.clone()).await
    }

    /// Resolves when everything has been answered after the shutdown.
    pub async fn stopped(&self) {
        self.stopped.cancelled().await;
    }
}

async fn open(dir: &Path) -> Result<Database, EngineError> {
    let path = dir.join("dynamodb.sqlite");
    let dir = dir.to_owned();
    let opened = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&dir).map_err(EngineError::io(format!("making {}", dir.display())))?;
        let database = Database::new(&path.to_string_lossy());
        let database = database
            // Resets SQLite to `synchronous = NORMAL`: no fsync for each commit, which the write-ahead log
            // does not need to survive a killed process. It starts at FULL, some milliseconds a write.
            .and_then(|database| database.disable_bulk_loading().map(|()| database))
            .map_err(|error| EngineError::Database {
                path: path.clone(),
                reason: error.to_string(),
            })?;
        stream::prepare(&path).map_err(|error| EngineError::Database {
            path,
            reason: error.to_string(),
        })?;
        Ok(database)
    });
    opened
        .await
        .map_err(|_| EngineError::Stopped { engine: "DynamoDB" })?
}

struct Engine {
    address: SocketAddr,
    shutdown: CancellationToken,
    ended: oneshot::Receiver<()>,
}

impl Engine {
    async fn stop(self) {
        self.shutdown.cancel();
        // A dropped sender means the thread has ended too.
        let _ended = self.ended.await;
    }
}

/// Runs the engine on a thread of its own: it works on the thread that took the request and behind one lock,
/// so more threads would only wait for each other, and ours would stand still meanwhile.
async fn run_engine(database: Database) -> Result<Engine, EngineError> {
    let (started, start) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    std::thread::Builder::new()
        .name("dynamodb".to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => return drop(started.send(Err(error))),
            };
            runtime.block_on(async move {
                match listen().await {
                    Err(error) => drop(started.send(Err(error))),
                    Ok((listener, address)) => {
                        let _alive = started.send(Ok(address));
                        let served =
                            dynoxide::server::serve_with_shutdown(listener, database, stop.cancelled_owned());
                        if let Err(error) = served.await {
                            tracing::error!(error, "the DynamoDB engine ended");
                        }
                    }
                }
            });
            // Nobody listens any more when the engine is dropped without a shutdown.
            let _unheard = end.send(());
        })
        .map_err(EngineError::io("starting DynamoDB's thread"))?;
    let address = start
        .await
        .map_err(|_| EngineError::Stopped { engine: "DynamoDB" })?
        .map_err(EngineError::io("starting DynamoDB"))?;
    Ok(Engine {
        address,
        shutdown,
        ended,
    })
}

async fn listen() -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    // The engine's server does not turn Nagle's algorithm off; accepted sockets inherit it from here.
    socket2::SockRef::from(&listener).set_tcp_nodelay(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

async fn sweep_expired(database: Database, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(EXPIRY_SWEEP) => {}
        }
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(items)) => tracing::debug!(items, "expired items removed"),
            Ok(Err(error)) => tracing::warn!(%error, "expired items could not be removed"),
            Err(_) => return,
        }
    }
}
