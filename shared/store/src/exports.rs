//! Exports of the call log.

use serde::Deserialize;
use serde_json::{Map, Value};
use switchboard_domain::{Export, ExportId};

use crate::item::{s, to_item};
use crate::{Cursor, Page, Store, StoreError, keys};

/// Under which name the table keeps what an export is: its own `kind` says that a record is an export.
const EXPORT_KIND: &str = "export_kind";

/// An export as the table keeps it.
#[derive(Deserialize)]
#[serde(try_from = "Map<String, Value>")]
struct KeptExport(Export);

impl TryFrom<Map<String, Value>> for KeptExport {
    type Error = serde_json::Error;

    fn try_from(mut fields: Map<String, Value>) -> Result<Self, serde_json::Error> {
        match fields.remove(EXPORT_KIND) {
            Some(kind) => fields.insert("kind".to_owned(), kind),
            // From before there were several: the calls.
            None => fields.remove("kind"),
        };
        serde_json::from_value(Value::Object(fields)).map(Self)
    }
}

impl Store {
    /// Writes an export as it is now.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_export(&self, export: &Export) -> Result<(), StoreError> {
        let mut item = to_item(export)?;
        keys::export(&export.export_id).put_into(&mut item);
        if let Some(kind) = item.insert("kind".into(), s("export")) {
            item.insert(EXPORT_KIND.into(), kind);
        }
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
        let kept = self.find(&self.config.system_table, &keys::export(id)).await?;
        Ok(kept.map(|KeptExport(export)| export))
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
        let page = self
            .list_kind(&self.config.system_table, "export", cursor, limit)
            .await?;
        Ok(Page {
            items: page.items.into_iter().map(|KeptExport(export)| export).collect(),
            next: page.next,
        })
    }
}
