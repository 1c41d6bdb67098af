//! Progress that people see while a file is read, and behind which an interrupted import goes on.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_domain::{Clock, Upload, UploadCounts};
use switchboard_store::{Store, StoreError};

use crate::import::LEASE;

/// Between writes of the progress.
const EVERY: Duration = Duration::from_millis(800);
/// Writes of the progress between renewals of the lease.
const WRITES_PER_RENEWAL: u32 = 8;

/// Writes the progress of an upload, now and then, and keeps its lease.
pub(crate) struct Progress<'a> {
    store: &'a Store,
    clock: &'a dyn Clock,
    lease: &'a str,
    holder: &'a str,
    written: Timestamp,
    writes: u32,
    /// The upload as it was last written.
    pub upload: Upload,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(
        store: &'a Store,
        clock: &'a dyn Clock,
        upload: Upload,
        lease: &'a str,
        holder: &'a str,
    ) -> Self {
        Self {
            store,
            clock,
            lease,
            holder,
            written: clock.now(),
            writes: 0,
            upload,
        }
    }

    /// Notes how far we are; writes it when the last write is a while ago.
    pub(crate) async fn note(
        &mut self,
        counts: UploadCounts,
        part: f64,
        places_written: u64,
    ) -> Result<(), StoreError> {
        self.upload.places_written = places_written;
        // A repeated import starts at the top of the file: what people see does not go back.
        self.upload.progress = part.clamp(0.0, 1.0).max(self.upload.progress);
        if counts.rows >= self.upload.counts.rows {
            self.upload.counts = counts;
        }
        let now = self.clock.now();
        if Duration::try_from(now.duration_since(self.written)).is_ok_and(|past| past >= EVERY) {
            self.write(now).await?;
        }
        Ok(())
    }

    /// Writes the upload as it is.
    ///
    /// # Errors
    /// When the table does not answer, or another invocation has taken over: this one must stop.
    pub(crate) async fn write(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.writes += 1;
        if self.writes.is_multiple_of(WRITES_PER_RENEWAL)
            && !self.store.take_lease(self.lease, self.holder, LEASE, now).await?
        {
            return Err(StoreError::Stale);
        }
        self.upload.updated_at = now;
        self.upload = self.store.put_upload(self.upload.clone()).await?;
        self.written = now;
        Ok(())
    }
}
