//! Messages that were given up: looked at, tried again, or put away.

use axum::Json;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use switchboard_domain::{CallId, CallStatus, CampaignId};
use switchboard_service::Problem;
use switchboard_store::{DeadLetter, DeadLetterSource, DialMessage};
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::paging::{Everything, List, PageParams, Paged};
use crate::path::{Path, found};
use crate::roles::{Admin, Operator, Viewer};
use crate::route_set::{RouteSet, routes};

/// Letters tried again in one request.
const MOST_AT_ONCE: u32 = 200;

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(list_dead_letters))
        .routes(routes!(retry_dead_letters))
        .routes(routes!(retry_dead_letter))
        .routes(routes!(dismiss_dead_letter))
}

/// A message that was given up. Its body is not shown: it may tell of people.
#[derive(Debug, Serialize, ToSchema)]
struct DeadLetterAnswer {
    /// Its id.
    id: String,
    /// `dial` for a call that no dialer could take, `failed_events` for work that a function failed at.
    source: &'static str,
    /// Why it was given up, and what becomes of the person.
    reason: String,
    /// How often it was tried.
    received: u32,
    /// The call it is about.
    call_id: Option<CallId>,
    /// Its campaign.
    campaign_id: Option<CampaignId>,
    /// The function that failed.
    function: Option<String>,
    /// When it was sent.
    sent_at: Option<Timestamp>,
    /// When it was given up.
    arrived_at: Timestamp,
}

impl From<DeadLetter> for DeadLetterAnswer {
    fn from(letter: DeadLetter) -> Self {
        Self {
            id: letter.id,
            source: match letter.source {
                DeadLetterSource::Dial => "dial",
                DeadLetterSource::FailedEvents => "failed_events",
            },
            reason: letter.reason,
            received: letter.received,
            call_id: letter.call_id,
            campaign_id: letter.campaign_id,
            function: letter.function,
            sent_at: letter.sent_at,
            arrived_at: letter.arrived_at,
        }
    }
}

/// Messages that were given up, newest first.
#[utoipa::path(get, path = "/queue/dead-letters", tag = "queue", params(PageParams),
    responses((status = OK, body = List<DeadLetterAnswer>), Refusals))]
async fn list_dead_letters(Viewer(api): Viewer, page: Paged<Everything>) -> Answer<List<DeadLetterAnswer>> {
    let cursor = page.cursor()?;
    let read = api.store.list_dead_letters(cursor.as_ref(), page.limit).await?;
    Ok(Json(read.map(DeadLetterAnswer::from).into()))
}

/// What became of trying again.
#[derive(Debug, Default, Serialize, ToSchema)]
struct RetriedDeadLetters {
    /// Sent again.
    retried: u64,
    /// Nothing was left to do: the call is over, live, or withdrawn.
    settled: u64,
    /// Cannot be tried again: of no function of ours, or not readable.
    refused: u64,
}

/// Sends one again. Nobody is dialled twice for it: a call is placed only if it still waits.
#[utoipa::path(post, path = "/queue/dead-letters/{letter_id}/retry", tag = "queue",
    params(("letter_id" = String, Path)), responses((status = OK, body = RetriedDeadLetters), Refusals))]
async fn retry_dead_letter(Operator(api): Operator, Path(id): Path<String>) -> Answer<RetriedDeadLetters> {
    let letter = found(api.store.find_dead_letter(checked(&id)?).await?, "dead letter")?;
    let mut done = RetriedDeadLetters::default();
    retry(&api, &letter, &mut done).await?;
    if done.refused > 0 {
        return Err(Problem::conflict(
            "It cannot be sent again: it is not readable, or of no function of ours. Look at its reason, then \
             dismiss it.",
        ));
    }
    api.audit("dead_letter.retried", &id).await;
    Ok(Json(done))
}

/// Sends all of them again, at most 200 in one request.
#[utoipa::path(post, path = "/queue/dead-letters/retry", tag = "queue",
    responses((status = OK, body = RetriedDeadLetters), Refusals))]
async fn retry_dead_letters(Operator(api): Operator) -> Answer<RetriedDeadLetters> {
    let mut done = RetriedDeadLetters::default();
    let page = api.store.list_dead_letters(None, MOST_AT_ONCE).await?;
    for letter in &page.items {
        retry(&api, letter, &mut done).await?;
    }
    api.audit("dead_letters.retried", &done.retried).await;
    Ok(Json(done))
}

/// Puts one away: somebody has seen to it.
#[utoipa::path(delete, path = "/queue/dead-letters/{letter_id}", tag = "queue",
    params(("letter_id" = String, Path)), responses((status = NO_CONTENT), Refusals))]
async fn dismiss_dead_letter(Admin(api): Admin, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    api.store.forget_dead_letter(checked(&id)?).await?;
    api.audit("dead_letter.dismissed", &id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// SQS's ids are UUIDs.
fn checked(id: &str) -> Result<&str, Problem> {
    let is_id = (1..=100).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_id
        .then_some(id)
        .ok_or_else(|| Problem::not_found("dead letter"))
}

async fn retry(api: &Api, letter: &DeadLetter, done: &mut RetriedDeadLetters) -> Result<(), Problem> {
    let outcome = match letter.source {
        DeadLetterSource::Dial => retry_dial(api, letter).await?,
        DeadLetterSource::FailedEvents => retry_event(api, letter).await?,
    };
    let counter = match outcome {
        Retried::Sent => &mut done.retried,
        Retried::Settled => &mut done.settled,
        Retried::Refused => {
            done.refused += 1;
            return Ok(());
        }
    };
    *counter += 1;
    Ok(api.store.forget_dead_letter(&letter.id).await?)
}

enum Retried {
    Sent,
    Settled,
    Refused,
}

async fn retry_dial(api: &Api, letter: &DeadLetter) -> Result<Retried, Problem> {
    let Some(call_id) = &letter.call_id else {
        return Ok(Retried::Refused);
    };
    let call = api.store.find_call(call_id).await?;
    if call.is_none_or(|call| call.status != CallStatus::Queued) {
        return Ok(Retried::Settled);
    }
    let message = DialMessage {
        call_id: call_id.clone(),
        campaign_id: letter.campaign_id.clone(),
    };
    // One message too many does no harm: the conditional write of `placing` decides.
    match api.store.send_dials(&[message]).await?.is_empty() {
        true => Ok(Retried::Sent),
        false => Err(Problem::unavailable()),
    }
}

async fn retry_event(api: &Api, letter: &DeadLetter) -> Result<Retried, Problem> {
    let record: Value = serde_json::from_str(&letter.body).unwrap_or_default();
    let (Some(function), Some(event)) = (&letter.function, record.get("requestPayload")) else {
        return Ok(Retried::Refused);
    };
    match api.store.functions().start_again(function, event).await? {
        true => Ok(Retried::Sent),
        false => Ok(Retried::Refused),
    }
}
