//! Inbound calls, by what is to be done about them.

use axum::Json;
use serde::Deserialize;
use switchboard_domain::{Desk, Direction};
use switchboard_store::CallFilter;
use utoipa::{IntoParams, ToSchema};

use super::calls::CallPage;
use crate::answer::{Answer, Refusals};
use crate::paging::{PageParams, Paged};
use crate::roles::Viewer;
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new().routes(routes!(list_inbound_calls))
}

/// Which inbound calls to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InboundParams {
    /// The box in which they lie.
    #[param(inline)]
    #[serde(rename = "box")]
    in_box: InboundBox,
}

/// What is to be done about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum InboundBox {
    /// Somebody is on the line.
    InProgress,
    /// It is over, and nobody has dealt with it.
    NeedsAttention,
    /// Somebody has dealt with it.
    Handled,
}

/// Inbound calls of one box: those that need attention with the urgent ones first, the others newest first.
/// A page can be short, even empty, and still have a next one.
#[utoipa::path(get, path = "/inbound", tag = "inbound", params(InboundParams, PageParams),
    responses((status = OK, body = CallPage), Refusals))]
async fn list_inbound_calls(Viewer(api): Viewer, page: Paged<InboundParams>) -> Answer<CallPage> {
    let cursor = page.cursor()?;
    let filter = CallFilter {
        direction: Some(Direction::Inbound),
        desk: match page.filter.in_box {
            InboundBox::InProgress => None,
            InboundBox::NeedsAttention => Some(Desk::NeedsAttention),
            InboundBox::Handled => Some(Desk::Handled),
        },
        ..CallFilter::default()
    };
    let found = match page.filter.in_box {
        InboundBox::InProgress => {
            api.store
                .list_live_calls(&filter, cursor.as_ref(), page.limit)
                .await?
        }
        _ => api.store.find_calls(&filter, cursor.as_ref(), page.limit).await?,
    };
    Ok(Json(CallPage::of(found, api.carrier().await.is_some())))
}
