//! Files in the data bucket.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use switchboard_domain::{CallId, CampaignId, ExportId, UploadId};
use tokio::io::AsyncWriteExt;

use crate::StoreError;
use crate::clients::Clients;
use crate::error::unavailable;

/// How long a link to upload a file is good.
const UPLOAD_LINK: Duration = Duration::from_secs(15 * 60);
/// How long a link to download a file is good.
const DOWNLOAD_LINK: Duration = Duration::from_secs(15 * 60);

/// Where and how to put a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresignedUpload {
    /// The link; for one PUT.
    pub url: String,
    /// Headers that must be sent exactly so.
    pub headers: Vec<(String, String)>,
    /// How long it is good.
    pub valid_for: Duration,
}

/// The data bucket.
#[derive(Debug, Clone)]
pub struct FileStore {
    clients: Arc<Clients>,
    bucket: String,
}

impl FileStore {
    pub(crate) fn new(clients: Arc<Clients>, bucket: String) -> Self {
        Self { clients, bucket }
    }

    /// Key of an uploaded file.
    pub fn upload_key(id: &UploadId) -> String {
        format!("uploads/{id}/source")
    }

    /// The upload that a key belongs to.
    pub fn upload_of_key(key: &str) -> Option<UploadId> {
        UploadId::parse(key.strip_prefix("uploads/")?.strip_suffix("/source")?).ok()
    }

    /// Key of the rejected rows of an upload.
    pub fn rejected_key(id: &UploadId) -> String {
        format!("rejected/{id}.csv")
    }

    /// Key of a recording.
    pub fn recording_key(id: &CallId) -> String {
        format!("recordings/{id}")
    }

    /// Key of an export.
    pub fn export_key(id: &ExportId) -> String {
        format!("exports/{id}.csv")
    }

    /// Key of the latest whole report of a campaign, as JSON.
    pub fn report_key(campaign: &CampaignId) -> String {
        format!("exports/{campaign}-report.json")
    }

    /// Key of a webhook's body.
    pub fn webhook_key(provider: &str, digest: &str) -> String {
        format!("webhooks/{provider}/{digest}.json")
    }

    /// A link to put exactly `bytes` bytes of `content_type` at `key`; S3 refuses any other length.
    ///
    /// # Errors
    /// When the credentials cannot sign.
    pub async fn presign_put(
        &self,
        key: &str,
        bytes: u64,
        content_type: &str,
    ) -> Result<PresignedUpload, StoreError> {
        let signed = self
            .clients
            .s3()
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_length(i64::try_from(bytes).unwrap_or(i64::MAX))
            .content_type(content_type)
            .presigned(presigning(UPLOAD_LINK)?)
            .await
            .map_err(unavailable("S3", "presigning"))?;
        let headers = signed
            .headers()
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect();
        Ok(PresignedUpload {
            url: signed.uri().to_owned(),
            headers,
            valid_for: UPLOAD_LINK,
        })
    }

    /// A link to read the file at `key`, in ranges too; with a name, browsers save it under that name.
    ///
    /// # Errors
    /// When the credentials cannot sign.
    pub async fn presign_get(&self, key: &str, save_as: Option<&str>) -> Result<String, StoreError> {
        let disposition = save_as.map(|name| format!("attachment; filename=\"{name}\""));
        let signed = self
            .clients
            .s3()
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .set_response_content_disposition(disposition)
            .presigned(presigning(DOWNLOAD_LINK)?)
            .await
            .map_err(unavailable("S3", "presigning"))?;
        Ok(signed.uri().to_owned())
    }

    /// Size of the file at `key`; none when it is not there.
    ///
    /// # Errors
    /// When S3 does not answer.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, StoreError> {
        match self
            .clients
            .s3()
            .head_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await
        {
            Ok(head) => Ok(head.content_length().and_then(|bytes| u64::try_from(bytes).ok())),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_not_found()) => Ok(None),
            Err(e) => Err(unavailable("S3", "HeadObject")(e)),
        }
    }

    /// Writes a small file.
    ///
    /// # Errors
    /// When S3 does not answer.
    pub async fn put(&self, key: &str, content_type: &str, body: Bytes) -> Result<(), StoreError> {
        self.clients
            .s3()
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .body(ByteStream::from(body))
            .send()
            .await
            .map_err(unavailable("S3", "PutObject"))?;
        Ok(())
    }

    /// Deletes the file at `key`, whether it is there or not. The bucket keeps what it was for some days.
    ///
    /// # Errors
    /// When S3 does not answer.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.clients
            .s3()
            .delete_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await
            .map_err(unavailable("S3", "DeleteObject"))?;
        Ok(())
    }

    /// Writes a file from disk.
    ///
    /// # Errors
    /// When the file cannot be read or S3 does not answer.
    pub async fn put_file(&self, key: &str, content_type: &str, path: &Path) -> Result<(), StoreError> {
        let body = ByteStream::from_path(path)
            .await
            .map_err(|cause| broken("PutObject", cause))?;
        self.clients
            .s3()
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .body(body)
            .send()
            .await
            .map_err(unavailable("S3", "PutObject"))?;
        Ok(())
    }

    /// A file, or a range of it; none when it is not there.
    async fn get(&self, key: &str, range: Option<String>) -> Result<Option<GetObjectOutput>, StoreError> {
        let answer = self
            .clients
            .s3()
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .set_range(range)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_no_such_key()) => Ok(None),
            Err(e) => Err(unavailable("S3", "GetObject")(e)),
        }
    }

    /// Reads a file to disk, streaming, at most `max_bytes`; answers its size, or none when it is not there.
    ///
    /// # Errors
    /// When S3 does not answer, the disk fails, or the file is larger.
    pub async fn get_to_file(
        &self,
        key: &str,
        path: &Path,
        max_bytes: u64,
    ) -> Result<Option<u64>, StoreError> {
        let Some(answer) = self.get(key, None).await? else {
            return Ok(None);
        };
        let mut body = answer.body;
        let mut file = tokio::fs::File::create(path)
            .await
            .map_err(|cause| broken("GetObject", cause))?;
        let mut size = 0u64;
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|cause| broken("GetObject", cause))?;
            size += chunk.len() as u64;
            if size > max_bytes {
                return Err(broken(
                    "GetObject",
                    std::io::Error::other("the file is larger than allowed"),
                ));
            }
            file.write_all(&chunk)
                .await
                .map_err(|cause| broken("GetObject", cause))?;
        }
        file.flush().await.map_err(|cause| broken("GetObject", cause))?;
        Ok(Some(size))
    }

    /// Reads the beginning of a file to disk; answers the size of the whole file, or none when it is not
    /// there.
    ///
    /// # Errors
    /// When S3 does not answer or the disk fails.
    pub async fn get_start_to_file(
        &self,
        key: &str,
        path: &Path,
        bytes: u64,
    ) -> Result<Option<u64>, StoreError> {
        let range = format!("bytes=0-{}", bytes.saturating_sub(1));
        let Some(answer) = self.get(key, Some(range)).await? else {
            return Ok(None);
        };
        // `bytes 0-99/1234`; without it, this is the whole file.
        let whole = answer
            .content_range()
            .and_then(|range| range.rsplit_once('/')?.1.parse().ok());
        let body = answer.body.collect().await;
        let body = body
            .map_err(|cause| broken("GetObject", std::io::Error::other(cause)))?
            .into_bytes();
        tokio::fs::write(path, &body)
            .await
            .map_err(|cause| broken("GetObject", cause))?;
        Ok(Some(whole.unwrap_or(body.len() as u64)))
    }

    /// Reads a file of at most `max_bytes` into memory; none when it is not there.
    ///
    /// # Errors
    /// When S3 does not answer, or the file is larger.
    pub async fn find_bytes(&self, key: &str, max_bytes: u64) -> Result<Option<Bytes>, StoreError> {
        let Some(answer) = self.get(key, None).await? else {
            return Ok(None);
        };
        let size = answer.content_length.and_then(|bytes| u64::try_from(bytes).ok());
        if size.is_none_or(|size| size > max_bytes) {
            let cause = std::io::Error::other("the file is larger than allowed");
            return Err(broken("GetObject", cause));
        }
        let body = answer.body.collect().await;
        let body = body.map_err(|cause| broken("GetObject", std::io::Error::other(cause)))?;
        Ok(Some(body.into_bytes()))
    }

    /// Begins a file that is written in parts.
    ///
    /// # Errors
    /// When S3 does not answer.
    pub async fn begin_parts(&self, key: &str, content_type: &str) -> Result<PartsUpload, StoreError> {
        let answer = self
            .clients
            .s3()
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .send()
            .await
            .map_err(unavailable("S3", "CreateMultipartUpload"))?;
        Ok(PartsUpload {
            s3: self.clients.s3().clone(),
            bucket: self.bucket.clone(),
            key: key.to_owned(),
            id: answer.upload_id.unwrap_or_default(),
            parts: Vec::new(),
        })
    }
}

/// A file that is written in parts of 5 MB or more; only the last may be smaller.
pub struct PartsUpload {
    s3: aws_sdk_s3::Client,
    bucket: String,
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
}

impl PartsUpload {
    /// Writes the next part.
    ///
    /// # Errors
    /// When S3 does not answer.
    pub async fn write(&mut self, part: Bytes) -> Result<(), StoreError> {
        let number = i32::try_from(self.parts.len() + 1).unwrap_or(i32::MAX);
        let answer = self
            .s3
            .upload_part()
            .bucket(&self.bucket)
            .key(&self.key)
            .upload_id(&self.id)
            .part_number(number)
            .body(ByteStream::from(part))
            .send()
            .await
            .map_err(unavailable("S3", "UploadPart"))?;
        self.parts.push(
            CompletedPart::builder()
                .part_number(number)
                .set_e_tag(answer.e_tag)
                .build(),
        );
        Ok(())
    }

    /// Puts the parts together; the file is there from now on.
    ///
    /// # Errors
    /// When S3 does not answer.
    pub async fn finish(self) -> Result<(), StoreError> {
        self.s3
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(&self.key)
            .upload_id(&self.id)
            .multipart_upload(
                CompletedMultipartUpload::builder()
                    .set_parts(Some(self.parts))
                    .build(),
            )
            .send()
            .await
            .map_err(unavailable("S3", "CompleteMultipartUpload"))?;
        Ok(())
    }

    /// Throws the parts away.
    ///
    /// # Errors
    /// When S3 does not answer; a lifecycle rule removes them then.
    pub async fn abort(self) -> Result<(), StoreError> {
        self.s3
            .abort_multipart_upload()
            .bucket(&self.bucket)
            .key(&self.key)
            .upload_id(&self.id)
            .send()
            .await
            .map_err(unavailable("S3", "AbortMultipartUpload"))?;
        Ok(())
    }
}

fn presigning(valid_for: Duration) -> Result<PresigningConfig, StoreError> {
    PresigningConfig::expires_in(valid_for)
        .map_err(|cause| broken("presigning", std::io::Error::other(cause)))
}

fn broken(operation: &'static str, cause: impl Into<std::io::Error>) -> StoreError {
    let cause = cause.into();
    StoreError::Unavailable {
        service: "S3",
        operation,
        code: cause.to_string(),
        cause: Some(Box::new(cause)),
    }
}
