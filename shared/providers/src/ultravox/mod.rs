//! Ultravox.
//!
//! [`Ultravox`] is the provider, [`webhook`] what it sends to us, [`lines`] how the lines are named that
//! its calls are placed from. Its JSON stays in here.
//!
//! What the API does was taken from the vendor's OpenAPI document (0.1.0) and its documentation as of
//! 2026; where they are silent, the code assumes the worse case.

mod account;
mod agents;
mod client;
mod conversations;
mod dial;
mod ending;
mod find;
pub mod lines;
mod options;
mod platform;
mod recordings;
mod taking;
#[cfg(test)]
mod tests;
mod voices;
pub mod webhook;
mod wire;

pub use client::{Ultravox, UltravoxConfig};
pub use platform::UltravoxPlatform;
