//! Webhooks on their way from the sender to a real store.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod admission;
mod audio;
mod dial;
mod failed_start;
mod kept;
mod line;
mod measured;
mod openai_call;
mod ours;
mod status;
mod tools;
mod transcription;
mod voice;
mod world;
