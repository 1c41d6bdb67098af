//! Looking at calls, and noting that one is dealt with.

use axum::Json;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::{AgentId, CallId, CallStatus, CampaignId, ProviderId, TranscriptTurn};
use switchboard_service::Problem;
use switchboard_store::{CallFilter, UpdateOutcome};
use utoipa::{IntoParams, ToSchema};

use super::answer::CallAnswer;
use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::numbers;
use crate::paging::{List, PageParams, Paged};
use crate::path::{Id, found};
use crate::roles::{Operator, Viewer};

/// Which calls to list; every condition must fit.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CallParams {
    /// Only those in this status.
    #[param(required = false)]
    status: Option<CallStatus>,
    /// Only those of this agent.
    #[param(required = false)]
    agent_id: Option<AgentId>,
    /// Only those of this campaign.
    #[param(required = false)]
    campaign_id: Option<CampaignId>,
    /// Only those with this number, in any spelling: a person's history.
    #[param(required = false)]
    phone_number: Option<String>,
    /// Only those made at or after this moment.
    #[param(required = false)]
    since: Option<Timestamp>,
    /// Only those made before this moment.
    #[param(required = false)]
    until: Option<Timestamp>,
    /// Only those that somebody has, or has not, dealt with.
    #[param(required = false)]
    handled: Option<bool>,
}

/// Calls, newest first. A page can be short, even empty, and still have a next one.
#[utoipa::path(get, path = "/calls", tag = "calls", params(CallParams, PageParams),
    responses((status = OK, body = List<CallAnswer>), Refusals))]
pub(super) async fn list_calls(Viewer(api): Viewer, page: Paged<CallParams>) -> Answer<List<CallAnswer>> {
    let cursor = page.cursor()?;
    let wanted = page.filter;
    let filter = CallFilter {
        campaign_id: wanted.campaign_id,
        phone_number: wanted
            .phone_number
            .map(|text| numbers::of_query(&text, None))
            .transpose()?,
        status: wanted.status,
        agent_id: wanted.agent_id,
        since: wanted.since,
        until: wanted.until,
        handled: wanted.handled,
        oldest_first: false,
    };
    let read = api.store.list_calls(&filter, cursor.as_ref(), page.limit).await?;
    Ok(Json(read.map(CallAnswer::from).into()))
}

/// One call.
#[utoipa::path(get, path = "/calls/{call_id}", tag = "calls", params(("call_id" = CallId, Path)),
    responses((status = OK, body = CallAnswer), Refusals))]
pub(super) async fn get_call(Viewer(api): Viewer, Id(id): Id<CallId>) -> Answer<CallAnswer> {
    Ok(Json(found(api.store.find_call(&id).await?, "call")?.into()))
}

/// The call of a conversation at the provider.
#[utoipa::path(get, path = "/calls/conversations/{conversation_id}", tag = "calls",
    params(("conversation_id" = ProviderId, Path)), responses((status = OK, body = CallAnswer), Refusals))]
pub(super) async fn get_call_of_conversation(
    Viewer(api): Viewer,
    Id(id): Id<ProviderId>,
) -> Answer<CallAnswer> {
    Ok(Json(
        found(api.store.find_call_by_conversation(&id).await?, "conversation")?.into(),
    ))
}

/// What to change about a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateCall {
    /// Whether somebody has dealt with it.
    handled: bool,
}

/// Notes that a call is dealt with, or is not.
#[utoipa::path(patch, path = "/calls/{call_id}", tag = "calls", request_body = UpdateCall,
    params(("call_id" = CallId, Path)), responses((status = OK, body = CallAnswer), Refusals))]
pub(super) async fn update_call(
    Operator(api): Operator,
    Id(id): Id<CallId>,
    JsonBody(changes): JsonBody<UpdateCall>,
) -> Answer<CallAnswer> {
    let now = api.now();
    let updated = api
        .store
        .update_call(&id, |call| {
            let changed = call.handled != changes.handled;
            call.handled = changes.handled;
            if changed {
                call.updated_at = now;
            }
            changed
        })
        .await?;
    match updated {
        UpdateOutcome::Changed(call) => {
            api.audit("call.handled", &id);
            Ok(Json((*call).into()))
        }
        UpdateOutcome::Unchanged(call) => Ok(Json((*call).into())),
        UpdateOutcome::NotFound => Err(Problem::not_found("call")),
    }
}

/// What was said in a call.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Transcript {
    /// The call.
    call_id: CallId,
    /// Whether it is whole; until then turns can be missing.
    complete: bool,
    /// The turns, in order.
    turns: Vec<TranscriptTurn>,
}

/// What was said, in order.
#[utoipa::path(get, path = "/calls/{call_id}/transcript", tag = "calls", params(("call_id" = CallId, Path)),
    responses((status = OK, body = Transcript), Refusals))]
pub(super) async fn get_transcript(Viewer(api): Viewer, Id(id): Id<CallId>) -> Answer<Transcript> {
    let call = found(api.store.find_call(&id).await?, "call")?;
    let turns = api.store.transcript(&id).await?;
    Ok(Json(Transcript {
        call_id: id,
        complete: call.results_complete,
        turns,
    }))
}
