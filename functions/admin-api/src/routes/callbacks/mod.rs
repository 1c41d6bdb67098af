//! People who are to be called back.

mod call;
mod change;

use axum::Json;
use serde::Deserialize;
use switchboard_domain::{Callback, CallbackId, CallbackStatus};
use utoipa::IntoParams;

use crate::answer::{Answer, Refusals};
use crate::paging::{List, PageParams, Paged};
use crate::path::{Id, found};
use crate::roles::Viewer;
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(list_callbacks, change::create_callback))
        .routes(routes!(get_callback, change::update_callback))
        .routes(routes!(call::call_back))
}

/// Which callbacks to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CallbackParams {
    /// Only those that are so far.
    #[param(required = false)]
    status: Option<CallbackStatus>,
}

/// Callbacks, those that are due first before the others.
#[utoipa::path(get, path = "/callbacks", tag = "inbound", params(CallbackParams, PageParams),
    responses((status = OK, body = List<Callback>), Refusals))]
async fn list_callbacks(Viewer(api): Viewer, page: Paged<CallbackParams>) -> Answer<List<Callback>> {
    let cursor = page.cursor()?;
    let found = api
        .store
        .list_callbacks(page.filter.status, cursor.as_ref(), page.limit)
        .await?;
    Ok(Json(found.into()))
}

/// One of them.
#[utoipa::path(get, path = "/callbacks/{callback_id}", tag = "inbound", params(("callback_id" = CallbackId, Path)),
    responses((status = OK, body = Callback), Refusals))]
async fn get_callback(Viewer(api): Viewer, Id(id): Id<CallbackId>) -> Answer<Callback> {
    Ok(Json(found(api.store.find_callback(&id).await?, "callback")?))
}
