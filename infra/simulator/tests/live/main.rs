//! The simulator as Twilio's voice and as OpenAI's Realtime calls, over its wire: one file a subject.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod desk;
mod documents;
mod hazards;
mod registered;
mod responses;
mod rest;
mod sessions;
