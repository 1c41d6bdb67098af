//! Campaigns in which something is plainly wrong are paused, with the reason.

use switchboard_domain::Campaign;
use switchboard_store::{CallFilter, StoreError};

use crate::tick::{LastDone, Scheduler};

/// Calls looked at: the youngest of the campaign.
const MOST: u32 = 200;
/// Looks after a call ended: the index of calls follows a moment behind the count.
const LOOKS: u32 = 2;

impl Scheduler {
    /// Pauses the campaigns whose latest calls say that they should be. The calls of a campaign are read only
    /// when some of them ended lately, or its rules are others: otherwise it costs one small read.
    pub(crate) async fn pause_by_itself(
        &self,
        running: &[Campaign],
        done: &mut LastDone,
    ) -> Result<(), StoreError> {
        done.ended
            .retain(|id, _| running.iter().any(|campaign| campaign.campaign_id == *id));
        for campaign in running {
            let ended = self.store.ended_calls(&campaign.campaign_id).await?;
            let seen = (ended, campaign.rules_version);
            let looks = match done.ended.get(&campaign.campaign_id) {
                Some((before, looks)) if *before == seen => *looks,
                _ => 0,
            };
            if looks >= LOOKS {
                continue;
            }
            let filter = CallFilter {
                campaign_id: Some(campaign.campaign_id.clone()),
                ..CallFilter::default()
            };
            let calls = self.store.list_calls(&filter, None, MOST).await?.items;
            let now = self.clock.now();
            // What was wrong before somebody resumed it is known.
            let since = campaign.running_since();
            if let Some(reason) = campaign.rules.auto_pause.reason(&calls, since, now) {
                self.pause(campaign, &reason).await?;
            }
            done.ended.insert(campaign.campaign_id.clone(), (seen, looks + 1));
        }
        Ok(())
    }

    /// Pauses the campaigns that want more credits than are left. The provider is asked only where one of them
    /// says how many; one that does not answer pauses nobody.
    pub(crate) async fn pause_without_credits(&self, running: &[Campaign]) -> Result<(), StoreError> {
        let wants_credits = |campaign: &&Campaign| campaign.rules.auto_pause.least_credits.is_some();
        let asking: Vec<&Campaign> = running.iter().filter(wants_credits).collect();
        if asking.is_empty() {
            return Ok(());
        }
        let left = match self.provider.get_subscription().await {
            Ok(quota) => quota.remaining(),
            Err(error) => {
                tracing::warn!(error = %error.explain(), "the provider did not say what credits are left");
                return Ok(());
            }
        };
        for campaign in asking {
            if let Some(reason) = campaign.rules.auto_pause.credits_low(left) {
                self.pause(campaign, &reason).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn pause(&self, campaign: &Campaign, reason: &str) -> Result<(), StoreError> {
        let (id, now) = (&campaign.campaign_id, self.clock.now());
        if self.store.pause_because(id, reason, now).await? {
            tracing::warn!(campaign.id = %id, reason, "a campaign pauses by itself");
        }
        Ok(())
    }
}
