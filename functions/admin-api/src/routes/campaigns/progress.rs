//! How far a campaign is.

use axum::Json;
use serde::Serialize;
use switchboard_domain::{CampaignCounts, CampaignId, CampaignStatus};
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::path::{Id, found};
use crate::roles::Viewer;

/// How far a campaign is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CampaignProgress {
    /// The campaign.
    campaign_id: CampaignId,
    /// Where it is on its way.
    status: CampaignStatus,
    /// Whether every contact of its lists is a recipient by now; until then the total grows.
    laid_out: bool,
    /// How many recipients are in which status; they add up to `total`.
    counts: CampaignCounts,
    /// How many are final.
    finished: u64,
    /// How many are not.
    remaining: u64,
    /// Final ones of all, 0 to 100.
    percent: f64,
    /// Reached ones of the final ones, 0 to 100; none while nobody is final.
    reached_percent: Option<f64>,
}

/// Counts and percentages of this moment.
#[utoipa::path(get, path = "/campaigns/{campaign_id}/progress", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = CampaignProgress), Refusals))]
pub(super) async fn get_progress(Viewer(api): Viewer, Id(id): Id<CampaignId>) -> Answer<CampaignProgress> {
    let campaign = found(api.store.find_campaign(&id).await?, "campaign")?;
    let counts = api.store.campaign_counts(&id).await?;
    let finished = counts.finished();
    Ok(Json(CampaignProgress {
        campaign_id: id,
        status: campaign.status,
        laid_out: campaign.layout.done,
        finished,
        remaining: counts.total.saturating_sub(finished),
        percent: share(finished, counts.total).unwrap_or(0.0),
        reached_percent: share(counts.completed, finished),
        counts,
    }))
}

/// In percent, with one decimal; none of nothing.
fn share(part: u64, whole: u64) -> Option<f64> {
    let whole = u128::from(whole);
    let thousandths = (u128::from(part) * 1_000).checked_div(whole)?;
    u32::try_from(thousandths)
        .ok()
        .map(|thousandths| f64::from(thousandths) / 10.0)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_share_is_rounded_down_so_that_only_all_is_a_hundred() {
        assert_eq!(share(999_999, 1_000_000), Some(99.9));
        assert_eq!(share(7, 7), Some(100.0));
        assert_eq!(share(0, 0), None);
    }
}
