//! Targets: made, changed, deleted.

use std::collections::BTreeSet;

use axum::Json;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use switchboard_domain::{EventTarget, EventTargetId, EventType};
use switchboard_service::{Problem, new_target_secret};
use utoipa::ToSchema;

use super::fields::MAX_TARGETS;
use super::secret::secret_problem;
use crate::answer::{Answer, Refusals};
use crate::api::NotKept;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::path::{Id, found};
use crate::roles::Admin;

/// An address that is to be told what happens.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateEventTarget {
    /// Where events are posted to: https, and public.
    #[schema(example = "https://example.com/switchboard-events")]
    url: String,
    /// What it is told of.
    #[schema(min_items = 1)]
    types: BTreeSet<EventType>,
    /// What it is, in your words.
    description: Option<String>,
    /// Whether anything is sent at once; yes when nothing is said.
    enabled: Option<bool>,
}

/// A new target with its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedEventTarget {
    /// The target.
    target: EventTarget,
    /// Signs what is sent to it. It is shown this once: keep it where the receiver can read it.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// Adds an address that is told what happens from now on. Its secret is shown this once; a request that
/// is sent again under the same idempotency key is refused, because the answer is not kept.
#[utoipa::path(post, path = "/event-targets", tag = "events", request_body = CreateEventTarget,
    responses((status = CREATED, body = CreatedEventTarget), Refusals))]
pub(super) async fn create_event_target(
    Admin(api): Admin,
    JsonBody(request): JsonBody<CreateEventTarget>,
) -> Result<(StatusCode, NotKept, Json<CreatedEventTarget>), Problem> {
    let mut checks = Checks::default();
    let url = checks.event_url(&api, &request.url);
    checks.event_types(&request.types);
    checks.event_description(request.description.as_ref());
    checks.done()?;
    if api.store.event_targets().await?.len() >= MAX_TARGETS {
        return Err(Problem::conflict(format!(
            "There are {MAX_TARGETS} event targets, which is the limit: delete one first."
        )));
    }
    let id = api.new_id(EventTargetId::derived, EventTargetId::generate);
    if api.store.find_event_target(&id).await?.is_some() {
        return Err(made_before());
    }
    let now = api.now();
    let target = EventTarget {
        target_id: id.clone(),
        url: url.unwrap_or_default(),
        description: request.description,
        types: request.types,
        enabled: request.enabled.unwrap_or(true),
        turned_off: None,
        secret_version: 1,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let secret = api.draw(new_target_secret);
    // The secret first: nothing can be sent without it.
    api.target_secrets
        .create(&id, &secret)
        .await
        .map_err(|error| secret_problem(&error))?;
    if !api.store.create_event_target(&target).await? {
        return Err(made_before());
    }
    api.audit("event_target.created", &id).await;
    let secret = secret.open().to_owned();
    Ok((
        StatusCode::CREATED,
        NotKept,
        Json(CreatedEventTarget { target, secret }),
    ))
}

fn made_before() -> Problem {
    Problem::conflict(
        "This request has made an event target already, and its secret was shown then. Look it up in GET \
         /api/event-targets and rotate its secret to see a new one.",
    )
}

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateEventTarget {
    /// Where events are posted to.
    url: Option<String>,
    /// What it is told of.
    #[schema(min_items = 1)]
    types: Option<BTreeSet<EventType>>,
    /// What it is; empty removes it.
    description: Option<String>,
    /// Whether anything is sent. What happens while it is off is not sent later.
    enabled: Option<bool>,
}

/// Changes a target. What is on its way goes to the new address.
#[utoipa::path(patch, path = "/event-targets/{target_id}", tag = "events",
    params(("target_id" = EventTargetId, Path)), request_body = UpdateEventTarget,
    responses((status = OK, body = EventTarget), Refusals))]
pub(super) async fn update_event_target(
    Admin(api): Admin,
    Id(id): Id<EventTargetId>,
    JsonBody(request): JsonBody<UpdateEventTarget>,
) -> Answer<EventTarget> {
    let mut checks = Checks::default();
    let url = request.url.as_deref().and_then(|url| checks.event_url(&api, url));
    if let Some(types) = &request.types {
        checks.event_types(types);
    }
    checks.event_description(request.description.as_ref());
    checks.done()?;
    let now = api.now();
    let changed = api
        .store
        .update_event_target(&id, |target| {
            if let Some(url) = &url {
                target.url.clone_from(url);
            }
            if let Some(types) = &request.types {
                target.types.clone_from(types);
            }
            if let Some(text) = &request.description {
                target.description = Some(text.clone()).filter(|text| !text.trim().is_empty());
            }
            if let Some(enabled) = request.enabled {
                target.set_enabled(enabled);
            }
            target.updated_at = now;
            true
        })
        .await?;
    let target = found(changed, "event target")?;
    api.audit("event_target.changed", &id).await;
    Ok(Json(target))
}

/// Deletes a target and its secret. What is on its way to it is not sent any more.
#[utoipa::path(delete, path = "/event-targets/{target_id}", tag = "events",
    params(("target_id" = EventTargetId, Path)), responses((status = NO_CONTENT), Refusals))]
pub(super) async fn delete_event_target(
    Admin(api): Admin,
    Id(id): Id<EventTargetId>,
) -> Result<StatusCode, Problem> {
    found(api.store.find_event_target(&id).await?, "event target")?;
    // The target last: until it is gone, deleting can be asked for again.
    api.target_secrets
        .forget(&id)
        .await
        .map_err(|error| secret_problem(&error))?;
    api.store.delete_event_target(&id).await?;
    api.audit("event_target.deleted", &id).await;
    Ok(StatusCode::NO_CONTENT)
}
