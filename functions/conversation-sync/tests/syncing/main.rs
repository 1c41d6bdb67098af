//! Runs of the sync over a provider in memory and a real store.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod importing;
mod recordings;
mod running;
mod updating;
mod walking;
mod world;
