//! Every call and what came of it.

mod answer;
mod end;
mod place;
mod read;
mod recording;
mod stats;
mod sync;
mod ticket;

use crate::route_set::{RouteSet, routes};

pub(crate) use answer::CallAnswer;
pub(crate) use place::{PlaceCall, place, place_for};
pub(crate) use read::CallPage;

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(read::list_calls, place::place_call))
        .routes(routes!(stats::get_stats))
        .routes(routes!(sync::sync_calls, sync::last_sync))
        .routes(routes!(read::get_call_of_conversation))
        .routes(routes!(read::get_call, read::update_call))
        .routes(routes!(end::end_call))
        .routes(routes!(ticket::create_ticket))
        .routes(routes!(read::get_transcript))
        .routes(routes!(recording::get_recording))
}
