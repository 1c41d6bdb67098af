//! Stop means stop: acknowledged only when whatever was already being placed has left.

use std::time::Duration;

use jiff::SignedDuration;
use switchboard_domain::CampaignId;
use switchboard_store::StoreError;

use crate::api::Api;

/// A dialer asks the provider at once after its slot is written, or looks again whether it still may
/// (after 700 ms): a slot older than this has no dial on its way.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(1);

impl Api {
    /// Waits, after a stop is written, until no dial that began before it can still be on its way to the
    /// provider: a second at most, and not at all when nobody was dialled in the last one.
    pub(crate) async fn let_dials_leave(&self, campaign: Option<&CampaignId>) -> Result<(), StoreError> {
        let holders = self.store.slot_holders().await?;
        let concerned = holders
            .iter()
            .filter(|slot| campaign.is_none() || slot.campaign_id.as_ref() == campaign);
        let Some(youngest) = concerned.map(|slot| slot.since).max() else {
            return Ok(());
        };
        let left = ON_ITS_WAY - self.now().duration_since(youngest);
        let left = left.clamp(SignedDuration::ZERO, ON_ITS_WAY);
        tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
        Ok(())
    }
}
