//! The rules of new campaigns.

use axum::Json;
use switchboard_domain::CampaignRules;

use super::rules;
use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::roles::{Operator, Viewer};

/// The rules that a new campaign has when it names none.
#[utoipa::path(get, path = "/campaign-defaults", tag = "campaigns",
    responses((status = OK, body = CampaignRules), Refusals))]
pub(super) async fn get_campaign_defaults(Viewer(api): Viewer) -> Answer<CampaignRules> {
    Ok(Json(api.store.campaign_defaults().await?))
}

/// Sets the rules of new campaigns. Campaigns that are there already keep theirs.
#[utoipa::path(put, path = "/campaign-defaults", tag = "campaigns", request_body = CampaignRules,
    responses((status = OK, body = CampaignRules), Refusals))]
pub(super) async fn put_campaign_defaults(
    Operator(api): Operator,
    JsonBody(new): JsonBody<CampaignRules>,
) -> Answer<CampaignRules> {
    let mut checks = Checks::default();
    rules::all(&mut checks, &new);
    checks.done()?;
    api.store.put_campaign_defaults(&new).await?;
    api.audit("campaign_defaults.updated", "campaign-defaults").await;
    Ok(Json(new))
}
