//! The routes of the call-manager service that this replaces: thin adapters over campaigns.

mod answer;
mod batch;
mod submit;

use utoipa_axum::router::OpenApiRouter;

use crate::api::AppState;
use crate::documented::routes;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(submit::submit_batch))
        .routes(routes!(batch::cancel_batch))
        .routes(routes!(batch::get_batch_status))
}
