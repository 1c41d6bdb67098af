//! Webhooks on their way from the sender to a real store.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod admission;
mod audio;
mod failed_start;
mod kept;
mod measured;
mod tools;
mod transcription;
mod world;
