//! The file, written in parts as it grows.

use bytes::Bytes;
use switchboard_store::{PartsUpload, Store, StoreError};

const CONTENT_TYPE: &str = "text/csv; charset=utf-8";

/// A CSV file on its way to S3. What is smaller than one part is written at once.
pub(crate) struct CsvFile<'a> {
    store: &'a Store,
    key: String,
    part_bytes: usize,
    csv: csv::Writer<Vec<u8>>,
    upload: Option<PartsUpload>,
}

impl<'a> CsvFile<'a> {
    pub(crate) fn begin<T: AsRef<[u8]>>(
        store: &'a Store,
        key: String,
        part_bytes: usize,
        header: impl IntoIterator<Item = T>,
    ) -> Result<Self, StoreError> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(header).map_err(std::io::Error::from)?;
        Ok(Self {
            store,
            key,
            part_bytes,
            csv,
            upload: None,
        })
    }

    /// Writes rows, each as long as the header.
    pub(crate) async fn write<R>(&mut self, rows: impl IntoIterator<Item = R>) -> Result<(), StoreError>
    where
        R: IntoIterator<Item = String>,
    {
        for row in rows {
            self.csv.write_record(row).map_err(std::io::Error::from)?;
        }
        self.csv.flush()?;
        if self.csv.get_ref().len() >= self.part_bytes {
            let part = self.take()?;
            self.put_part(part).await?;
        }
        Ok(())
    }

    /// Makes the file whole; it is there from now on.
    pub(crate) async fn finish(mut self) -> Result<(), StoreError> {
        let rest = self.take()?;
        if self.upload.is_none() {
            return self.store.files().put(&self.key, CONTENT_TYPE, rest).await;
        }
        if !rest.is_empty() {
            self.put_part(rest).await?;
        }
        match self.upload.take() {
            Some(upload) => upload.finish().await,
            None => Ok(()),
        }
    }

    /// Throws away what was written.
    pub(crate) async fn abandon(self) {
        if let Some(upload) = self.upload
            && let Err(error) = upload.abort().await
        {
            tracing::warn!(%error, "the unfinished file is left to the bucket's lifecycle rule");
        }
    }

    fn take(&mut self) -> Result<Bytes, StoreError> {
        let full = std::mem::replace(&mut self.csv, csv::Writer::from_writer(Vec::new()));
        let bytes = full.into_inner().map_err(|error| error.into_error())?;
        Ok(Bytes::from(bytes))
    }

    async fn put_part(&mut self, part: Bytes) -> Result<(), StoreError> {
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => none.insert(self.store.files().begin_parts(&self.key, CONTENT_TYPE).await?),
        };
        upload.write(part).await
    }
}
