//! The first rows of a file, as an import would read them. Nothing is written.

use switchboard_contacts::{ContactRow, ParseOptions, Preview, preview};
use switchboard_domain::{PreviewRow, Upload, UploadFailure, UploadPreview};
use switchboard_store::{FileStore, StoreError};

use crate::Answer;
use crate::import::{Parser, failure_of};
use crate::rows::sample_of;

/// Rows in a preview.
const ROWS: usize = 20;

impl Parser {
    /// Reads the first rows with the given options.
    pub(crate) async fn preview(&self, upload: &Upload, options: ParseOptions) -> Result<Answer, StoreError> {
        let Some(file) = self.fetch(upload).await? else {
            return Ok(Answer::Failure(UploadFailure {
                code: "no_file".to_owned(),
                explanation: "The file has not come yet: put it at the link that was given, then ask again."
                    .to_owned(),
            }));
        };
        let path = file.path().to_owned();
        let read = tokio::task::spawn_blocking(move || preview(&path, &options, ROWS)).await;
        Ok(match read {
            Ok(Ok(preview)) => Answer::Preview(Box::new(shown(preview))),
            Ok(Err(problem)) => Answer::Failure(failure_of(&problem)),
            Err(error) => {
                tracing::error!(upload.id = %upload.upload_id, %error, "the preview broke down");
                Answer::Failure(UploadFailure {
                    code: "damaged".to_owned(),
                    explanation: "The file could not be read. Save it again as CSV or XLSX and upload that."
                        .to_owned(),
                })
            }
        })
    }

    /// The file of an upload on disk, or none when it has not come.
    pub(crate) async fn fetch(&self, upload: &Upload) -> Result<Option<tempfile::NamedTempFile>, StoreError> {
        let file = tempfile::NamedTempFile::new().map_err(StoreError::from)?;
        let key = FileStore::upload_key(&upload.upload_id);
        let size = self
            .store
            .files()
            .get_to_file(&key, file.path(), self.max_bytes)
            .await?;
        Ok(size.map(|_| file))
    }
}

fn shown(preview: Preview) -> UploadPreview {
    let row = |row: ContactRow| PreviewRow {
        line: row.line,
        phone_number: row.phone,
        variables: row.variables,
    };
    UploadPreview {
        columns: preview.columns,
        phone_column: preview.phone_column,
        sheets: preview.sheets,
        counts: preview.counts,
        first_rows: preview.first_rows.into_iter().map(row).collect(),
        rejected: preview.rejected.into_iter().map(sample_of).collect(),
        notes: preview.notes.iter().map(ToString::to_string).collect(),
    }
}
