//! Files on their way to a contact list.

mod create;
mod preview;
mod read;
mod start;

use utoipa_axum::router::OpenApiRouter;

use crate::api::AppState;
use crate::documented::routes;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read::list_uploads, create::create_upload))
        .routes(routes!(read::get_upload))
        .routes(routes!(read::get_rejected))
        .routes(routes!(preview::preview_upload))
        .routes(routes!(start::start_upload))
}
