//! One export, from its record to its file.

use std::sync::Arc;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use switchboard_domain::{
    Call, Clock, Export, ExportId, ExportKind, ExportStatus, ReportBuilder, ReportTable, ReportVariables,
    WholeReport,
};
use switchboard_service::Causes;
use switchboard_store::{CallFilter, FileStore, Store, StoreError};

use crate::columns::{DO_NOT_CALL_COLUMNS, MoreColumns, do_not_call_row};
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
        /// Calls in it, or behind the report.
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
        let written = match export.kind {
            ExportKind::Calls => self.write_calls(&mut export, stop_at).await,
            ExportKind::CampaignReport => self.write_report(&mut export, stop_at).await,
            ExportKind::DoNotCall => self.write_do_not_call(&mut export, stop_at).await,
        };
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
        export.failure = Some(unfinished.explain(export.kind));
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

    async fn write_calls(&self, export: &mut Export, stop_at: Timestamp) -> Result<(), Unfinished> {
        let mut more = MoreColumns::default();
        if export.campaign_id.is_some() {
            // The header comes first, and only the calls know what the agents were told and found out.
            let names = async |calls: Vec<Call>| {
                calls.iter().for_each(|call| more.see(call));
                Ok(())
            };
            self.each_page(&mut export.clone(), stop_at, false, names).await?;
        }
        let key = FileStore::export_key(&export.export_id);
        let mut file = CsvFile::begin(&self.store, key, self.pace.part_bytes, more.header())?;
        let rows = async |calls: Vec<Call>| file.write(calls.iter().map(|call| more.row(call))).await;
        match self.each_page(export, stop_at, true, rows).await {
            Ok(()) => Ok(file.finish().await?),
            Err(unfinished) => {
                file.abandon().await;
                Err(unfinished)
            }
        }
    }

    async fn write_do_not_call(&self, export: &mut Export, stop_at: Timestamp) -> Result<(), Unfinished> {
        let key = FileStore::export_key(&export.export_id);
        let mut file = CsvFile::begin(&self.store, key, self.pace.part_bytes, DO_NOT_CALL_COLUMNS)?;
        match self.write_entries(&mut file, export, stop_at).await {
            Ok(()) => Ok(file.finish().await?),
            Err(unfinished) => {
                file.abandon().await;
                Err(unfinished)
            }
        }
    }

    async fn write_entries(
        &self,
        file: &mut CsvFile<'_>,
        export: &mut Export,
        stop_at: Timestamp,
    ) -> Result<(), Unfinished> {
        let (mut cursor, mut noted) = (None, 0);
        loop {
            if self.clock.now() >= stop_at {
                return Err(Unfinished::OutOfTime { rows: export.rows });
            }
            let read = self.store.list_do_not_call(None, cursor.as_ref(), self.pace.page);
            let page = read.await?;
            file.write(page.items.iter().map(do_not_call_row)).await?;
            export.rows += page.items.len() as u64;
            if export.rows - noted >= self.pace.note_rows {
                self.note(export).await?;
                noted = export.rows;
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Makes the report of a campaign: as JSON for the API, and as a CSV file with every table.
    async fn write_report(&self, export: &mut Export, stop_at: Timestamp) -> Result<(), Unfinished> {
        let Some(campaign) = export.campaign_id.clone() else {
            return Err(Unfinished::NoCampaign);
        };
        let read_at = self.clock.now();
        let mut builder = ReportBuilder::new(ReportVariables::All);
        let look = async |calls: Vec<Call>| {
            calls.iter().for_each(|call| builder.call(call));
            Ok(())
        };
        self.each_page(export, stop_at, true, look).await?;
        let whole = WholeReport {
            read_at,
            report: builder.finish(),
        };
        let key = FileStore::export_key(&export.export_id);
        let mut file = CsvFile::begin(&self.store, key, self.pace.part_bytes, ReportTable::columns())?;
        let cells = whole.report.tables.iter().flat_map(ReportTable::cells);
        file.write(cells).await?;
        file.finish().await?;
        let json = serde_json::to_vec(&whole)
            .map_err(std::io::Error::from)
            .map_err(StoreError::from)?;
        let key = FileStore::report_key(&campaign);
        Ok(self
            .store
            .files()
            .put(&key, "application/json", Bytes::from(json))
            .await?)
    }

    /// Hands over every call of the export, page by page, oldest first; `counts` them as progress or not.
    async fn each_page(
        &self,
        export: &mut Export,
        stop_at: Timestamp,
        counts: bool,
        mut take: impl AsyncFnMut(Vec<Call>) -> Result<(), StoreError>,
    ) -> Result<(), Unfinished> {
        let filter = filter_of(export);
        let mut cursor = None;
        let mut noted = 0;
        loop {
            if self.clock.now() >= stop_at {
                return Err(Unfinished::OutOfTime { rows: export.rows });
            }
            let page = self
                .store
                .list_calls(&filter, cursor.as_ref(), self.pace.page)
                .await?;
            export.rows += page.items.len() as u64;
            take(page.items).await?;
            if counts && export.rows - noted >= self.pace.note_rows {
                self.note(export).await?;
                noted = export.rows;
            }
            cursor = page.next;
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
