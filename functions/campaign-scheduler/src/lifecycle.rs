//! Campaigns that begin and end by themselves.

use jiff::Timestamp;
use switchboard_domain::{Campaign, CampaignAction, CampaignStatus};
use switchboard_store::StoreError;

use crate::tick::Scheduler;

impl Scheduler {
    /// Starts the campaigns whose time has come.
    pub(crate) async fn start_scheduled(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut cursor = None;
        loop {
            let page = self
                .store
                .list_campaigns(Some(CampaignStatus::Scheduled), cursor.as_ref(), 100)
                .await?;
            for campaign in &page.items {
                if campaign.start_at.is_none_or(|at| at <= now) {
                    // One that was paused or cancelled meanwhile refuses, which is right.
                    let _ = self
                        .store
                        .act_on_campaign(&campaign.campaign_id, CampaignAction::Start, now)
                        .await?;
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Completes the campaigns that have nobody left to call.
    pub(crate) async fn complete_finished(&self, running: &[Campaign]) -> Result<(), StoreError> {
        for seen in running {
            // The list is a moment old, and people may have been added since.
            let Some(campaign) = self.store.find_campaign(&seen.campaign_id).await? else {
                continue;
            };
            let settled = campaign.layout.done && !campaign.retry_failed_asked;
            if !settled
                || !self
                    .store
                    .campaign_counts(&campaign.campaign_id)
                    .await?
                    .is_finished()
            {
                continue;
            }
            let now = self.clock.now();
            let done = self
                .store
                .act_on_campaign(&campaign.campaign_id, CampaignAction::Complete, now)
                .await?;
            if let Some(Ok(campaign)) = done {
                tracing::info!(campaign.id = %campaign.campaign_id, "campaign completed");
            }
        }
        Ok(())
    }
}
