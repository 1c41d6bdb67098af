//! ElevenLabs Agents.
//!
//! [`ElevenLabs`] is the provider, [`webhook`] what it sends to us. Its JSON stays in here.
//!
//! What the API does was taken from the official SDK (2.78), the vendor's OpenAPI document and its
//! documentation as of November 2026; where they are silent, the code assumes the worse case.

mod account;
mod agents;
mod client;
mod conversations;
mod dial;
mod find;
mod phone_lines;
mod platform;
mod recordings;
mod taking;
#[cfg(test)]
mod tests;
mod voices;
pub mod webhook;
mod wire;

pub use client::{ElevenLabs, ElevenLabsConfig};
pub use platform::ElevenLabsPlatform;
