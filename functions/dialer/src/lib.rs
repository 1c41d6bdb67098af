//! One message is one call: take a slot, place it, stay with it to its end.
//!
//! Because an invocation stays as long as its call, the function's reserved concurrency caps the
//! calls in progress roughly; the slots in the table hold the limit exactly.

mod event;
mod handler;
mod pace;
mod place;
mod prepare;
mod pressure;
mod waiting;
mod watch;

pub use handler::{Dialer, Verdict};
pub use pace::Pace;
