//! Cancelling a batch, and how far it is.

use axum::Json;
use switchboard_domain::{Campaign, CampaignAction, CampaignId};
use switchboard_service::Problem;

use super::answer::{Batch, BatchAnswer, BatchData, BatchRecipient};
use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::limits::MAX_BATCH_RECIPIENTS;
use crate::path::{Path, found};
use crate::roles::{Operator, Viewer};
use crate::routes::campaigns::{CampaignAnswer, act};

/// The campaign of a batch, by number or by campaign id.
async fn campaign_of(api: &Api, id: &str) -> Result<Campaign, Problem> {
    if let Ok(number) = id.parse() {
        return found(api.store.find_campaign_by_batch(number).await?, "batch");
    }
    let id = CampaignId::parse(id).map_err(|_| Problem::not_found("batch"))?;
    found(api.store.find_campaign(&id).await?, "batch")
}

fn envelope(campaign: &Campaign, batch: Batch, record: Option<CampaignAnswer>) -> BatchAnswer {
    BatchAnswer {
        success: true,
        data: BatchData {
            batch_id: campaign.batch_number.unwrap_or_default(),
            external_batch_id: campaign.campaign_id.clone(),
            call_manager_response: batch,
            database_record: record,
        },
    }
}

/// Cancels a batch for good.
#[utoipa::path(post, path = "/call-manager/{batch_id}/cancel", tag = "call-manager",
    params(("batch_id" = String, Path, description = "Number of the batch")),
    responses((status = OK, body = BatchAnswer), Refusals))]
pub(super) async fn cancel_batch(Operator(api): Operator, Path(id): Path<String>) -> Answer<BatchAnswer> {
    let campaign = campaign_of(&api, &id).await?;
    let campaign = act(&api, &campaign.campaign_id, CampaignAction::Cancel).await?;
    let counts = api.store.campaign_counts(&campaign.campaign_id).await?;
    Ok(Json(envelope(
        &campaign,
        Batch::of(&campaign, &counts, None),
        None,
    )))
}

/// How far a batch is, with its first 10,000 recipients.
#[utoipa::path(get, path = "/call-manager/{batch_id}/status", tag = "call-manager",
    params(("batch_id" = String, Path, description = "Number of the batch")),
    responses((status = OK, body = BatchAnswer), Refusals))]
pub(super) async fn get_batch_status(Viewer(api): Viewer, Path(id): Path<String>) -> Answer<BatchAnswer> {
    let campaign = campaign_of(&api, &id).await?;
    let mut recipients: Vec<BatchRecipient> = Vec::new();
    let mut cursor = None;
    while recipients.len() < MAX_BATCH_RECIPIENTS {
        let page = api
            .store
            .list_recipients(&campaign.campaign_id, None, cursor.as_ref(), 1_000)
            .await?;
        recipients.extend(page.items.into_iter().map(BatchRecipient::from));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let record = CampaignAnswer::of(&api, campaign.clone()).await?;
    let batch = Batch::of(&campaign, &record.counts, Some(recipients));
    Ok(Json(envelope(&campaign, batch, Some(record))))
}
