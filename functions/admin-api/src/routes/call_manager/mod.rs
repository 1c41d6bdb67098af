//! The routes of the call-manager service that this replaces: thin adapters over campaigns.

mod answer;
mod batch;
mod submit;

use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(submit::submit_batch))
        .routes(routes!(batch::cancel_batch))
        .routes(routes!(batch::get_batch_status))
}
