//! Progress that people see while a file is read.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_domain::{Clock, Upload, UploadCounts};
use switchboard_store::{Store, StoreError};

/// Between writes of the progress.
const EVERY: Duration = Duration::from_secs(1);

/// Writes the progress of an upload, now and then.
pub(crate) struct Progress<'a> {
    store: &'a Store,
    clock: &'a dyn Clock,
    written: Timestamp,
    /// The upload as it was last written.
    pub upload: Upload,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(store: &'a Store, clock: &'a dyn Clock, upload: Upload) -> Self {
        Self {
            store,
            clock,
            written: clock.now(),
            upload,
        }
    }

    /// Notes how far we are; writes it when the last write is a while ago.
    pub(crate) async fn note(&mut self, counts: UploadCounts, part: f64) -> Result<(), StoreError> {
        self.upload.counts = counts;
        self.upload.progress = part.clamp(0.0, 1.0);
        let now = self.clock.now();
        if Duration::try_from(now.duration_since(self.written)).is_ok_and(|past| past >= EVERY) {
            self.write(now).await?;
        }
        Ok(())
    }

    /// Writes the upload as it is.
    pub(crate) async fn write(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.upload.updated_at = now;
        self.upload = self.store.put_upload(self.upload.clone()).await?;
        self.written = now;
        Ok(())
    }
}
