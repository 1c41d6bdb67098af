//! Numbers we call from.

mod change;

use axum::Json;
use serde::Serialize;
use switchboard_domain::PhoneLine;
use switchboard_providers::platform;
use switchboard_service::Problem;
use utoipa::ToSchema;

use crate::answer::{Answer, PlatformRefusals, Refusals};
use crate::api::Api;
use crate::roles::Viewer;
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(list_phone_lines, change::create_phone_line))
        .routes(routes!(change::update_phone_line, change::delete_phone_line))
}

/// Every phone line.
#[derive(Debug, Serialize, ToSchema)]
struct PhoneLines {
    /// The lines.
    items: Vec<PhoneLine>,
    /// Whether they are as the provider shows them now; if not, `explanation` says why.
    fresh: bool,
    /// Why they are not fresh, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
}

/// Every phone line, as the providers show them now; as they were, when a provider does not answer.
#[utoipa::path(get, path = "/phone-lines", tag = "agents", responses((status = OK, body = PhoneLines), Refusals, PlatformRefusals))]
async fn list_phone_lines(Viewer(api): Viewer) -> Answer<PhoneLines> {
    match refresh(&api).await {
        Ok(items) => Ok(Json(PhoneLines {
            items,
            fresh: true,
            explanation: None,
        })),
        Err(problem) => {
            let items = api.store.list_phone_lines().await?;
            Ok(Json(PhoneLines {
                items,
                fresh: false,
                explanation: Some(problem.detail),
            }))
        }
    }
}

/// Brings our records of phone lines up to date.
pub(crate) async fn refresh(api: &Api) -> Result<Vec<PhoneLine>, Problem> {
    let (mut lines, mut asked) = (Vec::new(), Vec::new());
    let known = api.store.list_phone_lines().await?;
    for provider in api.providers.used().await {
        if platform(provider.kind()).lists_phone_lines() {
            lines.extend(
                provider
                    .list_phone_lines()
                    .await
                    .map_err(Problem::of_provider(provider.kind()))?,
            );
            asked.push(provider.kind());
        }
    }
    // Those of a platform that does not list them were entered here, and those of one that is not set up may
    // come back with its key.
    let kept = known.iter().filter(|line| !asked.contains(&line.provider));
    lines.extend(kept.cloned());
    for line in lines.iter().filter(|line| !known.contains(line)) {
        api.store.put_phone_line(line).await?;
    }
    for gone in known
        .iter()
        .filter(|known| lines.iter().all(|line| line.phone_line_id != known.phone_line_id))
    {
        api.store.delete_phone_line(&gone.phone_line_id).await?;
    }
    Ok(lines)
}
