//! A campaign's counts, summed over their shards.

use switchboard_domain::{CampaignCounts, CampaignId, RecipientStatus};

use crate::item::number;
use crate::{Store, StoreError};

impl Store {
    /// How many recipients are in which status. Each shard is moved in one transaction with the
    /// recipient, so the sum adds up at every read.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn campaign_counts(&self, campaign: &CampaignId) -> Result<CampaignCounts, StoreError> {
        let pk = format!("CAMPAIGN#{campaign}");
        let mut counts = CampaignCounts::default();
        for item in self
            .partition(&self.config.campaigns_table, &pk, "COUNTS#")
            .await?
        {
            counts.total += u64::try_from(number(&item, "total")).unwrap_or(0);
            for status in RecipientStatus::ALL {
                counts.add(status, u64::try_from(number(&item, status.as_str())).unwrap_or(0));
            }
        }
        Ok(counts)
    }
}
