use std::ops::Range as Bytes;

use s3s::dto::*;
use s3s::{S3Result, s3_error};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::backend::{Backend, failed, no_such_key, refused};
use super::conditions;
use super::listing::{self, Wanted};
use super::object::{self, Found, Label, blocking};

/// How much of a file is in memory at once while it is sent.
const CHUNK_BYTES: usize = 64 * 1024;
/// S3 lists no more than this at once.
const PAGE: i32 = 1_000;

pub(super) async fn get(backend: &Backend, input: GetObjectInput) -> S3Result<GetObjectOutput> {
    let found = find(backend, &input.bucket, &input.key).await?;
    judge(
        &found.label,
        input.if_match.as_ref(),
        input.if_none_match.as_ref(),
    )?;
    let (bytes, content_range) = part(input.range, found.label.size)?;
    let length = bytes.end - bytes.start;

    let mut file = tokio::fs::File::from_std(found.file);
    file.seek(std::io::SeekFrom::Start(bytes.start))
        .await
        .map_err(failed)?;
    let content = ReaderStream::with_capacity(file.take(length), CHUNK_BYTES);
    let headers = found.label.headers;
    Ok(GetObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        body: Some(StreamingBlob::wrap(content)),
        cache_control: headers.cache_control,
        content_disposition: headers.content_disposition,
        content_encoding: headers.content_encoding,
        content_language: headers.content_language,
        content_length: Some(signed(length)?),
        content_range,
        content_type: headers.content_type,
        e_tag: Some(ETag::Strong(found.label.etag)),
        last_modified: Some(found.modified.into()),
        metadata: Some(headers.metadata.into_iter().collect()),
        ..Default::default()
    })
}

pub(super) async fn head(backend: &Backend, input: HeadObjectInput) -> S3Result<HeadObjectOutput> {
    let found = find(backend, &input.bucket, &input.key).await?;
    judge(
        &found.label,
        input.if_match.as_ref(),
        input.if_none_match.as_ref(),
    )?;
    let (bytes, content_range) = part(input.range, found.label.size)?;
    let headers = found.label.headers;
    Ok(HeadObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        cache_control: headers.cache_control,
        content_disposition: headers.content_disposition,
        content_encoding: headers.content_encoding,
        content_language: headers.content_language,
        content_length: Some(signed(bytes.end - bytes.start)?),
        content_range,
        content_type: headers.content_type,
        e_tag: Some(ETag::Strong(found.label.etag)),
        last_modified: Some(found.modified.into()),
        metadata: Some(headers.metadata.into_iter().collect()),
        ..Default::default()
    })
}

pub(super) async fn list(backend: &Backend, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
    let bucket = backend.buckets.get(&input.bucket)?;
    let max_keys = input.max_keys.unwrap_or(PAGE).clamp(0, PAGE);
    let after = match &input.continuation_token {
        Some(token) => Some(read_token(token)?),
        None => input.start_after.clone(),
    };
    let (prefix, delimiter) = (input.prefix.clone().unwrap_or_default(), input.delimiter.clone());
    let (page, contents) = blocking(move || {
        let keys = listing::all_keys(bucket.dir())?;
        let wanted = Wanted {
            prefix: &prefix,
            delimiter: delimiter.as_deref(),
            after: after.as_deref(),
            at_most: usize::try_from(max_keys).unwrap_or(0),
        };
        let page = listing::page(&keys, wanted);
        let mut contents = Vec::with_capacity(page.keys.len());
        for key in &page.keys {
            // One that was removed since the listing was made is not there any more.
            contents.extend(object::open(&bucket.path(key))?.map(entry));
        }
        Ok((page, contents))
    })
    .await
    .map_err(failed)?;
    Ok(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: input.prefix,
        delimiter: input.delimiter,
        start_after: input.start_after,
        continuation_token: input.continuation_token,
        max_keys: Some(max_keys),
        key_count: Some(i32::try_from(contents.len() + page.prefixes.len()).unwrap_or(max_keys)),
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next.map(hex::encode),
        contents: Some(contents),
        common_prefixes: Some(
            page.prefixes
                .into_iter()
                .map(|prefix| CommonPrefix { prefix: Some(prefix) })
                .collect(),
        ),
        ..Default::default()
    })
}

/// Opens an object of a bucket.
pub(super) async fn find(backend: &Backend, bucket: &str, key: &str) -> S3Result<Found> {
    let path = backend.buckets.get(bucket)?.path(key);
    blocking(move || object::open(&path))
        .await
        .map_err(failed)?
        .ok_or_else(no_such_key)
}

fn judge(
    label: &Label,
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> S3Result<()> {
    conditions::of_a_read(&label.etag, if_match, if_none_match)
        .map_or(Ok(()), |refusal| Err(refused(refusal)))
}

/// Which bytes to send, and the `Content-Range` if they are not all.
fn part(range: Option<Range>, size: u64) -> S3Result<(Bytes<u64>, Option<String>)> {
    let Some(range) = range else {
        return Ok((0..size, None));
    };
    let bytes = range
        .check(size)
        .map_err(|_| s3_error!(InvalidRange, "The requested range is not satisfiable"))?;
    let content_range = format!("bytes {}-{}/{size}", bytes.start, bytes.end.saturating_sub(1));
    Ok((bytes, Some(content_range)))
}

fn entry(found: Found) -> Object {
    Object {
        e_tag: Some(ETag::Strong(found.label.etag)),
        key: Some(found.label.key),
        last_modified: Some(found.modified.into()),
        size: signed(found.label.size).ok(),
        storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
        ..Default::default()
    }
}

fn read_token(token: &str) -> S3Result<String> {
    hex::decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| s3_error!(InvalidArgument, "The continuation token provided is incorrect"))
}

fn signed(length: u64) -> S3Result<i64> {
    i64::try_from(length).map_err(|_| s3_error!(InternalError))
}
