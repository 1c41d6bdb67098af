//! Up to where a provider's conversations are known to be complete.

use jiff::Timestamp;
use switchboard_domain::ProviderKind;

use crate::item::{n, number, s};
use crate::{Store, StoreError, keys};

impl Store {
    /// Conversations that began before this moment are complete.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn sync_mark(&self, provider: ProviderKind) -> Result<Option<Timestamp>, StoreError> {
        let item = self
            .find_item(&self.config.system_table, &keys::sync_mark(provider.as_str()))
            .await?;
        Ok(item.and_then(|item| Timestamp::from_second(number(&item, "mark")).ok()))
    }

    /// Keeps what the last run did, as it told it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_sync_summary(
        &self,
        summary: &serde_json::Value,
        finished_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut item = keys::sync_summary().item();
        item.insert("summary".into(), s(summary.to_string()));
        item.insert("finished_at".into(), s(finished_at.to_string()));
        self.put(&self.config.system_table, item).await
    }

    /// What the last run did, and when it ended.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn sync_summary(&self) -> Result<Option<(serde_json::Value, Timestamp)>, StoreError> {
        let table = &self.config.system_table;
        let item = self.find_item(table, &keys::sync_summary()).await?;
        Ok(item.and_then(|item| {
            let text = |name| item.get(name)?.as_s().ok().cloned();
            let summary = serde_json::from_str(&text("summary")?).ok()?;
            Some((summary, text("finished_at")?.parse().ok()?))
        }))
    }

    /// Moves the mark.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_sync_mark(&self, provider: ProviderKind, mark: Timestamp) -> Result<(), StoreError> {
        let mut item = keys::sync_mark(provider.as_str()).item();
        item.insert("mark".into(), n(mark.as_second()));
        self.put(&self.config.system_table, item).await
    }
}
