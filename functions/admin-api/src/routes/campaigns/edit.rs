//! Changing a campaign, also while it runs.

use axum::Json;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use switchboard_domain::{CallingWindow, Campaign, CampaignId, RetryPolicy};
use switchboard_service::Problem;
use utoipa::ToSchema;

use super::answer::CampaignAnswer;
use super::rules;
use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::path::{Id, found};
use crate::roles::Operator;

/// What to change; what is left out stays, null takes away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateCampaign {
    /// Name shown to people.
    name: Option<String>,
    /// When people may be called; null: always.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<CallingWindow>)]
    window: Option<Option<CallingWindow>>,
    /// When and how often to try again.
    retry: Option<RetryPolicy>,
    /// Most calls of this campaign in progress at one time; null: only the queue's limit.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    concurrency_limit: Option<Option<u32>>,
    /// Higher goes first.
    #[schema(minimum = -100, maximum = 100)]
    priority: Option<i32>,
    /// Nobody is dialled after this moment; null: no end.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Timestamp>)]
    end_at: Option<Option<Timestamp>>,
}

/// Tells null from left out.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// Changes a campaign that is not over. The next dial goes by it.
#[utoipa::path(patch, path = "/campaigns/{campaign_id}", tag = "campaigns", request_body = UpdateCampaign,
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = CampaignAnswer), Refusals))]
pub(super) async fn update_campaign(
    Operator(api): Operator,
    Id(id): Id<CampaignId>,
    JsonBody(changes): JsonBody<UpdateCampaign>,
) -> Answer<CampaignAnswer> {
    let now = api.now();
    check(&changes, now)?;
    let changed = api
        .store
        .update_campaign(&id, |campaign| {
            if campaign.status.is_final() {
                return Err(Problem::conflict(format!(
                    "The campaign is {}. Clone it, and change the clone.",
                    campaign.status.as_str()
                )));
            }
            changes.apply(campaign);
            campaign.updated_at = now;
            Ok(true)
        })
        .await?;
    let campaign = found(changed, "campaign")??;
    api.audit("campaign.updated", &id).await;
    api.wake_scheduler().await;
    Ok(Json(CampaignAnswer::of(&api, campaign).await?))
}

impl UpdateCampaign {
    fn apply(&self, campaign: &mut Campaign) {
        fn set<T: Clone>(new: &Option<T>, field: &mut T) {
            if let Some(new) = new {
                field.clone_from(new);
            }
        }
        set(&self.name, &mut campaign.name);
        set(&self.window, &mut campaign.window);
        set(&self.retry, &mut campaign.retry);
        set(&self.concurrency_limit, &mut campaign.concurrency_limit);
        set(&self.priority, &mut campaign.priority);
        set(&self.end_at, &mut campaign.end_at);
    }
}

fn check(changes: &UpdateCampaign, now: Timestamp) -> Result<(), Problem> {
    let mut checks = Checks::default();
    if let Some(name) = &changes.name {
        rules::name(&mut checks, name);
    }
    if let Some(retry) = &changes.retry {
        rules::retry(&mut checks, retry);
    }
    if let Some(Some(limit)) = changes.concurrency_limit {
        rules::limit(&mut checks, limit);
    }
    if let Some(priority) = changes.priority {
        rules::priority(&mut checks, priority);
    }
    if let Some(Some(end_at)) = changes.end_at {
        rules::ahead(&mut checks, "end_at", end_at, now);
    }
    checks.done()
}
