//! The wanted state of the dial queue.

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;
use switchboard_domain::{LimitChange, QueueSettings, QueueState};

use crate::error::unavailable;
use crate::item::{Item, from_item, n, s, to_item};
use crate::transaction::{Transaction, When};
use crate::{Store, StoreError, keys};

impl Store {
    /// The settings as they are; written with the deployment's limit when nobody has changed them yet.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn queue_settings(
        &self,
        default_limit: u32,
        now: Timestamp,
    ) -> Result<QueueSettings, StoreError> {
        let (table, key) = (&self.config.system_table, keys::queue_settings());
        if let Some(settings) = self.find_queue_settings().await? {
            return Ok(settings);
        }
        let settings = QueueSettings {
            state: QueueState::Running,
            concurrency_limit: default_limit,
            slots_in_use: 0,
            updated_at: now,
        };
        let mut item = to_item(&settings)?;
        key.put_into(&mut item);
        self.put(table, limit_item(default_limit, now)?).await?;
        if self.create(table, item).await? {
            return Ok(settings);
        }
        self.find(table, &key).await?.ok_or(StoreError::Stale)
    }

    /// The settings as they are, for whoever must not decide what they begin with; none until somebody did.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_queue_settings(&self) -> Result<Option<QueueSettings>, StoreError> {
        self.find(&self.config.system_table, &keys::queue_settings())
            .await
    }

    /// The settings as they were a moment ago, for half the price: for whoever looks again and again.
    pub(crate) async fn glance_at_queue_settings(&self) -> Result<Option<QueueSettings>, StoreError> {
        self.glance(&self.config.system_table, &keys::queue_settings())
            .await
    }

    /// Sets the concurrency limit. Once this answers, no dial begins above it.
    ///
    /// # Errors
    /// When the table does not answer, or the settings were never read.
    pub async fn set_concurrency_limit(
        &self,
        limit: u32,
        now: Timestamp,
    ) -> Result<QueueSettings, StoreError> {
        let table = &self.config.system_table;
        let mut tx = Transaction::new();
        tx.update(
            (),
            table,
            &keys::queue_settings(),
            "SET concurrency_limit = :limit, updated_at = :now",
            When::present()
                .value(":limit", n(limit))
                .value(":now", s(now.to_string())),
        );
        tx.put((), table, limit_item(limit, now)?, When::always());
        tx.commit(&self.db).await?;
        let settings = self.find(table, &keys::queue_settings()).await?;
        settings.ok_or(StoreError::Stale)
    }

    /// Every limit that was set, oldest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn limit_changes(&self) -> Result<Vec<LimitChange>, StoreError> {
        let items = self.partition(&self.config.system_table, "LIMITS", "").await?;
        items.into_iter().map(from_item).collect()
    }

    /// Starts or stops the queue. Once this answers `stopped`, no dial begins.
    ///
    /// # Errors
    /// When the table does not answer, or the settings were never read.
    pub async fn set_queue_state(
        &self,
        state: QueueState,
        now: Timestamp,
    ) -> Result<QueueSettings, StoreError> {
        let state = match state {
            QueueState::Running => "running",
            QueueState::Stopped => "stopped",
        };
        self.change_settings("state", s(state), now).await
    }

    async fn change_settings(
        &self,
        name: &str,
        value: aws_sdk_dynamodb::types::AttributeValue,
        now: Timestamp,
    ) -> Result<QueueSettings, StoreError> {
        let answer = self
            .db
            .update_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::queue_settings().item()))
            .update_expression("SET #name = :value, updated_at = :now")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#name", name)
            .expression_attribute_values(":value", value)
            .expression_attribute_values(":now", s(now.to_string()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await
            .map_err(unavailable("DynamoDB", "UpdateItem"))?;
        from_item(answer.attributes.unwrap_or_default())
    }
}

fn limit_item(limit: u32, at: Timestamp) -> Result<Item, StoreError> {
    let mut item = to_item(&LimitChange { at, limit })?;
    keys::limit_change(at).put_into(&mut item);
    Ok(item)
}
