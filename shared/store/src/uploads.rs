//! Uploads on their way to a contact list.

use switchboard_domain::{Upload, UploadId};

use crate::item::{Item, n, s, to_item};
use crate::{Cursor, Page, Store, StoreError, keys};

fn upload_item(upload: &Upload, version: u64) -> Result<Item, StoreError> {
    let mut item = to_item(upload)?;
    keys::upload(&upload.upload_id).put_into(&mut item);
    item.insert("kind".into(), s("upload"));
    item.insert(
        "sort".into(),
        keys::time_and(upload.created_at, upload.upload_id.as_str()),
    );
    item.insert("version".into(), n(version));
    Ok(item)
}

impl Store {
    /// Writes a new upload.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when one with this id exists.
    pub async fn create_upload(&self, upload: &Upload) -> Result<(), StoreError> {
        match self
            .create(&self.config.contacts_table, upload_item(upload, upload.version)?)
            .await?
        {
            true => Ok(()),
            false => Err(StoreError::Stale),
        }
    }

    /// The upload with this id, as it is at this moment.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_upload(&self, id: &UploadId) -> Result<Option<Upload>, StoreError> {
        self.find(&self.config.contacts_table, &keys::upload(id)).await
    }

    /// Writes an upload over the version that was read; answers it with its new version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when somebody else was faster.
    pub async fn put_upload(&self, mut upload: Upload) -> Result<Upload, StoreError> {
        let read = upload.version;
        upload.version += 1;
        let item = upload_item(&upload, upload.version)?;
        self.put_if_version(&self.config.contacts_table, item, read)
            .await?;
        Ok(upload)
    }

    /// Uploads, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_uploads(
        &self,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Upload>, StoreError> {
        self.list_kind(&self.config.contacts_table, "upload", cursor, limit)
            .await
    }
}
