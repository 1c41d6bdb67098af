//! Tells browsers what changed: streams of the tables become messages on WebSockets.
//!
//! A browser opens a socket with a ticket of the API, asks for topics, and from then on is told of every change
//! of them. Nothing is kept for a browser that is away: on a new socket it asks for its topics again, reads what
//! it shows, and follows. So a change may be told twice, and none is missed; docs/live-updates.md says how.

mod event;
mod socket;
mod tell;
mod updates;

pub use event::{LiveEvent, SocketContext, SocketEvent, SocketEventType, StreamEvent};
pub use socket::SocketAnswer;
pub use tell::Told;
pub use updates::{Answer, LiveUpdates};
