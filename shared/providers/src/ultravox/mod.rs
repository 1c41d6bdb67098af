//! Ultravox.

mod client;
mod platform;

pub use client::Ultravox;
pub use platform::UltravoxPlatform;
