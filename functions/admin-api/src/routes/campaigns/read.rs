//! Looking at campaigns.

use axum::Json;
use futures::stream::{self, StreamExt, TryStreamExt};
use serde::Deserialize;
use switchboard_domain::{CampaignId, CampaignStatus};
use utoipa::IntoParams;

use super::answer::CampaignAnswer;
use crate::answer::{Answer, Refusals};
use crate::paging::{List, PageParams, Paged};
use crate::path::{Id, found};
use crate::roles::Viewer;

/// Campaigns counted at one time.
const AT_ONCE: usize = 16;

/// Which campaigns to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CampaignFilter {
    /// Only those in this status.
    #[param(required = false)]
    status: Option<CampaignStatus>,
}

/// Campaigns, newest first.
#[utoipa::path(get, path = "/campaigns", tag = "campaigns", params(CampaignFilter, PageParams),
    responses((status = OK, body = List<CampaignAnswer>), Refusals))]
pub(super) async fn list_campaigns(
    Viewer(api): Viewer,
    page: Paged<CampaignFilter>,
) -> Answer<List<CampaignAnswer>> {
    let read = api
        .store
        .list_campaigns(page.filter.status, page.cursor()?.as_ref(), page.limit)
        .await?;
    let items = stream::iter(read.items)
        .map(|campaign| CampaignAnswer::of(&api, campaign))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(Json(List {
        items,
        next_cursor: read.next.map(|cursor| cursor.encode()),
    }))
}

/// One campaign.
#[utoipa::path(get, path = "/campaigns/{campaign_id}", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = CampaignAnswer), Refusals))]
pub(super) async fn get_campaign(Viewer(api): Viewer, Id(id): Id<CampaignId>) -> Answer<CampaignAnswer> {
    let campaign = found(api.store.find_campaign(&id).await?, "campaign")?;
    Ok(Json(CampaignAnswer::of(&api, campaign).await?))
}
