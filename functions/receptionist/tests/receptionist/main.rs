//! The receptionist over a sideband in memory, a real store, and its platforms played by this process.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod concluding;
mod handing_over;
mod holding;
mod measured;
mod platforms;
mod recording;
mod sideband;
mod tools;
mod world;
