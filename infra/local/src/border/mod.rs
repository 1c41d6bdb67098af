//! The border around a function's process: every request of it to the outside, seen before and
//! after its effect, and the power to end the process right there.
//!
//! Between two such requests a process changes nothing that anybody can see. So a test that ends it
//! before and after each of them has ended it at every point that there is. Without a [`Guard`]
//! nothing of this exists: the functions speak to the services directly.

mod gate;
mod guard;

pub use guard::{Crossing, Fate, Guard, Moment};

pub(crate) use gate::Border;
