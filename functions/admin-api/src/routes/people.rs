//! Who is asking, who else was here, and who changed what.

use axum::Json;
use serde::Serialize;
use switchboard_domain::{AuditEntry, Role, User};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Answer, Refusals};
use crate::api::AppState;
use crate::paging::{Everything, List, PageParams, Paged};
use crate::roles::{Admin, Viewer};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
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

/// Every change that somebody made, newest first. Nothing is ever taken out of it.
#[utoipa::path(get, path = "/audit", tag = "system", params(PageParams),
    responses((status = OK, body = List<AuditEntry>), Refusals))]
async fn list_audit(Admin(api): Admin, page: Paged<Everything>) -> Answer<List<AuditEntry>> {
    let cursor = page.cursor()?;
    Ok(Json(
        api.store
            .list_audit_entries(cursor.as_ref(), page.limit)
            .await?
            .into(),
    ))
}
