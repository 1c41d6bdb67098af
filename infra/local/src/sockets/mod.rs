//! API Gateway's WebSocket API: sockets, the functions behind its routes, and messages to sockets.

mod connection;
mod event;
mod manage;
mod server;

pub(crate) use server::{Sockets, socket_routes};

use std::time::Duration;

/// API Gateway's limit on a message, in bytes.
const MAX_MESSAGE_BYTES: usize = 128 * 1024;
/// API Gateway's limit on a frame of a message that comes in, in bytes.
const MAX_FRAME_BYTES: usize = 32 * 1024;
/// A socket on which nothing was said for so long is closed.
const IDLE: Duration = Duration::from_secs(10 * 60);
/// A socket is closed after so long, whatever is said.
const LONGEST: Duration = Duration::from_secs(2 * 60 * 60);
/// API Gateway's limit on a function's time.
const INTEGRATION: Duration = Duration::from_secs(29);
