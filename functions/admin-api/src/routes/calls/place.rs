//! One call, now.

use axum::Json;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use switchboard_domain::{
    Agent, AgentId, Call, CallId, CallOrigin, CallStatus, Callback, CallbackId, Direction, DynamicVariables,
    PhoneLine, PhoneNumber, ProviderId,
};
use switchboard_service::{Causes, Problem};
use switchboard_store::{DialMessage, StoreError};
use utoipa::ToSchema;

use super::answer::CallAnswer;
use crate::answer::{Made, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::{DEFAULT_RINGING_SECS, RINGING_SECS};
use crate::numbers;
use crate::path::found;
use crate::roles::Operator;
use crate::routes::campaigns::{usable_agent, usable_line};

/// How long a call waits for its dial when nothing is said.
const USUAL_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// How long it may wait.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A call to be placed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceCall {
    /// The agent that calls.
    pub(crate) agent_id: AgentId,
    /// The line it calls from.
    pub(crate) phone_line_id: ProviderId,
    /// Whom to call, in any spelling.
    #[schema(example = "+14155550100")]
    pub(crate) phone_number: String,
    /// Region of a number without a country code, as ISO 3166 code.
    pub(crate) default_region: Option<String>,
    /// What the agent may say of the person.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) variables: DynamicVariables,
    /// No dial begins after this moment; none: in an hour.
    pub(crate) dial_before: Option<Timestamp>,
    /// Seconds it may ring; none: 60.
    #[schema(minimum = 5, maximum = 120)]
    pub(crate) ringing_timeout_secs: Option<u32>,
}

/// Places one call as soon as a slot is free. Send an `Idempotency-Key`: then nobody is called twice when
/// you send it again.
#[utoipa::path(post, path = "/calls", tag = "calls", request_body = PlaceCall,
    responses((status = ACCEPTED, body = CallAnswer), Refusals))]
pub(super) async fn place_call(
    Operator(api): Operator,
    JsonBody(request): JsonBody<PlaceCall>,
) -> Made<CallAnswer> {
    Ok((StatusCode::ACCEPTED, Json(place(&api, request).await?)))
}

/// Puts one call onto the dial queue.
pub(crate) async fn place(api: &Api, request: PlaceCall) -> Result<CallAnswer, Problem> {
    let id = api.new_id(CallId::derived, CallId::generate);
    place_as(api, id, None, request).await
}

/// The same, for a callback: the call follows from it as it is, so that asked for twice it is one call.
pub(crate) async fn place_for(
    api: &Api,
    callback: &Callback,
    request: PlaceCall,
) -> Result<CallAnswer, Problem> {
    let for_it = Some(callback.callback_id.clone());
    place_as(api, callback.next_call(), for_it, request).await
}

async fn place_as(
    api: &Api,
    id: CallId,
    callback_id: Option<CallbackId>,
    request: PlaceCall,
) -> Result<CallAnswer, Problem> {
    let (agent, line, number) = check(api, &request).await?;
    if api.store.find_do_not_call(&number).await?.is_some() {
        return Err(Problem::conflict(
            "The number is on the do-not-call list. Call somebody else, or take it off.",
        ));
    }
    let mut call = queued(api, id, request, agent, line, number);
    call.callback_id = callback_id;
    let call = match api.store.create_call(&call).await {
        Ok(()) => call,
        // The same request again, after its answer was lost: the one call stays the one call.
        Err(StoreError::Stale) => found(api.store.find_call(&call.call_id).await?, "call")?,
        Err(error) => return Err(error.into()),
    };
    // One message too many does no harm: the conditional write of `placing` decides.
    if call.status == CallStatus::Queued {
        send(api, &call).await;
    }
    api.audit("call.placed", &call.call_id).await;
    Ok(CallAnswer::of(call, false))
}

async fn send(api: &Api, call: &Call) {
    let message = DialMessage {
        call_id: call.call_id.clone(),
        campaign_id: None,
    };
    if let Err(error) = api.store.send_dials(&[message]).await {
        // The scheduler finds queued calls whose message was lost.
        tracing::warn!(call.id = %call.call_id, error = %Causes(&error), "the dial message was not sent");
    }
}

async fn check(api: &Api, request: &PlaceCall) -> Result<(Agent, PhoneLine, PhoneNumber), Problem> {
    let mut checks = Checks::default();
    let now = api.now();
    checks.variables("variables", &request.variables);
    if let Some(secs) = &request.ringing_timeout_secs {
        checks.range("ringing_timeout_secs", secs, RINGING_SECS);
    }
    if request
        .dial_before
        .is_some_and(|at| at <= now || at.duration_since(now) > LONGEST_WAIT)
    {
        checks.wrong("dial_before", "choose a moment within the next seven days");
    }
    let region = checks
        .take(
            "default_region",
            numbers::region(request.default_region.as_deref()),
        )
        .flatten();
    let number = checks.take("phone_number", numbers::parse(&request.phone_number, region));
    let agent = usable_agent(api, &mut checks, &request.agent_id).await?;
    let line = usable_line(api, &mut checks, &request.phone_line_id, agent.as_ref()).await?;
    for name in agent.iter().flat_map(|agent| &agent.required_variables) {
        if request
            .variables
            .get(name)
            .is_none_or(|value| value.trim().is_empty())
        {
            checks.wrong(format!("variables.{name}"), "the agent needs this variable");
        }
    }
    checks.done()?;
    match (agent, line, number) {
        (Some(agent), Some(line), Some(number)) => Ok((agent, line, number)),
        _ => Err(Problem::invalid("Name an agent, a phone line and a number.")),
    }
}

fn queued(
    api: &Api,
    call_id: CallId,
    request: PlaceCall,
    agent: Agent,
    line: PhoneLine,
    number: PhoneNumber,
) -> Call {
    let now = api.now();
    Call {
        provider: Some(agent.provider),
        agent_id: Some(agent.agent_id),
        provider_agent_id: Some(agent.provider_agent_id),
        phone_line_id: Some(line.phone_line_id),
        carrier: Some(line.carrier),
        phone_number: Some(number),
        variables: request.variables,
        ringing_timeout_secs: request.ringing_timeout_secs.unwrap_or(DEFAULT_RINGING_SECS),
        enqueued_at: Some(now),
        due_at: Some(now),
        dial_before: request.dial_before.or(now.checked_add(USUAL_WAIT).ok()),
        ..Call::new(call_id, Direction::Outbound, CallOrigin::Api, now)
    }
}
