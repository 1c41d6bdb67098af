//! What each provider answers to questions that are no dials. One asks for all: whoever is the first to write down
//! that it asks.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{ProviderKind, ProviderWatch};

use crate::item::{n, to_item};
use crate::{Store, StoreError, keys};

impl Store {
    /// What is known of a provider.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn provider_watch(&self, provider: ProviderKind) -> Result<ProviderWatch, StoreError> {
        let key = keys::provider_watch(provider.as_str());
        let watch = self.find(&self.config.system_table, &key).await?;
        Ok(watch.unwrap_or_else(|| ProviderWatch::fresh(provider)))
    }

    /// Takes the turn to ask a provider that was last asked `patience` ago or earlier; none when it was asked since,
    /// or somebody else takes the turn at this moment.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn take_watch(
        &self,
        provider: ProviderKind,
        patience: SignedDuration,
        now: Timestamp,
    ) -> Result<Option<ProviderWatch>, StoreError> {
        let mut watch = self.provider_watch(provider).await?;
        if !watch.is_due(patience, now) {
            return Ok(None);
        }
        watch.asked_at = Some(now);
        Ok(match self.put_provider_watch(&watch).await? {
            true => Some(ProviderWatch {
                version: watch.version + 1,
                ..watch
            }),
            false => None,
        })
    }

    /// Writes what was learned; answers whether nobody else wrote since it was read.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_provider_watch(&self, watch: &ProviderWatch) -> Result<bool, StoreError> {
        let mut item = to_item(watch)?;
        keys::provider_watch(watch.provider.as_str()).put_into(&mut item);
        item.insert("version".into(), n(watch.version + 1));
        let table = &self.config.system_table;
        if watch.version == 0 {
            return self.create(table, item).await;
        }
        match self.put_if_version(table, item, watch.version).await {
            Ok(()) => Ok(true),
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
