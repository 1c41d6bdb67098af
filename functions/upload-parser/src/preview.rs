//! The first rows of a file, as an import would read them. Nothing is written.

use switchboard_contacts::{ContactRow, ParseOptions, Preview, preview};
use switchboard_domain::{PreviewRow, Upload, UploadCounts, UploadFailure, UploadPreview};
use switchboard_store::{FileStore, StoreError};

use crate::Answer;
use crate::import::{Parser, broke_down, failure_of};
use crate::rows::sample_of;

/// Rows that are read.
const ROWS: usize = 1_000;
/// Contacts, and rejected rows, that are shown.
const SHOWN: usize = 20;
/// Bytes of a text file that hold as many rows, and enough to judge its encoding by.
const START_BYTES: u64 = 4 << 20;

impl Parser {
    /// Reads the first rows with the given options.
    pub(crate) async fn preview(&self, upload: &Upload, options: ParseOptions) -> Result<Answer, StoreError> {
        let Some((file, part)) = self.fetch_start(upload).await? else {
            return Ok(Answer::Failure(UploadFailure {
                code: "no_file".to_owned(),
                explanation: "The file has not come yet: put it at the link that was given, then ask again."
                    .to_owned(),
            }));
        };
        let path = file.path().to_owned();
        let read = tokio::task::spawn_blocking(move || preview(&path, &options, ROWS, SHOWN)).await;
        let preview = match read {
            Ok(Ok(preview)) => preview,
            Ok(Err(problem)) => return Ok(Answer::Failure(failure_of(&problem))),
            Err(error) => {
                tracing::error!(upload.id = %upload.upload_id, %error, "the preview broke down");
                return Ok(Answer::Failure(broke_down()));
            }
        };
        let numbers = preview.first_rows.iter().map(|row| &row.phone);
        let forbidden = self.store.which_do_not_call(numbers).await?;
        Ok(Answer::Preview(Box::new(shown(preview, &forbidden, part))))
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

    /// As much of the file as the first rows need, and which part of it that is: the beginning of text, all
    /// of a workbook or of packed text.
    async fn fetch_start(
        &self,
        upload: &Upload,
    ) -> Result<Option<(tempfile::NamedTempFile, f64)>, StoreError> {
        let file = tempfile::NamedTempFile::new().map_err(StoreError::from)?;
        let key = FileStore::upload_key(&upload.upload_id);
        let size = self
            .store
            .files()
            .get_start_to_file(&key, file.path(), START_BYTES)
            .await?;
        let Some(size) = size else { return Ok(None) };
        if size <= START_BYTES {
            return Ok(Some((file, 1.0)));
        }
        if is_packed(file.path()).map_err(StoreError::from)? {
            return Ok(self.fetch(upload).await?.map(|file| (file, 1.0)));
        }
        Ok(Some((file, START_BYTES as f64 / size as f64)))
    }
}

/// Whether a file can only be read whole: a workbook, or text that is packed.
fn is_packed(path: &std::path::Path) -> std::io::Result<bool> {
    use std::io::Read;
    let mut start = [0; 2];
    let read = std::fs::File::open(path)?.read(&mut start)?;
    let is_packed = [[b'P', b'K'], [0xD0, 0xCF], [0x1F, 0x8B]].contains(&start);
    Ok(read == start.len() && is_packed)
}

/// The preview as people see it; `part` of the file was there to be read.
fn shown(preview: Preview, forbidden: &[bool], part: f64) -> UploadPreview {
    let row = |(row, do_not_call): (ContactRow, &bool)| PreviewRow {
        line: row.line,
        phone_number: row.phone,
        do_not_call: *do_not_call,
        details: row.details,
        variables: row.variables,
    };
    let looked_at = f64::from(preview.part) * part;
    UploadPreview {
        columns: preview.columns,
        phone_column: preview.phone_column,
        format: preview.format.code().to_owned(),
        variables: preview.variables,
        sheets: preview.sheets,
        sheet: preview.sheet,
        estimate: estimate(preview.counts, looked_at),
        counts: preview.counts,
        regions: preview.regions,
        first_rows: preview.first_rows.into_iter().zip(forbidden).map(row).collect(),
        rejected: preview.rejected.iter().map(sample_of).collect(),
        notes: preview.notes.iter().map(ToString::to_string).collect(),
    }
}

/// What all rows would come to when the rest is like what was looked at.
fn estimate(counts: UploadCounts, looked_at: f64) -> UploadCounts {
    let share = if looked_at > 0.0 { looked_at.min(1.0) } else { 1.0 };
    // Counts of rows are far below where a float is not exact.
    let of_all = |count: u64| (count as f64 / share).round() as u64;
    UploadCounts {
        rows: of_all(counts.rows),
        accepted: of_all(counts.accepted),
        rejected: of_all(counts.rejected),
        duplicate: of_all(counts.duplicate),
        ..UploadCounts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_grows_with_what_was_not_looked_at() {
        let counts = UploadCounts {
            rows: 1_000,
            accepted: 900,
            rejected: 100,
            ..UploadCounts::default()
        };
        assert_eq!(estimate(counts, 1.0), counts);
        assert_eq!(estimate(counts, 0.001).rows, 1_000_000);
        assert_eq!(estimate(counts, 0.0), counts);
    }
}
