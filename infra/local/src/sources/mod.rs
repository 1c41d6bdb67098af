//! What makes functions run: queues, streams, objects, schedules.

mod mapping;
mod notifications;
mod schedules;
mod streams;

pub use mapping::{Mapping, MappingState, Mappings};

pub(crate) use notifications::forward as forward_notifications;
pub(crate) use schedules::fire as fire_schedules;
pub(crate) use streams::follow as follow_stream;
