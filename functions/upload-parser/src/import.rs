//! The import of one upload.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use switchboard_contacts::{FileProblem, ParseOptions, Region};
use switchboard_domain::{Clock, ContactList, PhoneNumber, Upload, UploadFailure, UploadId, UploadStatus};
use switchboard_store::{FileStore, Store, StoreError};

use crate::progress::Progress;
use crate::rows::{NotRead, Told, read_rows};
use crate::writing::Writing;
use crate::{Answer, Request};

/// How long an import that died keeps the next one out; one that lives renews it.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// Reads files into contact lists.
#[derive(Clone)]
pub struct Parser {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) max_bytes: u64,
    pub(crate) max_rows: u64,
}

/// One invocation: who it is, and until when it may work.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// Names it, so that two never read one file.
    pub id: &'a str,
    /// No more rows are begun after this; the next invocation goes on.
    pub work_until: Timestamp,
}

impl Parser {
    /// A parser that takes files of up to `max_bytes` and `max_rows`.
    pub fn new(store: Store, clock: Arc<dyn Clock>, max_bytes: u64, max_rows: u64) -> Self {
        Self {
            store,
            clock,
            max_bytes,
            max_rows,
        }
    }

    /// Does what is asked.
    ///
    /// # Errors
    /// When the tables or files do not answer. The import goes on where it was when it is invoked again.
    pub async fn handle(&self, request: Request, invocation: Invocation<'_>) -> Result<Answer, StoreError> {
        match request {
            Request::Arrived { upload_id } => self.import(&upload_id, false, invocation).await,
            Request::Import { upload_id } => self.import(&upload_id, true, invocation).await,
            Request::Resume {} => self.resume(invocation).await,
            Request::Preview {
                upload_id,
                phone_column,
                sheet,
                default_region,
            } => {
                let Some(mut upload) = self.store.find_upload(&upload_id).await? else {
                    return Ok(Answer::Done);
                };
                upload.phone_column = phone_column.or(upload.phone_column);
                upload.sheet = sheet.or(upload.sheet);
                upload.default_region = default_region.or(upload.default_region);
                match self.options(&upload) {
                    Ok(options) => self.preview(&upload, options).await,
                    Err(failure) => Ok(Answer::Failure(failure)),
                }
            }
        }
    }

    /// Goes on with imports that nobody works on: their invocation died, ran out of time, or never came.
    async fn resume(&self, invocation: Invocation<'_>) -> Result<Answer, StoreError> {
        // Newest first; whatever is behind them ended long ago.
        for upload in self.store.list_uploads(None, RESUMED).await?.items {
            let waits = match upload.status {
                UploadStatus::Parsing => true,
                UploadStatus::AwaitingFile => {
                    upload.import_asked && self.clock.now().duration_since(upload.updated_at) < STILL_EXPECTED
                }
                UploadStatus::Completed | UploadStatus::Failed => false,
            };
            if waits && self.clock.now() < invocation.work_until {
                self.import(&upload.upload_id, true, invocation).await?;
            }
        }
        Ok(Answer::Done)
    }

    async fn import(
        &self,
        id: &UploadId,
        asked: bool,
        invocation: Invocation<'_>,
    ) -> Result<Answer, StoreError> {
        let Some(upload) = self.store.find_upload(id).await? else {
            tracing::warn!(upload.id = %id, "a file came for an upload that we do not know");
            return Ok(Answer::Done);
        };
        // S3 may tell of one file twice, the API asks when S3 has told already, and two files may be meant
        // for one list.
        let lease = format!("import/{}", upload.list_id);
        if !self
            .store
            .take_lease(&lease, invocation.id, LEASE, self.clock.now())
            .await?
        {
            return Ok(Answer::Done);
        }
        let imported = self.import_alone(id, asked, invocation, &lease).await;
        self.store.give_back_lease(&lease, invocation.id).await?;
        imported.map(|()| Answer::Done)
    }

    async fn import_alone(
        &self,
        id: &UploadId,
        asked: bool,
        invocation: Invocation<'_>,
        lease: &str,
    ) -> Result<(), StoreError> {
        // Read again: whoever had the lease before may have changed it.
        let Some(mut upload) = self.store.find_upload(id).await? else {
            return Ok(());
        };
        let waits = !asked && !upload.import_asked;
        let Ok(parsing) = upload.status.to(UploadStatus::Parsing) else {
            return Ok(());
        };
        if waits {
            return Ok(());
        }
        // Asked for before the file is there: S3 tells when it comes.
        let Some(file) = self.fetch(&upload).await? else {
            return Ok(());
        };
        upload.status = parsing;
        if let Some(import) = upload.do_not_call.clone() {
            let mut progress = Progress::new(&self.store, self.clock.as_ref(), upload, lease, invocation.id);
            progress.write(self.clock.now()).await?;
            return self
                .forbid(&mut progress, &import, file, invocation.work_until)
                .await;
        }
        let list = self.store.find_contact_list(&upload.list_id).await?;
        let mut progress = Progress::new(&self.store, self.clock.as_ref(), upload, lease, invocation.id);
        if progress.upload.joins_list && list.is_none() {
            let failure = UploadFailure {
                code: "list_gone".to_owned(),
                explanation: "The contact list that the file was to be added to is gone: upload the file as a new list."
                    .to_owned(),
            };
            return self.fail(&mut progress, failure).await;
        }
        if progress.upload.first_place.is_none() {
            progress.upload.first_place = Some(list.as_ref().map_or(0, |list| list.size));
        }
        progress.write(self.clock.now()).await?;
        self.read(&mut progress, file, invocation.work_until).await
    }

    /// Numbers that the list had before this import.
    async fn known_numbers(&self, upload: &Upload) -> Result<Vec<PhoneNumber>, StoreError> {
        let mut known = Vec::new();
        if upload.joins_list {
            let first_place = upload.first_place.unwrap_or(0);
            self.store
                .each_number_of_list(&upload.list_id, |place, number| {
                    if place < first_place {
                        known.push(number);
                    }
                })
                .await?;
        }
        Ok(known)
    }

    async fn read(
        &self,
        progress: &mut Progress<'_>,
        file: tempfile::NamedTempFile,
        work_until: Timestamp,
    ) -> Result<(), StoreError> {
        let options = match self.options(&progress.upload) {
            Ok(options) => options,
            Err(failure) => return self.fail(progress, failure).await,
        };
        let known = self.known_numbers(&progress.upload).await?;
        let (mut told, reading) = read_rows(file.path().to_owned(), options, known);
        let mut writing = None;
        while let Some(told) = told.recv().await {
            match told {
                Told::Opened(opened) => writing = Some(Writing::new(&self.store, progress, opened)?),
                Told::Rows(batch) => {
                    let Some(writing) = &mut writing else { continue };
                    writing.take(batch, progress).await?;
                    if self.clock.now() >= work_until {
                        tracing::info!(upload.id = %progress.upload.upload_id, "out of time; the next goes on");
                        return progress.write(self.clock.now()).await;
                    }
                }
                Told::Ended { notes } => {
                    let Some(writing) = writing.take() else { break };
                    progress.upload.notes = notes;
                    return self.complete(progress, writing).await;
                }
                Told::Failed(NotRead::File(problem)) => {
                    return self.fail(progress, failure_of(&problem)).await;
                }
                Told::Failed(NotRead::Disk(error)) => return Err(StoreError::from(error)),
            }
        }
        let error = reading.await.err().map(|error| error.to_string());
        tracing::error!(upload.id = %progress.upload.upload_id, error, "reading the file broke down");
        self.fail(progress, broke_down()).await
    }

    async fn complete(&self, progress: &mut Progress<'_>, writing: Writing<'_>) -> Result<(), StoreError> {
        let (written, opened) = writing.finish(progress)?;
        if progress.upload.counts.left_out() > 0 {
            let key = FileStore::rejected_key(&progress.upload.upload_id);
            self.store
                .files()
                .put_file(&key, "text/csv; charset=utf-8", written.report.path())
                .await?;
        }
        let counts = progress.upload.counts;
        if counts.accepted == 0 {
            let failure = UploadFailure {
                code: "no_contacts".to_owned(),
                explanation: format!(
                    "None of the {} rows made a contact. Look at the rows that were left out, choose another phone \
                     column or a default region, and upload the file again.",
                    counts.rows
                ),
            };
            return self.fail(progress, failure).await;
        }
        let upload = &progress.upload;
        let size = upload.first_place.unwrap_or(0) + written.places;
        if upload.joins_list {
            self.store
                .extend_contact_list(&upload.list_id, size, written.gaps, &opened.variables)
                .await?;
        } else {
            self.store
                .put_contact_list(&ContactList {
                    list_id: upload.list_id.clone(),
                    name: upload.list_name.clone(),
                    upload_id: Some(upload.upload_id.clone()),
                    size,
                    deleted: written.gaps,
                    variables: opened.variables,
                    created_at: self.clock.now(),
                })
                .await?;
        }
        self.note_corrections(upload).await?;
        self.end(progress, UploadStatus::Completed).await
    }

    /// Tells the upload whose rows were corrected; telling it again changes nothing.
    async fn note_corrections(&self, upload: &Upload) -> Result<(), StoreError> {
        let Some(original) = &upload.corrects else {
            return Ok(());
        };
        for _ in 0..MAX_RACES {
            let Some(mut original) = self.store.find_upload(original).await? else {
                return Ok(());
            };
            let corrected = upload.counts.corrected;
            let before = original.corrected_by.insert(upload.upload_id.clone(), corrected);
            if before == Some(corrected) {
                return Ok(());
            }
            match self.store.put_upload(original).await {
                Err(StoreError::Stale) => {}
                other => return other.map(drop),
            }
        }
        Err(StoreError::Stale)
    }

    pub(crate) async fn fail(
        &self,
        progress: &mut Progress<'_>,
        failure: UploadFailure,
    ) -> Result<(), StoreError> {
        // Nobody would ever see them, and the next file for the list would find them in its way.
        let first = progress.upload.first_place.unwrap_or(0);
        let written = first..first + progress.upload.places_written;
        let places: Vec<u64> = written.collect();
        for places in places.chunks(CLEARED) {
            self.store.clear_places(&progress.upload.list_id, places).await?;
        }
        progress.upload.failure = Some(failure);
        self.end(progress, UploadStatus::Failed).await
    }

    pub(crate) async fn end(
        &self,
        progress: &mut Progress<'_>,
        status: UploadStatus,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let upload = &mut progress.upload;
        // Parsing goes to either end.
        upload.status = upload.status.to(status).unwrap_or(status);
        upload.progress = 1.0;
        upload.finished_at = Some(now);
        let counts = upload.counts;
        tracing::info!(
            upload.id = %upload.upload_id, rows = counts.rows, accepted = counts.accepted,
            rejected = counts.rejected, duplicate = counts.duplicate, do_not_call = counts.do_not_call,
            corrected = counts.corrected, "upload ended"
        );
        progress.write(now).await
    }

    pub(crate) fn options(&self, upload: &Upload) -> Result<ParseOptions, UploadFailure> {
        let region = upload.default_region.as_deref().map(Region::parse).transpose();
        Ok(ParseOptions {
            default_region: region.map_err(|unknown| UploadFailure {
                code: "unknown_region".to_owned(),
                explanation: unknown.to_string(),
            })?,
            phone_column: upload.phone_column.clone(),
            sheet: upload.sheet.clone(),
            max_rows: self.max_rows,
            first_rows: None,
        })
    }
}

/// How long after its last change the file of an upload may still come; its link is good for less.
const STILL_EXPECTED: SignedDuration = SignedDuration::from_hours(1);
/// Uploads looked at for imports that nobody works on.
const RESUMED: u32 = 50;
/// How often the original upload is written again when somebody else was faster.
const MAX_RACES: u32 = 5;
/// Places cleared at a time.
const CLEARED: usize = 1_000;

/// A problem of the file, as the upload shows it.
pub(crate) fn failure_of(problem: &FileProblem) -> UploadFailure {
    UploadFailure {
        code: problem.code().to_owned(),
        explanation: problem.explain(),
    }
}

/// What is said when a library gave up on the file.
pub(crate) fn broke_down() -> UploadFailure {
    UploadFailure {
        code: "damaged".to_owned(),
        explanation: "The file could not be read. Save it again as CSV or XLSX and upload that.".to_owned(),
    }
}
