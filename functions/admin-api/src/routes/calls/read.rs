//! Looking at calls, and noting that one is dealt with.

use axum::Json;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    AgentId, CallId, CallStatus, CampaignId, Desk, Direction, ProviderId, TranscriptTurn,
};
use switchboard_service::Problem;
use switchboard_store::{CallFilter, FoundCalls, UpdateOutcome};
use utoipa::{IntoParams, ToSchema};

use super::answer::CallAnswer;
use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::numbers;
use crate::paging::{List, PageParams, Paged};
use crate::path::{Id, found};
use crate::roles::{Operator, Viewer};
use crate::search::search_text;

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
    /// Only those that lie there: `in_progress` are under way, `needs_attention` broke down or missed their
    /// goal, `handled` are dealt with.
    #[param(required = false, inline)]
    view: Option<CallView>,
    /// Only those in this direction.
    #[param(required = false)]
    direction: Option<Direction>,
    /// Only those with this text: in the number, in what the agent was told of the person, in title or summary.
    #[param(required = false, min_length = 2, max_length = 100)]
    search: Option<String>,
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
    /// Only inbound calls that somebody should see to now or today.
    #[serde(default)]
    #[param(required = false)]
    urgent: bool,
}

/// Which calls to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CallView {
    /// They broke down, or were answered and missed their goal.
    NeedsAttention,
    /// Somebody has dealt with them.
    Handled,
    /// They are under way.
    InProgress,
}

/// One page of calls.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallPage {
    /// The calls.
    items: Vec<CallAnswer>,
    /// Where the next page begins; none: this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// How far back calls were looked at, when a search ended before it was through.
    #[serde(skip_serializing_if = "Option::is_none")]
    searched_back_to: Option<Timestamp>,
}

impl CallPage {
    /// A page as it is shown. `ends_legs`: whether the carrier's account is set up.
    pub(crate) fn of(found: FoundCalls, ends_legs: bool) -> Self {
        let List { items, next_cursor } = found.page.map(|call| CallAnswer::of(call, ends_legs)).into();
        Self {
            items,
            next_cursor,
            searched_back_to: found.searched_back_to,
        }
    }
}

/// Calls, newest first. A page can be short, even empty, and still have a next one.
#[utoipa::path(get, path = "/calls", tag = "calls", params(CallParams, PageParams),
    responses((status = OK, body = CallPage), Refusals))]
pub(super) async fn list_calls(Viewer(api): Viewer, page: Paged<CallParams>) -> Answer<CallPage> {
    let cursor = page.cursor()?;
    let wanted = page.filter;
    if wanted
        .since
        .zip(wanted.until)
        .is_some_and(|(since, until)| since > until)
    {
        return Err(Problem::invalid_field("until", "must not lie before `since`"));
    }
    let mut phone_number = wanted
        .phone_number
        .map(|text| numbers::of_query(&text, None))
        .transpose()?;
    let mut search = None;
    if let Some(text) = wanted.search {
        // A whole number has an index of its own.
        let whole = || {
            text.trim_start()
                .starts_with('+')
                .then(|| numbers::parse(&text, None).ok())
        };
        match whole().flatten().filter(|_| phone_number.is_none()) {
            Some(number) => phone_number = Some(number),
            None => search = Some(search_text(&text)?),
        }
    }
    let filter = CallFilter {
        campaign_id: wanted.campaign_id,
        phone_number,
        direction: wanted.direction,
        search,
        desk: match wanted.view {
            Some(CallView::NeedsAttention) => Some(Desk::NeedsAttention),
            Some(CallView::Handled) => Some(Desk::Handled),
            Some(CallView::InProgress) | None => None,
        },
        status: wanted.status,
        agent_id: wanted.agent_id,
        since: wanted.since,
        until: wanted.until,
        handled: wanted.handled,
        urgent: wanted.urgent,
        oldest_first: false,
    };
    let ends_legs = api.carrier().await.is_some();
    let found = match wanted.view {
        Some(CallView::InProgress) => {
            api.store
                .list_live_calls(&filter, cursor.as_ref(), page.limit)
                .await?
        }
        _ => api.store.find_calls(&filter, cursor.as_ref(), page.limit).await?,
    };
    Ok(Json(CallPage::of(found, ends_legs)))
}

/// One call.
#[utoipa::path(get, path = "/calls/{call_id}", tag = "calls", params(("call_id" = CallId, Path)),
    responses((status = OK, body = CallAnswer), Refusals))]
pub(super) async fn get_call(Viewer(api): Viewer, Id(id): Id<CallId>) -> Answer<CallAnswer> {
    let call = found(api.store.find_call(&id).await?, "call")?;
    Ok(Json(CallAnswer::of(call, api.carrier().await.is_some())))
}

/// The call of a conversation at the provider.
#[utoipa::path(get, path = "/calls/conversations/{conversation_id}", tag = "calls",
    params(("conversation_id" = ProviderId, Path)), responses((status = OK, body = CallAnswer), Refusals))]
pub(super) async fn get_call_of_conversation(
    Viewer(api): Viewer,
    Id(id): Id<ProviderId>,
) -> Answer<CallAnswer> {
    let call = found(api.store.find_call_by_conversation(&id).await?, "conversation")?;
    Ok(Json(CallAnswer::of(call, api.carrier().await.is_some())))
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
    let call = match updated {
        UpdateOutcome::Changed(call) => {
            api.audit("call.handled", &id).await;
            call
        }
        UpdateOutcome::Unchanged(call) => call,
        UpdateOutcome::NotFound => return Err(Problem::not_found("call")),
    };
    Ok(Json(CallAnswer::of(*call, api.carrier().await.is_some())))
}

/// What was said in a call.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Transcript {
    /// The call.
    call_id: CallId,
    /// Whether it is whole; until then turns can be missing.
    complete: bool,
    /// Whether the call is in progress, and more turns come.
    live: bool,
    /// The turns, in order.
    turns: Vec<PlacedTurn>,
}

/// One turn, and where it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlacedTurn {
    /// Its place in spoken order, from 0, as live updates name it; places at which nothing is shown are left out.
    index: usize,
    #[serde(flatten)]
    turn: TranscriptTurn,
}

/// What was said, in order.
#[utoipa::path(get, path = "/calls/{call_id}/transcript", tag = "calls", params(("call_id" = CallId, Path)),
    responses((status = OK, body = Transcript), Refusals))]
pub(super) async fn get_transcript(Viewer(api): Viewer, Id(id): Id<CallId>) -> Answer<Transcript> {
    let call = found(api.store.find_call(&id).await?, "call")?;
    let turns = api.store.placed_transcript(&id).await?;
    Ok(Json(Transcript {
        call_id: id,
        complete: call.results_complete,
        live: call.status == CallStatus::InProgress && call.hung_up_at.is_none(),
        turns: turns
            .into_iter()
            .map(|(index, turn)| PlacedTurn { index, turn })
            .collect(),
    }))
}
