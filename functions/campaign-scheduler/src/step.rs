//! One step: a look at everything that may need doing.

use switchboard_domain::{CallStatus, CampaignStatus};
use switchboard_store::{CallFilter, StoreError};

use crate::tick::{LastDone, Scheduler, TickSummary};

impl Scheduler {
    /// Takes one step; answers whether there is more to do.
    pub(crate) async fn step(
        &self,
        done: &mut LastDone,
        summary: &mut TickSummary,
    ) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let settings = self.store.queue_settings(self.default_limit, now).await?;
        if LastDone::is_due(done.capacity, self.pace.capacity, now) {
            self.repair_capacity(&settings).await;
            done.capacity = Some(now);
        }
        self.start_scheduled(now).await?;
        let sweeping = self.sweep_all().await?;
        let running = self.running_campaigns().await?;
        for campaign in &running {
            self.lay_out(campaign).await?;
        }
        let callable = self.callable(running.clone()).await?;
        let topped_up = self.top_up(&settings, &callable, u64::from(done.steps)).await?;
        summary.enqueued += topped_up.enqueued;
        done.people_wait = topped_up.people_wait;
        if done.people_wait {
            self.free_lines(&mut done.lines).await?;
        }
        self.complete_finished(&running).await?;
        if LastDone::is_due(done.recover, self.pace.recover, now) {
            self.pause_by_itself(&running, done).await?;
            summary.recovered += self.recover(&settings).await?;
            done.recover = Some(now);
        }
        if LastDone::is_due(done.credits, self.pace.credits, now) {
            self.pause_without_credits(&running).await?;
            done.credits = Some(now);
        }
        if LastDone::is_due(done.dead_letters, self.pace.dead_letters, now) {
            self.collect_dead_letters().await?;
            done.dead_letters = Some(now);
        }
        if LastDone::is_due(done.recordings, self.pace.recordings, now) {
            self.chase_recordings().await?;
            self.apply_left_webhooks().await?;
            done.recordings = Some(now);
        }
        if LastDone::is_due(done.phone, self.pace.phone, now) {
            let asks = LastDone::is_due(done.carrier, self.pace.carrier, now);
            summary.recovered += self.look_after_phone(asks).await?;
            done.phone = Some(now);
            if asks {
                done.carrier = Some(now);
            }
        }
        if LastDone::is_due(done.monitoring, self.pace.monitoring, now) {
            self.monitor(&settings).await?;
            done.monitoring = Some(now);
        }
        Ok(sweeping || !running.is_empty() || self.has_live_calls().await?)
    }

    /// Whether a tick would have something to do.
    pub(crate) async fn has_work(&self) -> Result<bool, StoreError> {
        Ok(!self.running_campaigns().await?.is_empty() || !self.store.sweeps().await?.is_empty())
    }

    pub(crate) async fn has_live_calls(&self) -> Result<bool, StoreError> {
        for status in [
            CallStatus::Queued,
            CallStatus::Placing,
            CallStatus::Unconfirmed,
            CallStatus::InProgress,
        ] {
            let filter = CallFilter {
                status: Some(status),
                ..CallFilter::default()
            };
            if !self.store.list_calls(&filter, None, 1).await?.items.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Running campaigns.
    pub(crate) async fn running_campaigns(&self) -> Result<Vec<switchboard_domain::Campaign>, StoreError> {
        let mut running = Vec::new();
        let mut cursor = None;
        loop {
            let page = self
                .store
                .list_campaigns(Some(CampaignStatus::Running), cursor.as_ref(), 100)
                .await?;
            running.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(running)
    }
}
