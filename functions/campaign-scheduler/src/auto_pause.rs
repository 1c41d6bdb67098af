//! Campaigns in which something is plainly wrong are paused, with the reason.

use std::collections::HashMap;

use switchboard_domain::{Campaign, CampaignId, ProviderKind};
use switchboard_store::{CallFilter, StoreError};

use crate::tick::{LastDone, Scheduler};

/// Calls looked at: the youngest of the campaign.
const MOST: u32 = 200;
/// Looks after a call ended: the index of calls follows a moment behind the count.
const LOOKS: u32 = 2;

/// By what the calls of a campaign were judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// How many of them had ended.
    ended: u64,
    /// Which version of its rules it was.
    rules_version: u64,
}

/// What was looked at already, and how often.
#[derive(Debug, Default)]
pub(crate) struct Judged(HashMap<CampaignId, (Seen, u32)>);

impl Judged {
    /// Whether the calls are worth another look.
    fn is_news(&self, id: &CampaignId, seen: Seen) -> bool {
        !matches!(self.0.get(id), Some((before, looks)) if *before == seen && *looks >= LOOKS)
    }

    /// Notes a look.
    fn note(&mut self, id: &CampaignId, seen: Seen) {
        let looks = match self.0.get(id) {
            Some((before, looks)) if *before == seen => looks + 1,
            _ => 1,
        };
        self.0.insert(id.clone(), (seen, looks));
    }

    fn keep(&mut self, stays: impl Fn(&CampaignId) -> bool) {
        self.0.retain(|id, _| stays(id));
    }
}

impl Scheduler {
    /// Pauses the campaigns whose latest calls say that they should be. The calls of a campaign are read only
    /// when some of them ended lately, or its rules are others: otherwise it costs one small read.
    pub(crate) async fn pause_by_itself(
        &self,
        running: &[Campaign],
        done: &mut LastDone,
    ) -> Result<(), StoreError> {
        done.judged
            .keep(|id| running.iter().any(|campaign| campaign.campaign_id == *id));
        for campaign in running {
            let ended = self.store.ended_calls(&campaign.campaign_id).await?;
            let seen = Seen {
                ended,
                rules_version: campaign.rules_version,
            };
            if !done.judged.is_news(&campaign.campaign_id, seen) {
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
            done.judged.note(&campaign.campaign_id, seen);
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
        for provider in ProviderKind::ALL {
            let theirs: Vec<&Campaign> = asking
                .iter()
                .copied()
                .filter(|one| one.provider == provider)
                .collect();
            if !theirs.is_empty() {
                self.pause_at(provider, &theirs).await?;
            }
        }
        Ok(())
    }

    async fn pause_at(&self, provider: ProviderKind, asking: &[&Campaign]) -> Result<(), StoreError> {
        let left = match self.providers.get(provider).get_subscription().await {
            Ok(quota) => quota.credits_left(),
            Err(error) => {
                tracing::warn!(error = %error.explain_at(provider), "the provider did not say what credits are left");
                return Ok(());
            }
        };
        // A provider without credits runs out of none.
        let Some(left) = left else { return Ok(()) };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_campaign_is_looked_at_twice_and_then_only_when_a_call_ends_or_its_rules_change() {
        let (mut judged, id) = (Judged::default(), CampaignId::derived(&["renewals"]));
        let mut looks = |ended, rules_version| {
            let seen = Seen { ended, rules_version };
            let mut looks = 0;
            for _ in 0..100 {
                if judged.is_news(&id, seen) {
                    judged.note(&id, seen);
                    looks += 1;
                }
            }
            looks
        };
        assert_eq!(looks(0, 0), LOOKS);
        assert_eq!(looks(1, 0), LOOKS, "a call ended");
        assert_eq!(looks(1, 1), LOOKS, "it has other rules");
        assert_eq!(looks(1, 1), 0);
        let seen = Seen {
            ended: 1,
            rules_version: 1,
        };
        judged.keep(|_| false);
        assert!(judged.is_news(&id, seen), "it runs again after a pause");
    }
}
