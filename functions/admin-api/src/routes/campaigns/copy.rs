//! The same campaign once more, as a draft.

use axum::Json;
use http::StatusCode;
use serde::Deserialize;
use switchboard_domain::{CampaignId, CampaignStatus, LayoutProgress, Recipient, RecipientStatus};
use switchboard_service::Problem;
use switchboard_store::StoreError;
use utoipa::ToSchema;

use super::answer::CampaignAnswer;
use super::rules;
use crate::answer::{Made, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::path::{Id, found};
use crate::roles::Operator;

/// Most recipients that are copied; above that, the lists are.
const MAX_COPIED: u64 = 10_000;

/// What the copy is called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CloneCampaign {
    /// Its name; none: the name of the original and "(copy)".
    name: Option<String>,
}

/// Makes a draft with the same agent, line, people and rules. Up to 10,000 recipients are copied as they
/// are; of a larger campaign the contact lists are taken over.
#[utoipa::path(post, path = "/campaigns/{campaign_id}/clone", tag = "campaigns", request_body = CloneCampaign,
    params(("campaign_id" = CampaignId, Path)), responses((status = CREATED, body = CampaignAnswer), Refusals))]
pub(super) async fn clone_campaign(
    Operator(api): Operator,
    Id(id): Id<CampaignId>,
    JsonBody(request): JsonBody<CloneCampaign>,
) -> Made<CampaignAnswer> {
    if let Some(name) = &request.name {
        let mut checks = Checks::default();
        rules::name(&mut checks, name);
        checks.done()?;
    }
    let mut copy = found(api.store.find_campaign(&id).await?, "campaign")?;
    let total = api.store.campaign_counts(&id).await?.total;
    if total > MAX_COPIED && copy.list_ids.is_empty() {
        return Err(Problem::conflict(format!(
            "It has more than {MAX_COPIED} recipients and no contact list. Upload them as a list, and make a new campaign."
        )));
    }
    let now = api.now();
    copy.campaign_id = api.new_id(CampaignId::derived, CampaignId::generate);
    copy.name = request.name.unwrap_or_else(|| format!("{} (copy)", copy.name));
    copy.status = CampaignStatus::Draft;
    (copy.rules_version, copy.new_hours, copy.changes) = (0, None, Vec::new());
    // Where everybody is copied, the lists would bring back who was taken out.
    let everybody_is_copied = total <= MAX_COPIED && copy.layout.done;
    copy.layout = LayoutProgress {
        done: copy.list_ids.is_empty() || everybody_is_copied,
        ..LayoutProgress::default()
    };
    (copy.start_at, copy.end_at, copy.started_at, copy.finished_at) = (None, None, None, None);
    (copy.retry_failed_asked, copy.failure, copy.batch_number) = (false, None, None);
    (copy.created_at, copy.updated_at, copy.version) = (now, now, 1);
    match api.store.create_campaign(&copy).await {
        // Stale: the same request again, after its answer was lost.
        Ok(()) | Err(StoreError::Stale) => {}
        Err(error) => return Err(error.into()),
    }
    if total <= MAX_COPIED {
        copy_recipients(&api, &id, &copy.campaign_id).await?;
    }
    api.audit("campaign.cloned", &copy.campaign_id).await;
    Ok((StatusCode::CREATED, Json(CampaignAnswer::of(&api, copy).await?)))
}

async fn copy_recipients(api: &Api, from: &CampaignId, to: &CampaignId) -> Result<(), StoreError> {
    let (mut cursor, now) = (None, api.now());
    loop {
        let page = api
            .store
            .list_recipients(from, None, cursor.as_ref(), 500)
            .await?;
        let stayed = |r: &Recipient| r.status != RecipientStatus::Removed;
        let copy = |r: Recipient| {
            let mut copy = Recipient::new(to.clone(), r.phone_number, r.variables, r.external_id, now, now);
            (copy.time_zone, copy.priority, copy.language) = (r.time_zone, r.priority, r.language);
            copy.overrides = r.overrides;
            copy
        };
        api.store
            .add_recipients(to, page.items.into_iter().filter(stayed).map(copy).collect())
            .await?;
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}
