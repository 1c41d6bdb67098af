//! Many items at once, for what may be overwritten.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest};
use futures::{StreamExt, TryStreamExt, stream};

use crate::error::unavailable;
use crate::item::Item;
use crate::keys::Key;
use crate::{Store, StoreError};

/// Most items in one batch.
const BATCH: usize = 25;
/// Most keys in one batch that is read.
const GET_BATCH: usize = 100;
/// Batches on their way at a time.
const AT_ONCE: usize = 8;
/// How often left-over items of a batch are sent again before it is given up.
const MAX_ROUNDS: u32 = 12;

impl Store {
    /// Puts items, over whatever is there.
    pub(crate) async fn put_all(&self, table: &str, items: Vec<Item>) -> Result<(), StoreError> {
        // The only required field is set.
        let put = |item| PutRequest::builder().set_item(Some(item)).build().ok();
        let requests = items
            .into_iter()
            .filter_map(put)
            .map(|p| WriteRequest::builder().put_request(p).build())
            .collect();
        self.write_all(table, requests).await
    }

    /// Deletes items, whether they are there or not.
    pub(crate) async fn delete_all(&self, table: &str, keys: &[Key]) -> Result<(), StoreError> {
        // The only required field is set.
        let delete = |key: &Key| DeleteRequest::builder().set_key(Some(key.item())).build().ok();
        let requests = keys
            .iter()
            .filter_map(delete)
            .map(|d| WriteRequest::builder().delete_request(d).build())
            .collect();
        self.write_all(table, requests).await
    }

    /// Deletes what a partition has under `prefix`; doing it again goes on where it stopped.
    pub(crate) async fn delete_partition(
        &self,
        table: &str,
        pk: &str,
        prefix: &str,
    ) -> Result<(), StoreError> {
        let items = self.partition(table, pk, prefix).await?;
        let keys: Vec<_> = items.iter().filter_map(Key::of).collect();
        self.delete_all(table, &keys).await
    }

    /// Writes in batches, several at a time: the items are spread over partitions.
    async fn write_all(&self, table: &str, requests: Vec<WriteRequest>) -> Result<(), StoreError> {
        let batches = requests.chunks(BATCH).map(<[WriteRequest]>::to_vec);
        stream::iter(batches.map(|batch| self.write_batch(table, batch)))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn write_batch(&self, table: &str, batch: Vec<WriteRequest>) -> Result<(), StoreError> {
        let mut left = Some(HashMap::from([(table.to_owned(), batch)]));
        for round in 0..MAX_ROUNDS {
            let answer = self
                .db
                .batch_write_item()
                .set_request_items(left.take())
                .send()
                .await
                .map_err(unavailable("DynamoDB", "BatchWriteItem"))?;
            left = answer.unprocessed_items.filter(|items| !items.is_empty());
            if left.is_none() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50 << round.min(7))).await;
        }
        Err(given_up("BatchWriteItem"))
    }

    /// Which of these keys have an item, by their place in `keys`; several batches at a time.
    pub(crate) async fn which_exist(&self, table: &str, keys: &[Key]) -> Result<Vec<bool>, StoreError> {
        let found = self.items_of(table, keys, Some("pk, sk"), false).await?;
        Ok(keys.iter().map(|key| found.contains_key(key)).collect())
    }

    /// The items of these keys, as far as there are any; several batches at a time. `projection` names the
    /// attributes that are read; none: all. Read `consistent`ly, what was written a moment ago is there.
    pub(crate) async fn items_of(
        &self,
        table: &str,
        keys: &[Key],
        projection: Option<&str>,
        consistent: bool,
    ) -> Result<HashMap<Key, Item>, StoreError> {
        // One request may not name a key twice.
        let distinct: HashSet<&Key> = keys.iter().collect();
        let wanted: Vec<Item> = distinct.into_iter().map(Key::item).collect();
        let batches: Vec<Vec<Item>> = wanted.chunks(GET_BATCH).map(<[Item]>::to_vec).collect();
        let found: Vec<Vec<(Key, Item)>> = stream::iter(
            batches
                .into_iter()
                .map(|batch| self.get_batch(table, batch, projection, consistent)),
        )
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn get_batch(
        &self,
        table: &str,
        mut wanted: Vec<Item>,
        projection: Option<&str>,
        consistent: bool,
    ) -> Result<Vec<(Key, Item)>, StoreError> {
        let mut found = Vec::new();
        for round in 0..MAX_ROUNDS {
            let keys = KeysAndAttributes::builder()
                .set_keys(Some(wanted))
                .consistent_read(consistent)
                .set_projection_expression(projection.map(str::to_owned))
                .build()
                .map_err(unavailable_input)?;
            let answer = self
                .db
                .batch_get_item()
                .request_items(table, keys)
                .send()
                .await
                .map_err(unavailable("DynamoDB", "BatchGetItem"))?;
            let items = answer.responses.unwrap_or_default().into_values().flatten();
            found.extend(items.filter_map(|item| Some((Key::of(&item)?, item))));
            let left = answer.unprocessed_keys.unwrap_or_default().into_values();
            wanted = left.flat_map(|left| left.keys).collect();
            if wanted.is_empty() {
                return Ok(found);
            }
            tokio::time::sleep(Duration::from_millis(50 << round.min(7))).await;
        }
        Err(given_up("BatchGetItem"))
    }
}

fn given_up(operation: &'static str) -> StoreError {
    StoreError::Unavailable {
        service: "DynamoDB",
        operation,
        code: "Unprocessed".to_owned(),
        cause: None,
    }
}

fn unavailable_input(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable {
        service: "DynamoDB",
        operation: "BatchGetItem",
        code: error.to_string(),
        cause: Some(Box::new(error)),
    }
}
