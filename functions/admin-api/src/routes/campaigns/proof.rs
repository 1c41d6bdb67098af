//! The promises of one campaign, checked against its own records.

mod ledger;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use switchboard_domain::{Call, CampaignId, CampaignProof, ProofBuilder};
use switchboard_service::Problem;
use switchboard_store::{CallFilter, StoreError};
use utoipa::ToSchema;

use crate::answer::{Answer, Conflicts, Refusals};
use crate::api::Api;
use crate::path::{Id, found};
use crate::roles::Viewer;

/// Calls read at a time.
const PAGE: u32 = 500;
/// How long one request reads calls.
const TURN: SignedDuration = SignedDuration::from_secs(20);
/// Bytes of a ledger that one answer carries.
const MAX_LEDGER_BYTES: usize = 5 << 20;

/// The promises of one campaign, checked against its own records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Proof {
    /// The campaign.
    campaign_id: CampaignId,
    /// Every call was looked at. Otherwise there are more than one request can read: the verdict covers
    /// the newest of them.
    complete: bool,
    /// When it was looked.
    checked_at: Timestamp,
    /// Every call with its moments, as CSV.
    ledger: String,
    /// The verdict.
    #[serde(flatten)]
    proof: CampaignProof,
}

/// Checks the promises of one campaign against its own records.
#[utoipa::path(get, path = "/campaigns/{campaign_id}/proof", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = Proof), Refusals))]
pub(super) async fn get_proof(Viewer(api): Viewer, Id(id): Id<CampaignId>) -> Answer<Proof> {
    let begun = api.now();
    let campaign = found(api.store.find_campaign(&id).await?, "campaign")?;
    let mut builder = ProofBuilder::new(campaign, api.store.limit_changes().await?);
    let complete = each_call(&api, &id, |call| {
        // Dials that began while this looks are judged by the next look: by rules that are read now,
        // they could seem wrong.
        if call.placing_at.is_none_or(|at| at <= begun) {
            builder.call(call);
        }
        true
    })
    .await?;
    let counts = api.store.campaign_counts(&id).await?;
    Ok(Json(Proof {
        ledger: format!("/api/campaigns/{id}/proof/ledger"),
        campaign_id: id,
        complete,
        checked_at: api.now(),
        proof: builder.finish(&counts),
    }))
}

/// Every call of the campaign with its moments, as CSV: what the proof is made of. Numbers are masked.
#[utoipa::path(get, path = "/campaigns/{campaign_id}/proof/ledger", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path)),
    responses((status = OK, body = String, content_type = "text/csv"), Refusals, Conflicts))]
pub(super) async fn get_proof_ledger(
    Viewer(api): Viewer,
    Id(id): Id<CampaignId>,
) -> Result<Response, Problem> {
    found(api.store.find_campaign(&id).await?, "campaign")?;
    let mut ledger = ledger::Ledger::new();
    let complete = each_call(&api, &id, |call| {
        ledger.add(call);
        ledger.bytes() < MAX_LEDGER_BYTES
    })
    .await?;
    if !complete {
        return Err(Problem::conflict(
            "The campaign has more calls than one answer can carry. Make an export of its calls: POST /api/exports \
             with its campaign_id.",
        ));
    }
    let name = format!("attachment; filename=\"{id}-ledger.csv\"");
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, ledger.into_csv()).into_response())
}

/// Shows every call of a campaign, newest first; answers whether it were all.
async fn each_call(
    api: &Api,
    id: &CampaignId,
    mut show: impl FnMut(&Call) -> bool,
) -> Result<bool, StoreError> {
    let filter = CallFilter {
        campaign_id: Some(id.clone()),
        ..CallFilter::default()
    };
    let begun = api.now();
    let mut cursor = None;
    loop {
        let page = api.store.list_calls(&filter, cursor.as_ref(), PAGE).await?;
        for call in &page.items {
            if !show(call) {
                return Ok(false);
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(true);
        }
        if api.now().duration_since(begun) > TURN {
            return Ok(false);
        }
    }
}
