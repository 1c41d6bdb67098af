use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use s3s::dto::*;
use s3s::{S3, S3Error, S3Request, S3Response, S3Result, s3_error};

use super::bucket::Bucket;
use super::conditions::Refusal;
use super::events::Listeners;
use super::{multipart, read, write};

type Answer<T> = S3Result<S3Response<T>>;

/// The buckets there are. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Buckets {
    by_name: Arc<RwLock<HashMap<String, Arc<Bucket>>>>,
}

impl Buckets {
    pub(super) fn add(&self, bucket: Bucket) {
        self.by_name
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(bucket.name.clone(), Arc::new(bucket));
    }

    pub(super) fn find(&self, name: &str) -> Option<Arc<Bucket>> {
        self.by_name
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    pub(super) fn get(&self, name: &str) -> S3Result<Arc<Bucket>> {
        self.find(name)
            .ok_or_else(|| s3_error!(NoSuchBucket, "The specified bucket does not exist"))
    }

    /// The bucket of a request's path (`/bucket/key`).
    pub(super) fn of_path(&self, path: &str) -> Option<Arc<Bucket>> {
        self.find(path.split('/').nth(1)?)
    }
}

/// Carries out what `s3s` has read and verified.
#[derive(Debug, Clone)]
pub(super) struct Backend {
    pub(super) buckets: Buckets,
    pub(super) listeners: Listeners,
}

/// A failure of the disk, as a 500.
pub(super) fn failed(error: std::io::Error) -> S3Error {
    tracing::error!(%error, "S3 could not use its files");
    S3Error::internal_error(error)
}

pub(super) fn refused(refusal: Refusal) -> S3Error {
    match refusal {
        Refusal::PreconditionFailed => s3_error!(
            PreconditionFailed,
            "At least one of the pre-conditions you specified did not hold"
        ),
        Refusal::NotModified => s3_error!(NotModified),
        Refusal::NoSuchKey => no_such_key(),
    }
}

pub(super) fn no_such_key() -> S3Error {
    s3_error!(NoSuchKey, "The specified key does not exist.")
}

#[async_trait::async_trait]
impl S3 for Backend {
    async fn head_bucket(&self, req: S3Request<HeadBucketInput>) -> Answer<HeadBucketOutput> {
        self.buckets.get(&req.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn get_object(&self, req: S3Request<GetObjectInput>) -> Answer<GetObjectOutput> {
        read::get(self, req.input).await.map(S3Response::new)
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> Answer<HeadObjectOutput> {
        read::head(self, req.input).await.map(S3Response::new)
    }

    async fn list_objects_v2(&self, req: S3Request<ListObjectsV2Input>) -> Answer<ListObjectsV2Output> {
        read::list(self, req.input).await.map(S3Response::new)
    }

    async fn put_object(&self, req: S3Request<PutObjectInput>) -> Answer<PutObjectOutput> {
        write::put(self, req).await.map(S3Response::new)
    }

    async fn copy_object(&self, req: S3Request<CopyObjectInput>) -> Answer<CopyObjectOutput> {
        write::copy(self, req.input).await.map(S3Response::new)
    }

    async fn delete_object(&self, req: S3Request<DeleteObjectInput>) -> Answer<DeleteObjectOutput> {
        write::delete(self, req.input).await.map(S3Response::new)
    }

    async fn delete_objects(&self, req: S3Request<DeleteObjectsInput>) -> Answer<DeleteObjectsOutput> {
        write::delete_many(self, req.input).await.map(S3Response::new)
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> Answer<CreateMultipartUploadOutput> {
        multipart::create(self, req.input).await.map(S3Response::new)
    }

    async fn upload_part(&self, req: S3Request<UploadPartInput>) -> Answer<UploadPartOutput> {
        multipart::upload_part(self, req).await.map(S3Response::new)
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> Answer<CompleteMultipartUploadOutput> {
        multipart::complete(self, req.input).await.map(S3Response::new)
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> Answer<AbortMultipartUploadOutput> {
        multipart::abort(self, req.input).await.map(S3Response::new)
    }
}
