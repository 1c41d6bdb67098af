//! Exports of the call log.

use switchboard_domain::{Export, ExportId};

use crate::item::{s, to_item};
use crate::{Cursor, Page, Store, StoreError, keys};

impl Store {
    /// Writes an export as it is now.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_export(&self, export: &Export) -> Result<(), StoreError> {
        let mut item = to_item(export)?;
        keys::export(&export.export_id).put_into(&mut item);
        item.insert("kind".into(), s("export"));
        item.insert(
            "sort".into(),
            keys::time_and(export.created_at, export.export_id.as_str()),
        );
        self.put(&self.config.system_table, item).await
    }

    /// The export with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_export(&self, id: &ExportId) -> Result<Option<Export>, StoreError> {
        self.find(&self.config.system_table, &keys::export(id)).await
    }

    /// Exports, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_exports(
        &self,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Export>, StoreError> {
        self.list_kind(&self.config.system_table, "export", cursor, limit)
            .await
    }
}
