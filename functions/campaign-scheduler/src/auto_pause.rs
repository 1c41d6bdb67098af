//! Campaigns in which something is plainly wrong are paused, with the reason.

use switchboard_domain::{Campaign, CampaignStatus};
use switchboard_store::{CallFilter, StoreError};

use crate::tick::Scheduler;

/// Calls looked at: the youngest of the campaign.
const MOST: u32 = 200;

impl Scheduler {
    /// Pauses the campaigns whose latest calls say that they should be.
    pub(crate) async fn pause_by_itself(&self, running: &[Campaign]) -> Result<(), StoreError> {
        for campaign in running {
            let filter = CallFilter {
                campaign_id: Some(campaign.campaign_id.clone()),
                ..CallFilter::default()
            };
            let calls = self.store.list_calls(&filter, None, MOST).await?.items;
            let now = self.clock.now();
            // What was wrong before somebody resumed it is known.
            let resumed = campaign
                .changes
                .iter()
                .rev()
                .take_while(|change| change.status == CampaignStatus::Running);
            let since = resumed.last().map(|change| change.at).or(campaign.started_at);
            let since = since.unwrap_or(campaign.created_at);
            if let Some(reason) = campaign.rules.auto_pause.reason(&calls, since, now) {
                tracing::warn!(campaign.id = %campaign.campaign_id, reason, "a campaign pauses by itself");
                self.store
                    .pause_because(&campaign.campaign_id, &reason, now)
                    .await?;
            }
        }
        Ok(())
    }
}
