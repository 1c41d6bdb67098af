//! The JSON of ElevenLabs, one file per subject. Nothing here leaves this folder.
//!
//! Servers add fields and values at any time and mix up absent and `null`. So unknown fields are
//! ignored, unknown values kept as they are, and only what we cannot do without is required.

pub(super) mod account;
pub(super) mod agent;
pub(super) mod analysis;
pub(super) mod conversation;
pub(super) mod dial;
pub(super) mod metadata;
pub(super) mod phone_line;
pub(super) mod taking;
pub(super) mod transcript;
pub(super) mod voice;
