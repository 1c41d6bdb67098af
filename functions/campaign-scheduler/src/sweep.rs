//! Recipients that move without a call: those of an ended campaign, and failed ones to try again.

use switchboard_domain::{Campaign, CampaignId, CampaignStatus, RecipientEvent, RecipientStatus, SkipReason};
use switchboard_store::{Cursor, StoreError};

use crate::tick::Scheduler;

/// Recipients moved in one step, so that other campaigns get their turn.
const MOST_PER_STEP: u32 = 500;

impl Scheduler {
    /// Moves recipients of every campaign that asks for it; answers whether any are left.
    pub(crate) async fn sweep_all(&self) -> Result<bool, StoreError> {
        let sweeps = self.store.sweeps().await?;
        for id in &sweeps {
            self.sweep(id).await?;
        }
        Ok(!sweeps.is_empty())
    }

    async fn sweep(&self, id: &CampaignId) -> Result<(), StoreError> {
        let Some(campaign) = self.store.find_campaign(id).await? else {
            return self.store.finish_sweep(id, u64::MAX).await;
        };
        if campaign.status == CampaignStatus::Cancelled {
            return self.sweep_cancelled(&campaign).await;
        }
        if campaign.retry_failed_asked {
            return self.sweep_failed(&campaign).await;
        }
        if campaign.new_hours.is_some() && !campaign.status.is_final() {
            return self.sweep_new_hours(&campaign).await;
        }
        // Done already, and only the note is left.
        self.store.finish_sweep(id, campaign.version).await
    }

    async fn sweep_cancelled(&self, campaign: &Campaign) -> Result<(), StoreError> {
        for status in [RecipientStatus::Queued, RecipientStatus::Pending] {
            self.move_all(campaign, status, RecipientEvent::Cancelled).await?;
        }
        // A call that is being placed can still come back to `pending`.
        if self
            .store
            .campaign_counts(&campaign.campaign_id)
            .await?
            .is_finished()
        {
            self.store
                .finish_sweep(&campaign.campaign_id, campaign.version)
                .await?;
        }
        Ok(())
    }

    /// Gives the next recipients that wait the times of the new calling hours.
    async fn sweep_new_hours(&self, campaign: &Campaign) -> Result<(), StoreError> {
        let place = campaign.new_hours.as_deref().unwrap_or_default();
        let cursor = Cursor::decode(place).ok();
        let waiting = Some(RecipientStatus::Pending);
        let page = self
            .store
            .list_recipients(&campaign.campaign_id, waiting, cursor.as_ref(), MOST_PER_STEP)
            .await?;
        let now = self.clock.now();
        for recipient in &page.items {
            let mut later = recipient.clone();
            let from = recipient.not_before.unwrap_or(now).max(now);
            later.wait_until(from, &campaign.rules.calling_hours);
            if later.due_at != recipient.due_at {
                self.store.put_off(recipient, later.due_at, now).await?;
            }
        }
        let next = page.next.map(|next| next.encode());
        let done = next.is_none();
        let written = self
            .store
            .update_campaign(&campaign.campaign_id, |current| {
                // Changed once more: everybody again.
                if current.rules_version != campaign.rules_version {
                    return Ok::<_, std::convert::Infallible>(false);
                }
                current.new_hours.clone_from(&next);
                Ok(true)
            })
            .await?;
        match written.and_then(Result::ok) {
            Some(written) if done && written.new_hours.is_none() => {
                self.store
                    .finish_sweep(&campaign.campaign_id, written.version)
                    .await
            }
            _ => Ok(()),
        }
    }

    async fn sweep_failed(&self, campaign: &Campaign) -> Result<(), StoreError> {
        let failed = [
            RecipientStatus::Failed,
            RecipientStatus::NoAnswer,
            RecipientStatus::Busy,
            RecipientStatus::Voicemail,
        ];
        let mut left = false;
        for status in failed {
            left |= self
                .move_all(campaign, status, RecipientEvent::RetryAsked)
                .await?
                >= MOST_PER_STEP;
        }
        if left {
            return Ok(());
        }
        let settled = self
            .store
            .update_campaign(&campaign.campaign_id, |campaign| {
                campaign.retry_failed_asked = false;
                Ok::<_, std::convert::Infallible>(true)
            })
            .await?;
        let settled = settled.and_then(Result::ok);
        if settled
            .as_ref()
            .is_some_and(|campaign| campaign.new_hours.is_some())
        {
            return Ok(());
        }
        let version = settled.map_or(u64::MAX, |campaign| campaign.version);
        self.store.finish_sweep(&campaign.campaign_id, version).await
    }

    /// Skips everybody who is left when a campaign's end has come.
    pub(crate) async fn skip_after_end(&self, campaign: &Campaign) -> Result<(), StoreError> {
        let skip = RecipientEvent::Skipped(SkipReason::WindowClosed);
        for status in [RecipientStatus::Queued, RecipientStatus::Pending] {
            self.move_all(campaign, status, skip).await?;
        }
        Ok(())
    }

    /// Moves recipients of one status, as many as fit in a step; answers how many were seen.
    async fn move_all(
        &self,
        campaign: &Campaign,
        status: RecipientStatus,
        event: RecipientEvent,
    ) -> Result<u32, StoreError> {
        let page = self
            .store
            .list_recipients(&campaign.campaign_id, Some(status), None, MOST_PER_STEP)
            .await?;
        let seen = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
        let now = self.clock.now();
        for recipient in page.items {
            // The list is a moment old: whoever moved meanwhile is refused by its version.
            self.store
                .move_idle_recipient(&recipient, event, now, now)
                .await?;
        }
        Ok(seen)
    }
}
