//! One export, from its record to its file.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use switchboard_domain::{Clock, Export, ExportContent, ExportId, ExportStatus};
use switchboard_service::Causes;
use switchboard_store::{CallFilter, FileStore, Store, StoreError};

use crate::columns::{COLUMNS, DO_NOT_CALL_COLUMNS, do_not_call_row, row};
use crate::failure::Unfinished;
use crate::file::CsvFile;

/// How the work is cut up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Calls read at once.
    pub page: u32,
    /// Bytes after which a part is written; S3 takes 5 MiB or more.
    pub part_bytes: usize,
    /// Rows after which the progress is noted.
    pub note_rows: u64,
    /// How long before the deadline it stops.
    pub margin: SignedDuration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            page: 200,
            part_bytes: 8 * 1024 * 1024,
            note_rows: 2_000,
            margin: SignedDuration::from_secs(30),
        }
    }
}

/// What became of a request to export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ExportOutcome {
    /// The file is there.
    Completed {
        /// Calls in it.
        rows: u64,
    },
    /// It is too much for one invocation; the record says what to do.
    TooLarge,
}

/// An export that was not written. It is safe to try again; until then its record says that it failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Nobody asked for it.
    #[error("there is no export {0}: list the exports and choose again")]
    NotFound(ExportId),
    /// Calls could not be read, or the file not be written.
    #[error("the export could not be written")]
    Store(#[from] StoreError),
}

/// Writes exports. Cheap to clone.
#[derive(Clone)]
pub struct CallExporter {
    store: Store,
    clock: Arc<dyn Clock>,
    pace: Pace,
}

impl CallExporter {
    /// An exporter of this store's calls.
    pub fn new(store: Store, clock: Arc<dyn Clock>, pace: Pace) -> Self {
        Self { store, clock, pace }
    }

    /// Writes an export, and stops in time before the deadline. One that is completed stays as it is;
    /// any other begins at its beginning. Two invocations at once write the same file.
    ///
    /// # Errors
    /// When there is no such export, or the store fails; Lambda then tries again.
    pub async fn run(&self, id: &ExportId, deadline: Timestamp) -> Result<ExportOutcome, ExportError> {
        let Some(mut export) = self.store.find_export(id).await? else {
            return Err(ExportError::NotFound(id.clone()));
        };
        if export.status == ExportStatus::Completed {
            return Ok(ExportOutcome::Completed { rows: export.rows });
        }
        export.status = ExportStatus::Running;
        export.rows = 0;
        export.failure = None;
        export.finished_at = None;
        self.store.put_export(&export).await?;

        let stop_at = deadline
            .saturating_sub(self.pace.margin)
            .unwrap_or(Timestamp::MIN);
        let written = self.write_file(&mut export, stop_at).await;
        export.finished_at = Some(self.clock.now());
        match written {
            Ok(()) => {
                export.status = ExportStatus::Completed;
                self.store.put_export(&export).await?;
                tracing::info!(export.id = %id, rows = export.rows, "export written");
                Ok(ExportOutcome::Completed { rows: export.rows })
            }
            Err(unfinished) => self.give_up(export, unfinished).await,
        }
    }

    async fn give_up(
        &self,
        mut export: Export,
        unfinished: Unfinished,
    ) -> Result<ExportOutcome, ExportError> {
        if let Unfinished::Overtaken { rows } = unfinished {
            return Ok(ExportOutcome::Completed { rows });
        }
        tracing::error!(export.id = %export.export_id, error = %Causes(&unfinished), "an export was not finished");
        export.status = ExportStatus::Failed;
        export.failure = Some(unfinished.explain(export.content));
        let noted = self.note(&export).await;
        match (unfinished, noted) {
            (_, Err(Unfinished::Overtaken { rows })) => Ok(ExportOutcome::Completed { rows }),
            (Unfinished::Store(error), _) | (_, Err(Unfinished::Store(error))) => Err(error.into()),
            _ => Ok(ExportOutcome::TooLarge),
        }
    }

    /// Writes the record, unless another invocation has completed it.
    async fn note(&self, export: &Export) -> Result<(), Unfinished> {
        match self.store.find_export(&export.export_id).await? {
            Some(other) if other.status == ExportStatus::Completed => {
                Err(Unfinished::Overtaken { rows: other.rows })
            }
            _ => Ok(self.store.put_export(export).await?),
        }
    }

    async fn write_file(&self, export: &mut Export, stop_at: Timestamp) -> Result<(), Unfinished> {
        let key = FileStore::export_key(&export.export_id);
        let columns: &[&str] = match export.content {
            ExportContent::Calls => &COLUMNS,
            ExportContent::DoNotCall => &DO_NOT_CALL_COLUMNS,
        };
        let mut file = CsvFile::begin(&self.store, key, self.pace.part_bytes, columns)?;
        match self.write_rows(&mut file, export, stop_at).await {
            Ok(()) => Ok(file.finish().await?),
            Err(unfinished) => {
                file.abandon().await;
                Err(unfinished)
            }
        }
    }

    async fn write_rows(
        &self,
        file: &mut CsvFile<'_>,
        export: &mut Export,
        stop_at: Timestamp,
    ) -> Result<(), Unfinished> {
        let filter = filter_of(export);
        let mut cursor = None;
        let mut noted = 0;
        loop {
            if self.clock.now() >= stop_at {
                return Err(Unfinished::OutOfTime { rows: export.rows });
            }
            let (written, next) = match export.content {
                ExportContent::Calls => {
                    let page = self
                        .store
                        .list_calls(&filter, cursor.as_ref(), self.pace.page)
                        .await?;
                    file.write(page.items.iter().map(row)).await?;
                    (page.items.len(), page.next)
                }
                ExportContent::DoNotCall => {
                    let page = self
                        .store
                        .list_do_not_call(None, cursor.as_ref(), self.pace.page)
                        .await?;
                    file.write(page.items.iter().map(do_not_call_row)).await?;
                    (page.items.len(), page.next)
                }
            };
            export.rows += written as u64;
            if export.rows - noted >= self.pace.note_rows {
                self.note(export).await?;
                noted = export.rows;
            }
            cursor = next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }
}

fn filter_of(export: &Export) -> CallFilter {
    CallFilter {
        campaign_id: export.campaign_id.clone(),
        agent_id: export.agent_id.clone(),
        status: export.call_status,
        since: export.since,
        until: export.until,
        oldest_first: true,
        ..CallFilter::default()
    }
}
