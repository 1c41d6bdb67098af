//! Files on their way to a contact list.

mod create;
mod preview;
mod read;
mod start;

use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(read::list_uploads, create::create_upload))
        .routes(routes!(read::get_upload))
        .routes(routes!(read::get_rejected))
        .routes(routes!(preview::preview_upload))
        .routes(routes!(start::start_upload))
}
