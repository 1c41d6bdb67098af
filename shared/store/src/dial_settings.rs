//! What holds for every dial.

use serde::{Deserialize, Serialize};
use switchboard_domain::DialSettings;

use crate::item::to_item;
use crate::{Store, StoreError, keys};

/// The item: what is in it besides its key.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    settings: DialSettings,
}

impl Store {
    /// What holds for every dial: what the product has until somebody sets something else.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn dial_settings(&self) -> Result<DialSettings, StoreError> {
        let found = self
            .find(&self.config.system_table, &keys::dial_settings())
            .await?;
        let kept: Option<Kept> = found;
        Ok(kept.unwrap_or_default().settings)
    }

    /// Sets what holds for every dial from now on.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_dial_settings(&self, settings: &DialSettings) -> Result<(), StoreError> {
        let mut item = to_item(&Kept {
            settings: settings.clone(),
        })?;
        keys::dial_settings().put_into(&mut item);
        self.put(&self.config.system_table, item).await
    }
}
