//! Ends a function's process at each point at which it can be ended, one after the other.
//!
//! Between two requests to the outside a process changes nothing that anybody can see. So its crash
//! points are: before and after the effect of each of its requests. Which requests there are is seen
//! in a run in which nobody dies; then whoever first comes to a point dies there, until somebody has
//! died at each.

mod aftermath;
mod crashes;
mod plan;
mod point;
mod step;
mod world;

pub use aftermath::{Aftermath, aftermath_of, everybody_was_reached, table};
pub use crashes::{Crashes, Guards, ReadEvent, Subject};
pub use plan::{Explored, Plan};
pub use point::{Crash, Point, Run, looks_at_every_point};
pub use step::Step;
pub use world::{Begin, Ended, Setting, World};
