//! Callbacks: booked by people, changed.

use axum::Json;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use switchboard_domain::{AgentId, CallId, Callback, CallbackId, CallbackOrigin, CallbackStatus};
use switchboard_service::Problem;
use switchboard_store::Booked;
use utoipa::ToSchema;

use crate::answer::{Answer, Made, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::{MAX_NAME, MAX_NOTE};
use crate::numbers;
use crate::path::{Id, found};
use crate::roles::Operator;

/// How far ahead somebody may be called back.
const LONGEST_AHEAD: SignedDuration = SignedDuration::from_hours(366 * 24);
/// How long ago it may have been due: clocks differ, and somebody writes down what was promised this morning.
const LONGEST_AGO: SignedDuration = SignedDuration::from_hours(24);

/// Somebody who is to be called back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCallback {
    /// Whom to call, in any spelling.
    #[schema(example = "+14155550100")]
    phone_number: String,
    /// Region of a number without a country code, as ISO 3166 code.
    default_region: Option<String>,
    /// Their name, when known.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// What it is about.
    #[schema(min_length = 1, max_length = 1000)]
    reason: String,
    /// When they are to be called.
    due_at: Timestamp,
    /// The agent to place the call with, where one is wanted.
    agent_id: Option<AgentId>,
    /// The call that it comes from.
    call_id: Option<CallId>,
}

/// Books a callback. Nobody is called by this: somebody calls, or `POST /api/callbacks/{callback_id}/call` does.
#[utoipa::path(post, path = "/callbacks", tag = "inbound", request_body = NewCallback,
    responses((status = CREATED, body = Callback), Refusals))]
pub(super) async fn create_callback(
    Operator(api): Operator,
    JsonBody(new): JsonBody<NewCallback>,
) -> Made<Callback> {
    let mut checks = Checks::default();
    let region = numbers::region(new.default_region.as_deref());
    let region = checks.take("default_region", region).flatten();
    let number = checks.take("phone_number", numbers::parse(&new.phone_number, region));
    if let Some(name) = &new.name {
        checks.text("name", name, 0..=MAX_NAME);
    }
    checks.text("reason", &new.reason, 1..=MAX_NOTE);
    due_at(&api, &mut checks, new.due_at);
    if let Some(id) = &new.agent_id
        && api.store.find_agent(id).await?.is_none()
    {
        checks.wrong(
            "agent_id",
            "there is no such agent: choose one of GET /api/agents",
        );
    }
    if let Some(id) = &new.call_id
        && api.store.find_call(id).await?.is_none()
    {
        checks.wrong("call_id", "there is no such call: choose one of GET /api/calls");
    }
    checks.done()?;
    let Some(phone_number) = number else {
        return Err(Problem::invalid_field("phone_number", "name a number"));
    };
    let now = api.now();
    let callback = Callback {
        callback_id: api.new_id(CallbackId::derived, CallbackId::generate),
        phone_number,
        name: not_empty(new.name),
        reason: new.reason.trim().to_owned(),
        due_at: new.due_at,
        status: CallbackStatus::Due,
        assigned_to: None,
        call_id: new.call_id,
        placed_call_id: None,
        agent_id: new.agent_id,
        origin: CallbackOrigin::Person,
        note: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let callback = match api.store.put_callback(&callback).await? {
        Booked::New(callback) => {
            api.audit("callback.booked", &callback.callback_id).await;
            callback
        }
        // The same request again, after its answer was lost.
        Booked::Before(callback) => callback,
    };
    Ok((StatusCode::CREATED, Json(*callback)))
}

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedCallback {
    /// How far it is.
    status: Option<CallbackStatus>,
    /// Who does it: it is assigned then. Empty: nobody, and it is due again.
    #[schema(max_length = 200)]
    assigned_to: Option<String>,
    /// When they are to be called.
    due_at: Option<Timestamp>,
    /// What came of it; empty removes it.
    #[schema(max_length = 1000)]
    note: Option<String>,
}

/// Changes a callback: who does it, when, how far it is, what came of it.
#[utoipa::path(patch, path = "/callbacks/{callback_id}", tag = "inbound", request_body = ChangedCallback,
    params(("callback_id" = CallbackId, Path)), responses((status = OK, body = Callback), Refusals))]
pub(super) async fn update_callback(
    Operator(api): Operator,
    Id(id): Id<CallbackId>,
    JsonBody(changes): JsonBody<ChangedCallback>,
) -> Answer<Callback> {
    let mut checks = Checks::default();
    if let Some(who) = &changes.assigned_to {
        checks.text("assigned_to", who, 0..=MAX_NAME);
    }
    if let Some(note) = &changes.note {
        checks.text("note", note, 0..=MAX_NOTE);
    }
    if let Some(at) = changes.due_at {
        due_at(&api, &mut checks, at);
    }
    checks.done()?;
    let now = api.now();
    let mut changed = false;
    let updated = api.store.update_callback(&id, |callback| {
        let before = callback.clone();
        apply(callback, &changes);
        changed = *callback != before;
        if changed {
            callback.updated_at = now;
        }
        changed
    });
    let callback = found(updated.await?, "callback")?;
    if changed {
        api.audit("callback.changed", &id).await;
    }
    Ok(Json(callback))
}

/// Who does it comes before how far it is: what the request says of its status holds.
fn apply(callback: &mut Callback, changes: &ChangedCallback) {
    if let Some(at) = changes.due_at {
        callback.due_at = at;
    }
    if let Some(note) = &changes.note {
        callback.note = not_empty(Some(note.clone()));
    }
    if let Some(who) = &changes.assigned_to {
        callback.assign(not_empty(Some(who.clone())));
    }
    if let Some(status) = changes.status {
        callback.set_status(status);
    }
}

fn due_at(api: &Api, checks: &mut Checks, at: Timestamp) {
    let ahead = at.duration_since(api.now());
    if ahead > LONGEST_AHEAD || ahead < -LONGEST_AGO {
        checks.wrong("due_at", "choose a moment within the next year");
    }
}

fn not_empty(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}
