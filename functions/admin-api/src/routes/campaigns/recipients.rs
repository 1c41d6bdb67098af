//! The people of a campaign.

use axum::Json;
use serde::{Deserialize, Serialize};
use switchboard_domain::{CampaignAction, CampaignId, CampaignStatus, Recipient, RecipientStatus};
use switchboard_service::Problem;
use utoipa::{IntoParams, ToSchema};

use super::act::act;
use super::overrides::Known;
use super::people::{NewRecipient, read_people};
use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::MAX_RECIPIENTS;
use crate::numbers;
use crate::paging::{List, PageParams, Paged};
use crate::path::{Id, found};
use crate::roles::{Operator, Viewer};

/// Which recipients to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecipientFilter {
    /// Only those in this status.
    #[param(required = false)]
    status: Option<RecipientStatus>,
}

/// Recipients of a campaign, in no particular order.
#[utoipa::path(get, path = "/campaigns/{campaign_id}/recipients", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path), RecipientFilter, PageParams),
    responses((status = OK, body = List<Recipient>), Refusals))]
pub(super) async fn list_recipients(
    Viewer(api): Viewer,
    Id(id): Id<CampaignId>,
    page: Paged<RecipientFilter>,
) -> Answer<List<Recipient>> {
    found(api.store.find_campaign(&id).await?, "campaign")?;
    let cursor = page.cursor()?;
    let read = api
        .store
        .list_recipients(&id, page.filter.status, cursor.as_ref(), page.limit)
        .await?;
    Ok(Json(read.into()))
}

/// People to be added to a campaign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddRecipients {
    /// The people.
    #[schema(min_items = 1, max_items = 1000)]
    recipients: Vec<NewRecipient>,
    /// Region of numbers without a country code, as ISO 3166 code.
    default_region: Option<String>,
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddedRecipients {
    /// New in the campaign.
    added: u64,
    /// In the campaign before, by `external_id` or number; who was taken out stays out.
    present: u64,
}

/// Adds people, each once however often they are sent. A completed campaign goes on with them.
#[utoipa::path(post, path = "/campaigns/{campaign_id}/recipients", tag = "campaigns",
    request_body = AddRecipients, params(("campaign_id" = CampaignId, Path)),
    responses((status = OK, body = AddedRecipients), Refusals))]
pub(super) async fn add_recipients(
    Operator(api): Operator,
    Id(id): Id<CampaignId>,
    JsonBody(request): JsonBody<AddRecipients>,
) -> Answer<AddedRecipients> {
    let mut checks = Checks::default();
    if request.recipients.is_empty() || request.recipients.len() > MAX_RECIPIENTS {
        checks.wrong("recipients", format!("send 1 to {MAX_RECIPIENTS} at a time"));
    }
    let campaign = found(api.store.find_campaign(&id).await?, "campaign")?;
    if campaign.status == CampaignStatus::Cancelled {
        return Err(cancelled());
    }
    let region = checks
        .take(
            "default_region",
            numbers::region(request.default_region.as_deref()),
        )
        .flatten();
    let now = api.now();
    let due_at = campaign.start_at.map_or(now, |start| start.max(now));
    let own = Known::of(&api, &campaign)
        .of_all(&mut checks, &request.recipients)
        .await?;
    let mut people = read_people(&mut checks, request.recipients, region, &id, due_at, now, &own);
    checks.done()?;
    for person in &mut people {
        person.wait_until(person.due_at, &campaign.rules.calling_hours);
    }
    let added = api.store.add_recipients(&id, people).await?;
    settle(&api, &id, added.added).await?;
    api.audit("campaign.recipients_added", &id).await;
    Ok(Json(AddedRecipients {
        added: added.added,
        present: added.present,
    }))
}

/// Lets the campaign see its new recipients, whatever became of it meanwhile.
async fn settle(api: &Api, id: &CampaignId, added: u64) -> Result<(), Problem> {
    if added == 0 {
        return Ok(());
    }
    match found(api.store.find_campaign(id).await?, "campaign")?.status {
        CampaignStatus::Completed | CampaignStatus::Failed => {
            act(api, id, CampaignAction::CallMore).await?;
        }
        // Cancelled at the same moment: its recipients are swept once more, so that none waits for ever.
        CampaignStatus::Cancelled => {
            act(api, id, CampaignAction::Cancel).await?;
            return Err(cancelled());
        }
        CampaignStatus::Running => api.wake_scheduler().await,
        CampaignStatus::Draft | CampaignStatus::Scheduled | CampaignStatus::Paused => {}
    }
    Ok(())
}

fn cancelled() -> Problem {
    Problem::conflict("The campaign is cancelled. Clone it, and add the recipients to the clone.")
}
