//! Who is asking, who else was here, and who changed what.

use axum::Json;
use serde::{Deserialize, Serialize};
use switchboard_domain::{AuditEntry, Role, User};
use switchboard_service::Problem;
use switchboard_store::AuditFilter;
use utoipa::{IntoParams, ToSchema};

use crate::answer::{Answer, Refusals};
use crate::limits::MAX_NAME;
use crate::paging::{Everything, List, PageParams, Paged};
use crate::roles::{Admin, Viewer};
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(get_me))
        .routes(routes!(list_users))
        .routes(routes!(list_audit))
}

/// Who is asking.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// Subject of the token.
    subject: String,
    /// Name, as the token says it.
    name: Option<String>,
    /// The highest role that the token gives.
    role: Role,
}

/// Who is asking, and what they may do.
#[utoipa::path(get, path = "/me", tag = "system", responses((status = OK, body = Me), Refusals))]
async fn get_me(Viewer(api): Viewer) -> Answer<Me> {
    let caller = &api.caller;
    Ok(Json(Me {
        subject: caller.subject.clone(),
        name: caller.name.clone(),
        role: caller.role,
    }))
}

/// People who have used the API, the last seen first.
#[utoipa::path(get, path = "/users", tag = "system", params(PageParams),
    responses((status = OK, body = List<User>), Refusals))]
async fn list_users(Admin(api): Admin, page: Paged<Everything>) -> Answer<List<User>> {
    let cursor = page.cursor()?;
    Ok(Json(
        api.store.list_users(cursor.as_ref(), page.limit).await?.into(),
    ))
}

/// Which changes to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditParams {
    /// Only those by this subject.
    #[param(required = false, min_length = 1, max_length = 200)]
    actor: Option<String>,
    /// Only those whose action begins so, e.g. `campaign.` or `campaign.paused`.
    #[param(required = false, min_length = 1, max_length = 200)]
    action: Option<String>,
}

impl AuditParams {
    fn filter(self) -> Result<AuditFilter, Problem> {
        for (field, text) in [("actor", &self.actor), ("action", &self.action)] {
            let is_name = |text: &String| (1..=MAX_NAME).contains(&text.chars().count());
            if !text.as_ref().is_none_or(is_name) {
                let message = format!("must have 1 to {MAX_NAME} characters");
                return Err(Problem::invalid_field(field, message));
            }
        }
        Ok(AuditFilter {
            actor: self.actor,
            action: self.action,
        })
    }
}

/// Every change that somebody made, newest first. Nothing is ever taken out of it. With a filter a page can be
/// short and still have a next one.
#[utoipa::path(get, path = "/audit", tag = "system", params(AuditParams, PageParams),
    responses((status = OK, body = List<AuditEntry>), Refusals))]
async fn list_audit(Admin(api): Admin, page: Paged<AuditParams>) -> Answer<List<AuditEntry>> {
    let cursor = page.cursor()?;
    let filter = page.filter.filter()?;
    Ok(Json(
        api.store
            .list_audit_entries(&filter, cursor.as_ref(), page.limit)
            .await?
            .into(),
    ))
}
