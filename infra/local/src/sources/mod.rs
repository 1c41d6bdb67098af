//! What makes functions run: queues, objects, schedules.

mod mapping;
mod notifications;
mod schedules;

pub use mapping::{Mapping, MappingState, Mappings};

pub(crate) use notifications::forward as forward_notifications;
pub(crate) use schedules::fire as fire_schedules;
