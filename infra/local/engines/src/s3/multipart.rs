use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use md5::{Digest, Md5};
use s3s::dto::*;
use s3s::{S3Error, S3Request, S3Result, s3_error};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;

use super::backend::{Backend, failed};
use super::bucket::{Bucket, WriteConditions};
use super::checksums::Checksums;
use super::object::{self, Draft, Found, Headers, blocking};
use super::write::{headers, keep, receive};

const PART_NUMBERS: std::ops::RangeInclusive<i32> = 1..=10_000;
/// Every part but the last has at least so much.
const PART_BYTES: u64 = 5 * 1024 * 1024;
const UPLOAD: &str = "upload.json";

/// What was said when the upload began.
#[derive(Debug, Serialize, Deserialize)]
struct Upload {
    key: String,
    headers: Headers,
}

pub(super) async fn create(
    backend: &Backend,
    input: CreateMultipartUploadInput,
) -> S3Result<CreateMultipartUploadOutput> {
    let bucket = backend.buckets.get(&input.bucket)?;
    let upload_id = hex::encode(rand::random::<[u8; 16]>());
    let dir = bucket.uploads().join(&upload_id);
    let upload = Upload {
        key: input.key.clone(),
        headers: headers(
            input.content_type,
            input.content_disposition,
            input.content_encoding,
            input.content_language,
            input.cache_control,
            input.metadata,
        ),
    };
    blocking(move || {
        std::fs::create_dir(&dir)?;
        std::fs::write(dir.join(UPLOAD), serde_json::to_vec(&upload)?)
    })
    .await
    .map_err(failed)?;
    Ok(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(upload_id),
        ..Default::default()
    })
}

pub(super) async fn upload_part(
    backend: &Backend,
    req: S3Request<UploadPartInput>,
) -> S3Result<UploadPartOutput> {
    let trailers = req.trailing_headers;
    let mut input = req.input;
    if !PART_NUMBERS.contains(&input.part_number) {
        return Err(s3_error!(
            InvalidArgument,
            "Part number must be an integer between 1 and 10000, inclusive"
        ));
    }
    let (bucket, dir, _) = find(backend, &input.bucket, &input.key, &input.upload_id).await?;
    let checksums = Checksums::of_part(&input).announce(&req.headers);
    let (draft, sums) = receive(
        &bucket,
        input.body.take(),
        input.content_length,
        checksums,
        trailers,
    )
    .await?;
    let part = draft
        .complete(&input.key, Headers::default(), None)
        .await
        .map_err(failed)?;
    let etag = part.label.etag.clone();
    let path = part_path(&dir, input.part_number);
    blocking(move || part.path.persist(path).map_err(|error| error.error))
        .await
        .map_err(failed)?;
    Ok(UploadPartOutput {
        e_tag: Some(ETag::Strong(etag)),
        checksum_crc32: sums.checksum_crc32,
        checksum_crc32c: sums.checksum_crc32c,
        checksum_crc64nvme: sums.checksum_crc64nvme,
        checksum_sha1: sums.checksum_sha1,
        checksum_sha256: sums.checksum_sha256,
        ..Default::default()
    })
}

pub(super) async fn complete(
    backend: &Backend,
    input: CompleteMultipartUploadInput,
) -> S3Result<CompleteMultipartUploadOutput> {
    let (bucket, dir, upload) = find(backend, &input.bucket, &input.key, &input.upload_id).await?;
    let named = input
        .multipart_upload
        .and_then(|upload| upload.parts)
        .unwrap_or_default();
    let parts = open_parts(&dir, named).await?;

    let mut draft = Draft::begin(&bucket.drafts()).await.map_err(failed)?;
    let mut digests = Md5::new();
    let count = parts.len();
    let mut chunk = vec![0; 64 * 1024];
    for part in parts {
        digests.update(hex::decode(&part.label.etag).unwrap_or_default());
        let mut content = tokio::fs::File::from_std(part.file).take(part.label.size);
        loop {
            let read = content.read(&mut chunk).await.map_err(failed)?;
            if read == 0 {
                break;
            }
            draft.write(&chunk[..read]).await.map_err(failed)?;
        }
    }
    let etag = format!("{}-{count}", hex::encode(digests.finalize()));
    let object = draft
        .complete(&upload.key, upload.headers, Some(etag))
        .await
        .map_err(failed)?;
    let on = WriteConditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
    };
    let label = keep(
        backend,
        bucket,
        object,
        on,
        "ObjectCreated:CompleteMultipartUpload",
    )
    .await?;
    blocking(move || std::fs::remove_dir_all(dir))
        .await
        .map_err(failed)?;
    Ok(CompleteMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(ETag::Strong(label.etag)),
        ..Default::default()
    })
}

pub(super) async fn abort(
    backend: &Backend,
    input: AbortMultipartUploadInput,
) -> S3Result<AbortMultipartUploadOutput> {
    let (_, dir, _) = find(backend, &input.bucket, &input.key, &input.upload_id).await?;
    blocking(move || std::fs::remove_dir_all(dir))
        .await
        .map_err(failed)?;
    Ok(AbortMultipartUploadOutput::default())
}

/// Finds an upload under way. Its id becomes part of a path, so nothing but our own kind of id is looked at.
async fn find(
    backend: &Backend,
    bucket: &str,
    key: &str,
    upload_id: &str,
) -> S3Result<(Arc<Bucket>, PathBuf, Upload)> {
    let bucket = backend.buckets.get(bucket)?;
    if upload_id.len() != 32 || !upload_id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(no_such_upload());
    }
    let dir = bucket.uploads().join(upload_id);
    let file = dir.join(UPLOAD);
    let upload = blocking(move || match std::fs::read(file) {
        Ok(upload) => Ok(Some(serde_json::from_slice::<Upload>(&upload)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    })
    .await
    .map_err(failed)?
    .filter(|upload| upload.key == key)
    .ok_or_else(no_such_upload)?;
    Ok((bucket, dir, upload))
}

/// Opens the parts that the client names, in order.
async fn open_parts(dir: &Path, named: Vec<CompletedPart>) -> S3Result<Vec<Found>> {
    if named.is_empty() {
        return Err(s3_error!(MalformedXML, "You must specify at least one part"));
    }
    if !named.is_sorted_by(|one, next| one.part_number < next.part_number) {
        return Err(s3_error!(
            InvalidPartOrder,
            "The list of parts was not in ascending order"
        ));
    }
    let invalid = || {
        s3_error!(
            InvalidPart,
            "One or more of the specified parts could not be found"
        )
    };
    let count = named.len();
    let mut parts = Vec::with_capacity(count);
    for (i, part) in named.into_iter().enumerate() {
        let number = part.part_number.ok_or_else(invalid)?;
        let path = part_path(dir, number);
        let found = blocking(move || object::open(&path))
            .await
            .map_err(failed)?
            .ok_or_else(invalid)?;
        if part.e_tag.is_some_and(|etag| etag.value() != found.label.etag) {
            return Err(invalid());
        }
        if i + 1 < count && found.label.size < PART_BYTES {
            return Err(s3_error!(
                EntityTooSmall,
                "Your proposed upload is smaller than the minimum allowed size"
            ));
        }
        parts.push(found);
    }
    Ok(parts)
}

fn part_path(dir: &Path, number: i32) -> PathBuf {
    dir.join(format!("{number:05}"))
}

fn no_such_upload() -> S3Error {
    s3_error!(
        NoSuchUpload,
        "The specified upload does not exist. It may have been aborted or completed"
    )
}
