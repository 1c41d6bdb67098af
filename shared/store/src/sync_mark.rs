//! Up to where a provider's conversations are known to be complete.

use jiff::Timestamp;
use switchboard_domain::ProviderKind;

use crate::item::{n, number};
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
