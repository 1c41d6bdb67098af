//! Many items at once, for what may be overwritten.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};

use crate::error::unavailable;
use crate::item::Item;
use crate::keys::Key;
use crate::{Store, StoreError};

/// Most items in one batch.
const BATCH: usize = 25;
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

    async fn write_all(&self, table: &str, requests: Vec<WriteRequest>) -> Result<(), StoreError> {
        for batch in requests.chunks(BATCH) {
            let mut left = Some(HashMap::from([(table.to_owned(), batch.to_vec())]));
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
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50 << round.min(7))).await;
            }
            if left.is_some() {
                return Err(StoreError::Unavailable {
                    service: "DynamoDB",
                    operation: "BatchWriteItem",
                    code: "UnprocessedItems".to_owned(),
                    cause: None,
                });
            }
        }
        Ok(())
    }
}
