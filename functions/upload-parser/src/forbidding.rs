//! A file whose numbers go onto the do-not-call list.

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use switchboard_domain::{
    AuditEntry, AuditId, DoNotCallEntry, DoNotCallImport, OptOutWay, PhoneNumber, UploadCounts,
    UploadFailure, UploadId, UploadStatus,
};
use switchboard_store::{FileStore, Store, StoreError};

use crate::import::{Parser, broke_down, failure_of};
use crate::progress::Progress;
use crate::report::Report;
use crate::rows::{Batch, NotRead, Opened, RowKind, Told, read_rows, sample_of};

/// Rejected rows kept for a first look.
const SAMPLES: usize = 100;
/// Entries written at one time.
const WRITES: usize = 32;
/// New numbers of one file whose waiting recipients are ended at once. The others' are ended when they are
/// due: nobody on the list is dialled either way.
const ENDED_AT_ONCE: u64 = 10_000;

/// Takes the numbers of one file, in their order. Done again, it adds nothing.
struct Forbidding<'a> {
    store: &'a Store,
    import: &'a DoNotCallImport,
    upload_id: &'a UploadId,
    report: Report,
    counts: UploadCounts,
    now: Timestamp,
}

impl Parser {
    /// Puts the numbers of a file onto the do-not-call list.
    pub(crate) async fn forbid(
        &self,
        progress: &mut Progress<'_>,
        import: &DoNotCallImport,
        file: tempfile::NamedTempFile,
        work_until: Timestamp,
    ) -> Result<(), StoreError> {
        let options = match self.options(&progress.upload) {
            Ok(options) => options,
            Err(failure) => return self.fail(progress, failure).await,
        };
        let upload_id = progress.upload.upload_id.clone();
        let (mut told, reading) = read_rows(file.path().to_owned(), options, Vec::new());
        let mut forbidding = None;
        while let Some(told) = told.recv().await {
            match told {
                Told::Opened(opened) => {
                    progress.upload.columns.clone_from(&opened.columns);
                    progress.upload.rejected.clear();
                    forbidding = Some(Forbidding::new(
                        &self.store,
                        import,
                        &upload_id,
                        &opened,
                        self.clock.now(),
                    )?);
                }
                Told::Rows(batch) => {
                    let Some(forbidding) = &mut forbidding else {
                        continue;
                    };
                    forbidding.take(batch, progress).await?;
                    if self.clock.now() >= work_until {
                        tracing::info!(upload.id = %upload_id, "out of time; the next goes on");
                        return progress.write(self.clock.now()).await;
                    }
                }
                Told::Ended { notes } => {
                    let Some(forbidding) = forbidding.take() else {
                        break;
                    };
                    progress.upload.notes = notes;
                    return self.complete_forbidding(progress, forbidding).await;
                }
                Told::Failed(NotRead::File(problem)) => {
                    return self.fail(progress, failure_of(&problem)).await;
                }
                Told::Failed(NotRead::Disk(error)) => return Err(StoreError::from(error)),
            }
        }
        let error = reading.await.err().map(|error| error.to_string());
        tracing::error!(upload.id = %upload_id, error, "reading the file broke down");
        self.fail(progress, broke_down()).await
    }

    async fn complete_forbidding(
        &self,
        progress: &mut Progress<'_>,
        forbidding: Forbidding<'_>,
    ) -> Result<(), StoreError> {
        let Forbidding {
            import,
            report,
            counts,
            ..
        } = forbidding;
        progress.upload.counts = counts;
        if counts.rejected + counts.duplicate > 0 {
            let report = report.finish().map_err(StoreError::from)?;
            let key = FileStore::rejected_key(&progress.upload.upload_id);
            self.store
                .files()
                .put_file(&key, "text/csv; charset=utf-8", report.path())
                .await?;
        }
        let numbers = counts.accepted + counts.do_not_call;
        if numbers == 0 {
            let failure = UploadFailure {
                code: "no_numbers".to_owned(),
                explanation: format!(
                    "None of the {} rows has a phone number. Look at the rows that were left out, choose another phone \
                     column or a default region, and upload the file again.",
                    counts.rows
                ),
            };
            return self.fail(progress, failure).await;
        }
        let now = self.clock.now();
        if import.is_register {
            self.store
                .note_register(import, &progress.upload, numbers, now)
                .await?;
        }
        // Its id follows from the upload: done again, there is no second entry.
        let trail = AuditEntry {
            audit_id: AuditId::derived(&["do_not_call", progress.upload.upload_id.as_str()]),
            at: now,
            actor: OptOutWay::Import.as_str().to_owned(),
            actor_name: Some(import.source.clone()),
            role: None,
            action: "do_not_call.imported".to_owned(),
            thing: format!("{}: {} new", progress.upload.upload_id, counts.accepted),
        };
        self.store.add_audit_entry(&trail).await?;
        self.end(progress, UploadStatus::Completed).await
    }
}

impl<'a> Forbidding<'a> {
    fn new(
        store: &'a Store,
        import: &'a DoNotCallImport,
        upload_id: &'a UploadId,
        opened: &Opened,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            store,
            import,
            upload_id,
            report: Report::new(opened).map_err(StoreError::from)?,
            counts: UploadCounts::default(),
            now,
        })
    }

    async fn take(&mut self, batch: Batch, progress: &mut Progress<'_>) -> Result<(), StoreError> {
        let mut numbers = Vec::new();
        for row in batch.rows {
            self.counts.rows += 1;
            match row.kind {
                RowKind::Contact(cells) => numbers.push(cells.phone_number),
                RowKind::Duplicate { first_line, cells } => {
                    self.counts.duplicate += 1;
                    self.report
                        .write_duplicate(row.line, first_line, &cells)
                        .map_err(StoreError::from)?;
                }
                RowKind::Rejected { row, cells } => {
                    self.counts.rejected += 1;
                    self.report
                        .write_rejected(&row, &cells)
                        .map_err(StoreError::from)?;
                    if progress.upload.rejected.len() < SAMPLES {
                        progress.upload.rejected.push(sample_of(&row));
                    }
                }
            }
        }
        self.add(numbers).await?;
        progress.note(self.counts, batch.part, 0).await
    }

    async fn add(&mut self, numbers: Vec<PhoneNumber>) -> Result<(), StoreError> {
        let known = self.store.find_all_do_not_call(&numbers).await?;
        let mut missing = Vec::new();
        for (number, known) in numbers.into_iter().zip(known) {
            match known {
                None => missing.push(number),
                // An earlier run of this import has added it.
                Some(entry) if entry.upload_id.as_ref() == Some(self.upload_id) => self.counts.accepted += 1,
                Some(_) => self.counts.do_not_call += 1,
            }
        }
        let left = ENDED_AT_ONCE.saturating_sub(self.counts.accepted);
        let store = self.store;
        let entries = missing.into_iter().zip(0u64..).map(|(number, place)| {
            let entry = self.entry(number);
            async move {
                let new = store.import_do_not_call(&entry).await?;
                if place < left {
                    store.end_waiting(&entry.phone_number, entry.added_at).await?;
                }
                Ok::<_, StoreError>(new)
            }
        });
        let new: Vec<bool> = stream::iter(entries.collect::<Vec<_>>())
            .buffer_unordered(WRITES)
            .try_collect()
            .await?;
        let added = new.iter().filter(|new| **new).count() as u64;
        self.counts.accepted += added;
        self.counts.do_not_call += new.len() as u64 - added;
        Ok(())
    }

    fn entry(&self, phone_number: PhoneNumber) -> DoNotCallEntry {
        DoNotCallEntry {
            phone_number,
            way: OptOutWay::Import,
            source: self.import.source.clone(),
            source_date: Some(self.import.source_date),
            upload_id: Some(self.upload_id.clone()),
            note: None,
            added_at: self.now,
        }
    }
}
