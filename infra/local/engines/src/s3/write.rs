use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use http::HeaderMap;
use s3s::dto::*;
use s3s::{S3Request, S3Result, TrailingHeaders, s3_error};
use tokio::io::AsyncReadExt;

use super::backend::{Backend, failed, refused};
use super::bucket::{Bucket, Committed, WriteConditions};
use super::checksums::Checksums;
use super::conditions::{self, Refusal};
use super::events::ObjectCreated;
use super::object::{Complete, Draft, Headers, Label, blocking};
use super::read;

/// S3 takes no more in one request.
const PUT_BYTES: i64 = 5 * 1024 * 1024 * 1024;

pub(super) async fn put(backend: &Backend, req: S3Request<PutObjectInput>) -> S3Result<PutObjectOutput> {
    let trailers = req.trailing_headers;
    let mut input = req.input;
    let bucket = backend.buckets.get(&input.bucket)?;
    let checksums = Checksums::of_put(&input).announce(&req.headers);
    let (draft, sums) = receive(
        &bucket,
        input.body.take(),
        input.content_length,
        checksums,
        trailers,
    )
    .await?;
    let headers = headers(
        input.content_type,
        input.content_disposition,
        input.content_encoding,
        input.content_language,
        input.cache_control,
        input.metadata,
    );
    let object = draft.complete(&input.key, headers, None).await.map_err(failed)?;
    let on = WriteConditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
    };
    let label = keep(backend, bucket, object, on, "ObjectCreated:Put").await?;
    Ok(PutObjectOutput {
        e_tag: Some(ETag::Strong(label.etag)),
        checksum_crc32: sums.checksum_crc32,
        checksum_crc32c: sums.checksum_crc32c,
        checksum_crc64nvme: sums.checksum_crc64nvme,
        checksum_sha1: sums.checksum_sha1,
        checksum_sha256: sums.checksum_sha256,
        ..Default::default()
    })
}

pub(super) async fn copy(backend: &Backend, input: CopyObjectInput) -> S3Result<CopyObjectOutput> {
    let CopySource::Bucket {
        bucket: from, key, ..
    } = &input.copy_source
    else {
        return Err(s3_error!(NotImplemented, "Copies are made from a bucket only"));
    };
    let found = read::find(backend, from, key).await?;
    let refusal = conditions::of_a_read(
        &found.label.etag,
        input.copy_source_if_match.as_ref(),
        input.copy_source_if_none_match.as_ref(),
    );
    if refusal.is_some() {
        // Also where a read would answer "not modified".
        return Err(refused(Refusal::PreconditionFailed));
    }
    let bucket = backend.buckets.get(&input.bucket)?;
    let mut draft = Draft::begin(&bucket.drafts()).await.map_err(failed)?;
    let mut content = tokio::fs::File::from_std(found.file).take(found.label.size);
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = content.read(&mut chunk).await.map_err(failed)?;
        if read == 0 {
            break;
        }
        draft.write(&chunk[..read]).await.map_err(failed)?;
    }
    let replaced = input
        .metadata_directive
        .is_some_and(|directive| directive.as_str() == MetadataDirective::REPLACE);
    let headers = if replaced {
        headers(
            input.content_type,
            input.content_disposition,
            input.content_encoding,
            input.content_language,
            input.cache_control,
            input.metadata,
        )
    } else {
        found.label.headers
    };
    let object = draft.complete(&input.key, headers, None).await.map_err(failed)?;
    let label = keep(
        backend,
        bucket,
        object,
        WriteConditions::default(),
        "ObjectCreated:Copy",
    )
    .await?;
    let written = read::find(backend, &input.bucket, &input.key).await?;
    Ok(CopyObjectOutput {
        copy_object_result: Some(CopyObjectResult {
            e_tag: Some(ETag::Strong(label.etag)),
            last_modified: Some(written.modified.into()),
            ..Default::default()
        }),
        ..Default::default()
    })
}

pub(super) async fn delete(backend: &Backend, input: DeleteObjectInput) -> S3Result<DeleteObjectOutput> {
    let bucket = backend.buckets.get(&input.bucket)?;
    blocking(move || bucket.remove(&input.key))
        .await
        .map_err(failed)?;
    Ok(DeleteObjectOutput::default())
}

pub(super) async fn delete_many(
    backend: &Backend,
    input: DeleteObjectsInput,
) -> S3Result<DeleteObjectsOutput> {
    let bucket = backend.buckets.get(&input.bucket)?;
    if input.delete.objects.len() > 1_000 {
        return Err(s3_error!(
            MalformedXML,
            "No more than 1,000 objects are deleted at once"
        ));
    }
    let quiet = input.delete.quiet.unwrap_or(false);
    let deleted = blocking(move || {
        let mut deleted = Vec::new();
        for object in input.delete.objects {
            bucket.remove(&object.key)?;
            deleted.push(DeletedObject {
                key: Some(object.key),
                ..Default::default()
            });
        }
        Ok(deleted)
    })
    .await
    .map_err(failed)?;
    Ok(DeleteObjectsOutput {
        deleted: (!quiet).then_some(deleted),
        ..Default::default()
    })
}

/// Takes a body in, chunk by chunk, and compares it with its checksums.
pub(super) async fn receive(
    bucket: &Bucket,
    body: Option<StreamingBlob>,
    announced: Option<i64>,
    mut checksums: Checksums,
    trailers: Option<TrailingHeaders>,
) -> S3Result<(Draft, Checksum)> {
    if announced.is_some_and(|bytes| bytes > PUT_BYTES) {
        return Err(s3_error!(
            EntityTooLarge,
            "Your proposed upload exceeds the maximum allowed object size"
        ));
    }
    let mut draft = Draft::begin(&bucket.drafts()).await.map_err(failed)?;
    if let Some(mut body) = body {
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| {
                tracing::debug!(%error, "an upload broke off");
                s3_error!(
                    IncompleteBody,
                    "The request body ended early or does not match its signature"
                )
            })?;
            checksums.update(&chunk);
            draft.write(&chunk).await.map_err(failed)?;
        }
    }
    let trailers: Option<HeaderMap> = trailers.and_then(|trailers| trailers.take());
    let sums = checksums.verify(trailers.as_ref(), draft.md5())?;
    Ok((draft, sums))
}

/// Gives the object its name and tells the listeners.
pub(super) async fn keep(
    backend: &Backend,
    bucket: Arc<Bucket>,
    object: Complete,
    on: WriteConditions,
    event_name: &'static str,
) -> S3Result<Label> {
    let label = object.label.clone();
    let listeners = backend.listeners.clone();
    let event = ObjectCreated {
        bucket: bucket.name.clone(),
        key: label.key.clone(),
        size: label.size,
        etag: label.etag.clone(),
        sequencer: String::new(),
        event_name,
    };
    // In one piece of blocking work, which runs to its end even if the client has gone: what is written is told.
    let committed = blocking(move || {
        let committed = bucket.commit(object, &on)?;
        if let Committed::Kept { sequencer } = &committed {
            listeners.tell(&ObjectCreated {
                sequencer: sequencer.clone(),
                ..event
            });
        }
        Ok(committed)
    });
    match committed.await.map_err(failed)? {
        Committed::Kept { .. } => Ok(label),
        Committed::Refused(refusal) => Err(refused(refusal)),
    }
}

/// What a writer said about the content.
pub(super) fn headers(
    content_type: Option<String>,
    content_disposition: Option<String>,
    content_encoding: Option<String>,
    content_language: Option<String>,
    cache_control: Option<String>,
    metadata: Option<Metadata>,
) -> Headers {
    // `aws-chunked` describes the request, not what is stored.
    let content_encoding = content_encoding
        .map(|encodings| {
            let kept: Vec<&str> = encodings
                .split(',')
                .map(str::trim)
                .filter(|encoding| *encoding != "aws-chunked" && !encoding.is_empty())
                .collect();
            kept.join(",")
        })
        .filter(|encodings| !encodings.is_empty());
    Headers {
        content_type: content_type.or_else(|| Some("binary/octet-stream".to_owned())),
        content_disposition,
        content_encoding,
        content_language,
        cache_control,
        metadata: metadata.into_iter().flatten().collect::<BTreeMap<_, _>>(),
    }
}
