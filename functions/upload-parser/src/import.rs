//! The import of one upload.

use std::sync::Arc;

use jiff::SignedDuration;
use switchboard_contacts::{FileProblem, ParseOptions, Region};
use switchboard_domain::{Clock, ContactList, Upload, UploadFailure, UploadId, UploadStatus};
use switchboard_store::{FileStore, Store, StoreError};

use crate::progress::Progress;
use crate::rows::{NotRead, Read, read_rows};
use crate::{Answer, Request};

/// Longer than an import can take: Lambda ends it before.
const LEASE: SignedDuration = SignedDuration::from_secs(900);

/// Reads files into contact lists.
#[derive(Clone)]
pub struct Parser {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) max_bytes: u64,
    pub(crate) max_rows: u64,
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

    /// Does what is asked. `invocation` names this invocation, so that two never read one file.
    ///
    /// # Errors
    /// When the tables or files do not answer. The import starts over when it is invoked again.
    pub async fn handle(&self, request: Request, invocation: &str) -> Result<Answer, StoreError> {
        match request {
            Request::Arrived { upload_id } => self.import(&upload_id, false, invocation).await,
            Request::Import { upload_id } => self.import(&upload_id, true, invocation).await,
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

    async fn import(&self, id: &UploadId, asked: bool, invocation: &str) -> Result<Answer, StoreError> {
        let lease = format!("upload/{id}");
        // S3 may tell of one file twice, and the API asks when S3 has told already.
        if !self
            .store
            .take_lease(&lease, invocation, LEASE, self.clock.now())
            .await?
        {
            return Ok(Answer::Done);
        }
        let imported = self.import_alone(id, asked).await;
        self.store.give_back_lease(&lease, invocation).await?;
        imported.map(|()| Answer::Done)
    }

    async fn import_alone(&self, id: &UploadId, asked: bool) -> Result<(), StoreError> {
        let Some(mut upload) = self.store.find_upload(id).await? else {
            tracing::warn!(upload.id = %id, "a file came for an upload that we do not know");
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
        let mut progress = Progress::new(&self.store, self.clock.as_ref(), upload);
        progress.write(self.clock.now()).await?;
        self.read(&mut progress, file).await
    }

    async fn read(
        &self,
        progress: &mut Progress<'_>,
        file: tempfile::NamedTempFile,
    ) -> Result<(), StoreError> {
        let rejected = tempfile::NamedTempFile::new().map_err(StoreError::from)?;
        let options = match self.options(&progress.upload) {
            Ok(options) => options,
            Err(failure) => return self.fail(progress, failure).await,
        };
        let (mut batches, reading) = read_rows(file.path().to_owned(), options, rejected.path().to_owned());
        let list_id = progress.upload.list_id.clone();
        while let Some(batch) = batches.recv().await {
            self.store.put_contacts(&list_id, batch.contacts).await?;
            progress.note(batch.counts, batch.part).await?;
        }
        match reading.await {
            Ok(Ok(read)) => self.complete(progress, read, &rejected).await,
            Ok(Err(NotRead::File(problem))) => self.fail(progress, failure_of(&problem)).await,
            Ok(Err(NotRead::Disk(error))) => Err(StoreError::from(error)),
            // Only when this side stopped receiving, which it does on errors that were returned above.
            Ok(Err(NotRead::Abandoned)) => Err(StoreError::Stale),
            Err(error) => {
                tracing::error!(upload.id = %progress.upload.upload_id, %error, "reading the file broke down");
                let explanation = "The file could not be read. Save it again as CSV or XLSX and upload that.";
                let failure = UploadFailure {
                    code: "damaged".to_owned(),
                    explanation: explanation.to_owned(),
                };
                self.fail(progress, failure).await
            }
        }
    }

    async fn complete(
        &self,
        progress: &mut Progress<'_>,
        read: Read,
        rejected: &tempfile::NamedTempFile,
    ) -> Result<(), StoreError> {
        let upload = &mut progress.upload;
        (upload.counts, upload.columns, upload.notes) = (read.counts, read.columns, read.notes);
        upload.rejected = read.samples;
        if read.counts.rejected > 0 {
            let key = FileStore::rejected_key(&upload.upload_id);
            self.store
                .files()
                .put_file(&key, "text/csv; charset=utf-8", rejected.path())
                .await?;
        }
        if read.counts.accepted == 0 {
            let failure = UploadFailure {
                code: "no_contacts".to_owned(),
                explanation: format!(
                    "None of the {} rows has a number that can be called. Look at the rejected rows, choose another \
                     phone column or a default region, and upload the file again.",
                    read.counts.rows
                ),
            };
            return self.fail(progress, failure).await;
        }
        let now = self.clock.now();
        self.store
            .put_contact_list(&ContactList {
                list_id: upload.list_id.clone(),
                name: upload.list_name.clone(),
                upload_id: Some(upload.upload_id.clone()),
                size: read.counts.accepted,
                deleted: 0,
                variables: read.variables,
                created_at: now,
            })
            .await?;
        self.end(progress, UploadStatus::Completed).await
    }

    async fn fail(&self, progress: &mut Progress<'_>, failure: UploadFailure) -> Result<(), StoreError> {
        progress.upload.failure = Some(failure);
        self.end(progress, UploadStatus::Failed).await
    }

    async fn end(&self, progress: &mut Progress<'_>, status: UploadStatus) -> Result<(), StoreError> {
        let now = self.clock.now();
        let upload = &mut progress.upload;
        // Parsing goes to either end.
        upload.status = upload.status.to(status).unwrap_or(status);
        upload.progress = 1.0;
        upload.finished_at = Some(now);
        tracing::info!(
            upload.id = %upload.upload_id, rows = upload.counts.rows, accepted = upload.counts.accepted,
            rejected = upload.counts.rejected, duplicate = upload.counts.duplicate, "upload ended"
        );
        progress.write(now).await
    }

    fn options(&self, upload: &Upload) -> Result<ParseOptions, UploadFailure> {
        let region = upload.default_region.as_deref().map(Region::parse).transpose();
        Ok(ParseOptions {
            default_region: region.map_err(|unknown| UploadFailure {
                code: "unknown_region".to_owned(),
                explanation: unknown.to_string(),
            })?,
            phone_column: upload.phone_column.clone(),
            sheet: upload.sheet.clone(),
            max_rows: self.max_rows,
        })
    }
}

/// A problem of the file, as the upload shows it.
pub(crate) fn failure_of(problem: &FileProblem) -> UploadFailure {
    UploadFailure {
        code: problem.code().to_owned(),
        explanation: problem.explain(),
    }
}
