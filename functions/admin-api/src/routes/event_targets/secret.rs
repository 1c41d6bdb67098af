//! The secret of a target, exchanged.

use axum::Json;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use switchboard_domain::EventTargetId;
use switchboard_service::{Causes, Problem, TargetSecretsError, new_target_secret};
use utoipa::ToSchema;

use crate::answer::Refusals;
use crate::api::NotKept;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::path::{Id, found};
use crate::roles::Admin;

/// Hours for which the old secret signs too when nothing is said.
const DEFAULT_OVERLAP: i64 = 24;
/// Most hours.
const MAX_OVERLAP: i64 = 168;

/// How the secret is exchanged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotateEventSecret {
    /// Hours for which the old secret signs too, beside the new one; 24 when nothing is said, 0 ends it at
    /// once.
    #[schema(minimum = 0, maximum = 168, default = 24)]
    overlap_hours: Option<i64>,
}

impl RotateEventSecret {
    /// Hours for which both secrets sign.
    pub(crate) fn hours(&self) -> Result<i64, Problem> {
        let hours = self.overlap_hours.unwrap_or(DEFAULT_OVERLAP);
        let mut checks = Checks::default();
        checks.range("overlap_hours", &hours, 0..=MAX_OVERLAP);
        checks.done()?;
        Ok(hours)
    }
}

/// A new secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RotatedEventSecret {
    /// Signs what is sent from now on. It is shown this once.
    pub(crate) secret: String,
    /// Until when the old one signs too.
    pub(crate) old_until: Timestamp,
}

/// Makes a new secret. Until the overlap is over, every request has a signature of each.
#[utoipa::path(post, path = "/event-targets/{target_id}/rotate-secret", tag = "events",
    params(("target_id" = EventTargetId, Path)), request_body = RotateEventSecret,
    responses((status = OK, body = RotatedEventSecret), Refusals))]
pub(super) async fn rotate_event_secret(
    Admin(api): Admin,
    Id(id): Id<EventTargetId>,
    JsonBody(request): JsonBody<RotateEventSecret>,
) -> Result<(NotKept, Json<RotatedEventSecret>), Problem> {
    let hours = request.hours()?;
    let before = found(api.store.find_event_target(&id).await?, "event target")?;
    let now = api.now();
    let old_until = now
        .saturating_add(SignedDuration::from_hours(hours))
        .unwrap_or(now);
    // Counted first, over the count that was read: of two who rotate at one time, one is refused, and
    // nobody is shown a secret that does not sign.
    let counted = api
        .store
        .update_event_target(&id, |target| {
            if target.secret_version != before.secret_version {
                return false;
            }
            target.secret_version += 1;
            target.updated_at = now;
            true
        })
        .await?;
    let counted = found(counted, "event target")?;
    if counted.secret_version != before.secret_version + 1 || counted.updated_at != now {
        return Err(Problem::conflict(
            "Somebody else rotated this secret at the same moment. Look at the target, then rotate again.",
        ));
    }
    let secret = api.draw(new_target_secret);
    api.target_secrets
        .rotate(&id, &secret, old_until, now)
        .await
        .map_err(|error| secret_problem(&error))?;
    api.audit("event_target.secret_rotated", &id).await;
    let secret = secret.open().to_owned();
    Ok((NotKept, Json(RotatedEventSecret { secret, old_until })))
}

/// A store of secrets that does not answer: nothing of it is for the caller.
pub(crate) fn secret_problem(error: &TargetSecretsError) -> Problem {
    tracing::error!(error = %Causes(error), "a secret that signs what is sent could not be kept");
    Problem::unavailable()
}
