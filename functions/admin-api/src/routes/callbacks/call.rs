//! Calling somebody back, with an agent.

use axum::Json;
use http::StatusCode;
use serde::Deserialize;
use switchboard_domain::{
    AgentId, Callback, CallbackId, CallbackStatus, DynamicVariables, PhoneLine, ProviderId,
};
use switchboard_service::Problem;
use utoipa::ToSchema;

use crate::answer::{Made, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::path::{Id, found};
use crate::roles::Operator;
use crate::routes::calls::{PlaceCall, place_for};

/// How to call back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallBack {
    /// The agent that calls; none: the one that was named when it was booked.
    agent_id: Option<AgentId>,
    /// The line it calls from; none: the only one that it can call from.
    phone_line_id: Option<ProviderId>,
}

/// Places the call, as `POST /api/calls` does; the agent is told `name` and `reason`. Whoever asks twice calls once:
/// the call follows from the callback as it is. It is done when the call has reached somebody, else due again. 409 when
/// it is done, or its call is still under way.
#[utoipa::path(post, path = "/callbacks/{callback_id}/call", tag = "inbound", request_body = CallBack,
    params(("callback_id" = CallbackId, Path)), responses((status = ACCEPTED, body = Callback), Refusals))]
pub(super) async fn call_back(
    Operator(api): Operator,
    Id(id): Id<CallbackId>,
    JsonBody(request): JsonBody<CallBack>,
) -> Made<Callback> {
    let callback = found(api.store.find_callback(&id).await?, "callback")?;
    if callback.status == CallbackStatus::Done {
        return Err(Problem::conflict(
            "This callback is done. Put it back to `due` first, then call.",
        ));
    }
    let before = callback.placed_call_id.as_ref();
    if let Some(before) = before
        && let Some(call) = api.store.find_call(before).await?
        && !call.status.is_final()
    {
        return Err(Problem::conflict(format!(
            "They are being called: look at the call {before}."
        )));
    }
    let agent_id = request.agent_id.or_else(|| callback.agent_id.clone());
    let agent_id = agent_id
        .ok_or_else(|| Problem::invalid_field("agent_id", "name the agent that calls: none was booked"))?;
    let phone_line_id = match request.phone_line_id {
        Some(line) => line,
        None => only_line(&api, &agent_id).await?,
    };
    let place = PlaceCall {
        agent_id,
        phone_line_id,
        phone_number: callback.phone_number.as_str().to_owned(),
        default_region: None,
        variables: told(&callback),
        dial_before: None,
        ringing_timeout_secs: None,
    };
    place_for(&api, &callback, place).await?;
    let call_id = callback.next_call();
    let now = api.now();
    let mut changed = false;
    let updated = api.store.update_callback(&id, |callback| {
        changed = callback.placed_call_id.as_ref() != Some(&call_id);
        if changed {
            callback.place(call_id.clone());
            callback.updated_at = now;
        }
        changed
    });
    let callback = found(updated.await?, "callback")?;
    if changed {
        api.audit("callback.called", &id).await;
    }
    Ok((StatusCode::ACCEPTED, Json(callback)))
}

/// What the agent is told of whom it calls, and why.
fn told(callback: &Callback) -> DynamicVariables {
    let mut variables = DynamicVariables::new();
    variables.insert("reason".to_owned(), callback.reason.clone());
    if let Some(name) = &callback.name {
        variables.insert("name".to_owned(), name.clone());
    }
    variables
}

/// The line that an agent calls from, where there is no choice.
async fn only_line(api: &Api, agent_id: &AgentId) -> Result<ProviderId, Problem> {
    let agent = api.store.find_agent(agent_id).await?;
    let agent = agent.ok_or_else(|| {
        Problem::invalid_field(
            "agent_id",
            "there is no such agent: choose one of GET /api/agents",
        )
    })?;
    let lines = api.store.list_phone_lines().await?;
    let usable = |line: &PhoneLine| line.provider == agent.provider && line.supports_outbound;
    let mut lines = lines.into_iter().filter(usable);
    match (lines.next(), lines.next()) {
        (Some(line), None) => Ok(line.phone_line_id),
        (None, _) => Err(Problem::invalid_field(
            "phone_line_id",
            "there is no line that this agent can call from: add one under Settings",
        )),
        _ => Err(Problem::invalid_field(
            "phone_line_id",
            "this agent can call from several lines: name one of GET /api/phone-lines",
        )),
    }
}
