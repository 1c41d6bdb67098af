//! Live updates over the local tables, with sockets that write down what they are told.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod sockets;
mod telling;
mod world;
