//! Start, pause, resume, cancel, try again. Answered only once it holds.

use axum::Json;
use serde::Serialize;
use switchboard_domain::{Campaign, CampaignAction, CampaignId, CampaignStatus, IllegalCampaignAction};
use switchboard_service::Problem;
use utoipa::ToSchema;

use super::answer::CampaignAnswer;
use super::confirmed::rules_are_confirmed;
use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::path::{Id, found};
use crate::roles::Operator;

/// Moves a campaign; once this answers, no dial begins that its new status forbids.
pub(crate) async fn act(api: &Api, id: &CampaignId, action: CampaignAction) -> Result<Campaign, Problem> {
    if matches!(action, CampaignAction::Start | CampaignAction::Schedule) {
        rules_are_confirmed(api, id).await?;
    }
    let moved = api.store.act_on_campaign(id, action, api.now()).await?;
    let campaign = found(moved, "campaign")?.map_err(refusal)?;
    api.audit(trail(action), id).await;
    if matches!(action, CampaignAction::Pause | CampaignAction::Cancel) {
        api.let_dials_leave(Some(id)).await?;
    }
    api.wake_scheduler().await;
    Ok(campaign)
}

fn trail(action: CampaignAction) -> &'static str {
    match action {
        CampaignAction::Schedule => "campaign.scheduled",
        CampaignAction::Start => "campaign.started",
        CampaignAction::Pause => "campaign.paused",
        CampaignAction::Resume => "campaign.resumed",
        CampaignAction::Cancel => "campaign.cancelled",
        CampaignAction::CallMore => "campaign.continued",
        CampaignAction::Complete | CampaignAction::Fail => "campaign.ended",
    }
}

/// What to do instead.
fn refusal(illegal: IllegalCampaignAction) -> Problem {
    let next = match (illegal.from, illegal.action) {
        (CampaignStatus::Cancelled, _) => "It cannot be taken up again: clone it.",
        (
            CampaignStatus::Completed | CampaignStatus::Failed,
            CampaignAction::Start | CampaignAction::Resume,
        ) => "Add recipients, try the failed ones again, or clone it.",
        (CampaignStatus::Paused, CampaignAction::Start) => "Resume it.",
        (CampaignStatus::Draft | CampaignStatus::Scheduled, _) => "Start it first.",
        _ => "There is nothing to be done.",
    };
    Problem::conflict(format!("The campaign is {}. {next}", illegal.from.as_str()))
}

async fn answer(api: &Api, id: &CampaignId, action: CampaignAction) -> Answer<CampaignAnswer> {
    let campaign = act(api, id, action).await?;
    Ok(Json(CampaignAnswer::of(api, campaign).await?))
}

/// Starts a draft, or a scheduled campaign before its time.
#[utoipa::path(post, path = "/campaigns/{campaign_id}/start", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = CampaignAnswer), Refusals))]
pub(super) async fn start_campaign(
    Operator(api): Operator,
    Id(id): Id<CampaignId>,
) -> Answer<CampaignAnswer> {
    let campaign = found(api.store.find_campaign(&id).await?, "campaign")?;
    if campaign.layout.done && api.store.campaign_counts(&id).await?.total == 0 {
        return Err(Problem::conflict(
            "There is nobody to call. Add recipients first.",
        ));
    }
    answer(&api, &id, CampaignAction::Start).await
}

/// Holds a campaign. Once answered, none of its calls begins.
#[utoipa::path(post, path = "/campaigns/{campaign_id}/pause", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = CampaignAnswer), Refusals))]
pub(super) async fn pause_campaign(
    Operator(api): Operator,
    Id(id): Id<CampaignId>,
) -> Answer<CampaignAnswer> {
    answer(&api, &id, CampaignAction::Pause).await
}

/// Goes on with a paused campaign.
#[utoipa::path(post, path = "/campaigns/{campaign_id}/resume", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = CampaignAnswer), Refusals))]
pub(super) async fn resume_campaign(
    Operator(api): Operator,
    Id(id): Id<CampaignId>,
) -> Answer<CampaignAnswer> {
    answer(&api, &id, CampaignAction::Resume).await
}

/// Ends a campaign for good. Once answered, none of its calls begins; calls in progress go on.
#[utoipa::path(post, path = "/campaigns/{campaign_id}/cancel", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = CampaignAnswer), Refusals))]
pub(super) async fn cancel_campaign(
    Operator(api): Operator,
    Id(id): Id<CampaignId>,
) -> Answer<CampaignAnswer> {
    answer(&api, &id, CampaignAction::Cancel).await
}

/// Calls everybody again who was not reached.
#[utoipa::path(post, path = "/campaigns/{campaign_id}/retry-failed", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = CampaignAnswer), Refusals))]
pub(super) async fn retry_failed(Operator(api): Operator, Id(id): Id<CampaignId>) -> Answer<CampaignAnswer> {
    let asked = api.store.ask_retry_failed(&id, api.now()).await?;
    let campaign = found(asked, "campaign")?.map_err(refusal)?;
    api.audit("campaign.retried", &id).await;
    api.wake_scheduler().await;
    Ok(Json(CampaignAnswer::of(&api, campaign).await?))
}

/// What was paused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoppedCampaigns {
    /// The campaigns that were running and are paused now.
    paused: Vec<CampaignId>,
}

/// Pauses every running campaign. Once answered, no call of any of them begins.
#[utoipa::path(post, path = "/campaigns/stop-all", tag = "campaigns",
    responses((status = OK, body = StoppedCampaigns), Refusals))]
pub(super) async fn stop_all_campaigns(Operator(api): Operator) -> Answer<StoppedCampaigns> {
    let mut paused = Vec::new();
    // The list follows a moment behind, so it is read until nothing is left to pause.
    loop {
        let before = paused.len();
        let mut cursor = None;
        loop {
            let page = api
                .store
                .list_campaigns(Some(CampaignStatus::Running), cursor.as_ref(), 200)
                .await?;
            for campaign in page.items {
                let id = campaign.campaign_id;
                if paused.contains(&id) {
                    continue;
                }
                // One that ended meanwhile refuses, which is as good.
                if let Some(Ok(_)) = api
                    .store
                    .act_on_campaign(&id, CampaignAction::Pause, api.now())
                    .await?
                {
                    api.audit("campaign.paused", &id).await;
                    paused.push(id);
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        if paused.len() == before {
            api.let_dials_leave(None).await?;
            return Ok(Json(StoppedCampaigns { paused }));
        }
    }
}
