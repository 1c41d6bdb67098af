//! Voice agents: they live at a provider, and we keep a record of each.

mod change;
mod dependents;
mod drift;
mod fields;
mod import;
mod read;
mod record;
mod sorted;
mod tools;

use crate::route_set::{RouteSet, routes};

pub(crate) use import::import_agent;

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(read::list_agents, change::create_agent))
        .routes(routes!(
            read::get_agent,
            change::update_agent,
            change::delete_agent
        ))
        .routes(routes!(dependents::get_dependents))
        .routes(routes!(drift::drift_seen))
        .routes(routes!(import::import_one))
        .routes(routes!(import::sync_agents))
        .merge(tools::routes())
}
