//! The rules that new campaigns have when nothing else is said.

use serde::{Deserialize, Serialize};
use switchboard_domain::CampaignRules;

use crate::item::to_item;
use crate::{Store, StoreError, keys};

/// The item: what is in it besides its key.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    rules: CampaignRules,
}

impl Store {
    /// The rules of new campaigns: those of the product until somebody sets others.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn campaign_defaults(&self) -> Result<CampaignRules, StoreError> {
        let found = self
            .find(&self.config.system_table, &keys::campaign_defaults())
            .await?;
        let kept: Option<Kept> = found;
        Ok(kept.unwrap_or_default().rules)
    }

    /// Sets the rules of new campaigns.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_campaign_defaults(&self, rules: &CampaignRules) -> Result<(), StoreError> {
        let mut item = to_item(&Kept { rules: rules.clone() })?;
        keys::campaign_defaults().put_into(&mut item);
        self.put(&self.config.system_table, item).await
    }
}
