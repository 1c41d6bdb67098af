//! Several writes that happen together or not at all.

use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    Update,
};

use crate::StoreError;
use crate::error::unavailable;
use crate::item::Item;
use crate::keys::Key;

/// Most items in one transaction.
pub(crate) const MAX_ITEMS: usize = 100;
/// How often a transaction that met another one is tried again.
const MAX_ATTEMPTS: u32 = 10;

/// What one write of a transaction needs to be true, with the values it names.
#[derive(Default)]
pub(crate) struct When {
    expression: Option<String>,
    names: Vec<(String, String)>,
    values: Vec<(String, AttributeValue)>,
}

impl When {
    /// No condition.
    pub(crate) fn always() -> Self {
        Self::default()
    }

    /// The item is not there.
    pub(crate) fn absent() -> Self {
        Self::expression("attribute_not_exists(pk)")
    }

    /// The item is there.
    pub(crate) fn present() -> Self {
        Self::expression("attribute_exists(pk)")
    }

    /// The item still has this version.
    pub(crate) fn version(version: u64) -> Self {
        Self::expression("#version = :version")
            .name("#version", "version")
            .value(":version", AttributeValue::N(version.to_string()))
    }

    /// A condition expression.
    pub(crate) fn expression(text: impl Into<String>) -> Self {
        Self {
            expression: Some(text.into()),
            ..Self::default()
        }
    }

    /// What a `#name` stands for.
    pub(crate) fn name(mut self, name: &str, attribute: &str) -> Self {
        self.names.push((name.to_owned(), attribute.to_owned()));
        self
    }

    /// What a `:value` stands for.
    pub(crate) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.push((name.to_owned(), value));
        self
    }
}

/// Why a transaction did not happen.
pub(crate) enum NotCommitted<T> {
    /// Conditions failed: which ones, each with the item as it is.
    Refused(Vec<(T, Option<Item>)>),
    /// It could not be done.
    Failed(StoreError),
}

impl<T> From<NotCommitted<T>> for StoreError {
    fn from(reason: NotCommitted<T>) -> Self {
        match reason {
            NotCommitted::Refused(_) => Self::Stale,
            NotCommitted::Failed(error) => error,
        }
    }
}

/// A transaction being put together. `T` names its parts, so that the caller learns which refused.
pub(crate) struct Transaction<T> {
    parts: Vec<T>,
    items: Vec<TransactWriteItem>,
}

impl<T: Copy> Transaction<T> {
    pub(crate) fn new() -> Self {
        Self {
            parts: Vec::new(),
            items: Vec::new(),
        }
    }

    fn push(&mut self, part: T, item: TransactWriteItem) {
        self.parts.push(part);
        self.items.push(item);
    }

    /// Writes a whole item.
    pub(crate) fn put(&mut self, part: T, table: &str, item: Item, when: When) {
        let mut put = Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .set_condition_expression(when.expression);
        for (name, attribute) in when.names {
            put = put.expression_attribute_names(name, attribute);
        }
        for (name, value) in when.values {
            put = put.expression_attribute_values(name, value);
        }
        // Table and item are set above.
        if let Ok(put) = put.build() {
            self.push(part, TransactWriteItem::builder().put(put).build());
        }
    }

    /// Changes attributes of an item; `when` also carries the names and values of `change`.
    pub(crate) fn update(&mut self, part: T, table: &str, key: &Key, change: &str, when: When) {
        let mut update = Update::builder()
            .table_name(table)
            .set_key(Some(key.item()))
            .update_expression(change)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .set_condition_expression(when.expression);
        for (name, attribute) in when.names {
            update = update.expression_attribute_names(name, attribute);
        }
        for (name, value) in when.values {
            update = update.expression_attribute_values(name, value);
        }
        // Table, key and expression are set above.
        if let Ok(update) = update.build() {
            self.push(part, TransactWriteItem::builder().update(update).build());
        }
    }

    /// Deletes an item.
    pub(crate) fn delete(&mut self, part: T, table: &str, key: &Key, when: When) {
        let mut delete = Delete::builder()
            .table_name(table)
            .set_key(Some(key.item()))
            .set_condition_expression(when.expression);
        for (name, attribute) in when.names {
            delete = delete.expression_attribute_names(name, attribute);
        }
        for (name, value) in when.values {
            delete = delete.expression_attribute_values(name, value);
        }
        // Table and key are set above.
        if let Ok(delete) = delete.build() {
            self.push(part, TransactWriteItem::builder().delete(delete).build());
        }
    }

    /// Needs something to be true of an item that is not written.
    pub(crate) fn check(&mut self, part: T, table: &str, key: &Key, when: When) {
        let mut check = ConditionCheck::builder()
            .table_name(table)
            .set_key(Some(key.item()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .condition_expression(when.expression.unwrap_or_default());
        for (name, attribute) in when.names {
            check = check.expression_attribute_names(name, attribute);
        }
        for (name, value) in when.values {
            check = check.expression_attribute_values(name, value);
        }
        // Table, key and condition are set above.
        if let Ok(check) = check.build() {
            self.push(part, TransactWriteItem::builder().condition_check(check).build());
        }
    }

    /// Commits. Meeting another transaction on the same item is waited out here.
    ///
    /// Every try has the same token: one that was carried out and whose answer was lost is then
    /// answered as done, and not refused by the conditions that it has itself made false.
    pub(crate) async fn commit(self, db: &aws_sdk_dynamodb::Client) -> Result<(), NotCommitted<T>> {
        let token = format!("{:032x}", rand::random::<u128>());
        for attempt in 0.. {
            let error = match db
                .transact_write_items()
                .client_request_token(&token)
                .set_transact_items(Some(self.items.clone()))
                .send()
                .await
            {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            match self.refusals(&error) {
                Some(refused) if !refused.is_empty() => return Err(NotCommitted::Refused(refused)),
                Some(_) if attempt < MAX_ATTEMPTS => back_off(attempt).await,
                _ => {
                    return Err(NotCommitted::Failed(unavailable(
                        "DynamoDB",
                        "TransactWriteItems",
                    )(error)));
                }
            }
        }
        unreachable!("the loop above only ends by returning")
    }

    /// The parts whose condition failed; empty when it was only a meeting of transactions; none
    /// when the error is of another kind.
    fn refusals(&self, error: &SdkError<TransactWriteItemsError>) -> Option<Vec<(T, Option<Item>)>> {
        let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.as_service_error()?
        else {
            return matches!(
                error.as_service_error()?,
                TransactWriteItemsError::TransactionInProgressException(_)
                    | TransactWriteItemsError::ProvisionedThroughputExceededException(_)
            )
            .then(Vec::new);
        };
        let mut refused = Vec::new();
        for (part, reason) in self.parts.iter().zip(cancelled.cancellation_reasons()) {
            match reason.code() {
                Some("ConditionalCheckFailed") => refused.push((*part, reason.item().cloned())),
                None | Some("None" | "TransactionConflict" | "ThrottlingError") => {}
                Some("ProvisionedThroughputExceeded") => {}
                Some(_) => return None,
            }
        }
        Some(refused)
    }
}

/// Waits a little longer each time, by chance, so that two that met do not meet again.
async fn back_off(attempt: u32) {
    let most = 20u64 << attempt.min(6);
    tokio::time::sleep(Duration::from_millis(rand::random_range(most / 2..=most))).await;
}
