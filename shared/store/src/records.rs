//! The few ways in which every record is read and written.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use serde::de::DeserializeOwned;

use crate::error::{if_it_held, unavailable};
use crate::item::{Item, from_item, n, s};
use crate::keys::Key;
use crate::{Cursor, Page, Store, StoreError};

impl Store {
    /// The record at a key, read consistently.
    pub(crate) async fn find<T: DeserializeOwned>(
        &self,
        table: &str,
        key: &Key,
    ) -> Result<Option<T>, StoreError> {
        self.find_item(table, key).await?.map(from_item).transpose()
    }

    /// The record at a key as it was a moment ago, for half the price: what was just written may not be in it. For whoever
    /// looks again anyway, or whose write is refused when it is not so any more.
    pub(crate) async fn glance<T: DeserializeOwned>(
        &self,
        table: &str,
        key: &Key,
    ) -> Result<Option<T>, StoreError> {
        self.glance_at_item(table, key).await?.map(from_item).transpose()
    }

    pub(crate) async fn glance_at_item(&self, table: &str, key: &Key) -> Result<Option<Item>, StoreError> {
        let get = self.db.get_item().table_name(table).set_key(Some(key.item()));
        let answer = get.send().await.map_err(unavailable("DynamoDB", "GetItem"))?;
        Ok(answer.item)
    }

    pub(crate) async fn find_item(&self, table: &str, key: &Key) -> Result<Option<Item>, StoreError> {
        let answer = self
            .db
            .get_item()
            .table_name(table)
            .set_key(Some(key.item()))
            .consistent_read(true)
            .send()
            .await
            .map_err(unavailable("DynamoDB", "GetItem"))?;
        Ok(answer.item)
    }

    /// Writes an item, whatever was there.
    pub(crate) async fn put(&self, table: &str, item: Item) -> Result<(), StoreError> {
        self.db
            .put_item()
            .table_name(table)
            .set_item(Some(item))
            .send()
            .await
            .map_err(unavailable("DynamoDB", "PutItem"))?;
        Ok(())
    }

    /// Writes an item that must not be there yet; answers whether it was not.
    pub(crate) async fn create(&self, table: &str, item: Item) -> Result<bool, StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        Ok(if_it_held(put, "PutItem")?.is_some())
    }

    /// Writes an item over the version that was read.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when somebody else was faster.
    pub(crate) async fn put_if_version(&self, table: &str, item: Item, read: u64) -> Result<(), StoreError> {
        let put = self
            .db
            .put_item()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", n(read))
            .send()
            .await;
        if_it_held(put, "PutItem")?.map(drop).ok_or(StoreError::Stale)
    }

    pub(crate) async fn delete(&self, table: &str, key: &Key) -> Result<(), StoreError> {
        self.db
            .delete_item()
            .table_name(table)
            .set_key(Some(key.item()))
            .send()
            .await
            .map_err(unavailable("DynamoDB", "DeleteItem"))?;
        Ok(())
    }

    /// Records of one kind, newest first.
    pub(crate) async fn list_kind<T: DeserializeOwned>(
        &self,
        table: &str,
        kind: &str,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<T>, StoreError> {
        let answer = self
            .kind_query(table, kind)
            .set_exclusive_start_key(cursor.and_then(Cursor::start_key))
            .limit(i32::try_from(limit.max(1)).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(unavailable("DynamoDB", "Query"))?;
        let items = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(from_item)
            .collect::<Result<_, _>>()?;
        Ok(Page {
            items,
            next: answer.last_evaluated_key.map(|last| Cursor::after(0, &last)),
        })
    }

    pub(crate) fn kind_query(&self, table: &str, kind: &str) -> QueryFluentBuilder {
        self.db
            .query()
            .table_name(table)
            .index_name("by-time")
            .key_condition_expression("#kind = :kind")
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_values(":kind", s(kind))
            .scan_index_forward(false)
    }

    /// Every item of one partition whose sort key begins with `prefix`.
    pub(crate) async fn partition(
        &self,
        table: &str,
        pk: &str,
        prefix: &str,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let query = self
                .db
                .query()
                .table_name(table)
                .expression_attribute_values(":pk", s(pk));
            // DynamoDB refuses an empty text in a condition on a key.
            let query = if prefix.is_empty() {
                query.key_condition_expression("pk = :pk")
            } else {
                query
                    .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                    .expression_attribute_values(":prefix", s(prefix))
            };
            let answer = query
                .consistent_read(true)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(unavailable("DynamoDB", "Query"))?;
            items.extend(answer.items.unwrap_or_default());
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }
}
