//! A table's stream: what was written, in order.
//!
//! The engine writes records of a stream in the transaction that they are about. It never deletes one, and looks
//! through all of them at each write; [`prepare`] gives its file an index and lets it keep the latest only.

use std::path::Path;

use dynoxide::Database;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::streams::{shard_id, stream_arn};
use serde_json::Value;
use tokio::sync::watch;

use crate::error::EngineError;
use crate::identity::REGION;

/// Records that are kept, of all tables together. AWS keeps them for a day.
const KEPT: u32 = 20_000;

/// The stream of one table, read from where it was opened.
pub struct TableStream {
    database: Database,
    table: String,
    iterator: String,
    written: watch::Receiver<u64>,
}

impl TableStream {
    /// Opens the stream at its end: only what is written from now on is read.
    pub(super) async fn open(
        database: Database,
        table: &str,
        written: watch::Receiver<u64>,
    ) -> Result<Self, EngineError> {
        let request = GetShardIteratorRequest {
            stream_arn: stream_arn(table, "local"),
            shard_id: shard_id(table),
            shard_iterator_type: "LATEST".to_owned(),
            sequence_number: None,
        };
        let asked = database.clone();
        let answer = blocking(move || asked.get_shard_iterator(request)).await?;
        let refused = |reason: &str| EngineError::Refused {
            engine: "DynamoDB",
            doing: format!("opening the stream of table {table}"),
            reason: reason.to_owned(),
        };
        let answer = answer.map_err(|error| refused(&error.to_string()))?;
        Ok(Self {
            database,
            table: table.to_owned(),
            iterator: answer
                .shard_iterator
                .ok_or_else(|| refused("there is no iterator"))?,
            written,
        })
    }

    /// Waits until something may have been written, in whichever table; answers false when nothing ever will be.
    pub async fn written(&mut self) -> bool {
        self.written.changed().await.is_ok()
    }

    /// The next records, up to `limit`, as AWS writes them; empty when there are none yet.
    ///
    /// # Errors
    /// When the engine refuses.
    pub async fn read(&mut self, limit: usize) -> Result<Vec<Value>, EngineError> {
        let request = GetRecordsRequest {
            shard_iterator: self.iterator.clone(),
            limit: Some(limit),
        };
        let database = self.database.clone();
        let refused = |reason: String| EngineError::Refused {
            engine: "DynamoDB",
            doing: format!("reading the stream of table {}", self.table),
            reason,
        };
        let answer = blocking(move || database.get_records(request))
            .await?
            .map_err(|error| refused(error.to_string()))?;
        let mut records = Vec::with_capacity(answer.records.len());
        for record in answer.records {
            let mut record = serde_json::to_value(record).map_err(|error| refused(error.to_string()))?;
            record["awsRegion"] = Value::from(REGION);
            records.push(record);
        }
        if let Some(next) = answer.next_shard_iterator {
            self.iterator = next;
        }
        Ok(records)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| EngineError::Stopped { engine: "DynamoDB" })
}

/// Lets the engine's file keep the latest records of streams only, and find them by an index. Blocks; to be
/// called before anybody writes.
pub(super) fn prepare(file: &Path) -> Result<(), rusqlite::Error> {
    let connection = rusqlite::Connection::open(file)?;
    connection.execute_batch(&format!(
        "CREATE INDEX IF NOT EXISTS local_stream_order
             ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
         CREATE TRIGGER IF NOT EXISTS local_stream_end AFTER INSERT ON _stream_records BEGIN
             DELETE FROM _stream_records WHERE id <= NEW.id - {KEPT};
         END;"
    ))
}
