//! The JSON of Ultravox, one file per subject. Nothing here leaves this folder.
//!
//! Servers add fields and values at any time and mix up absent and `null`. So unknown fields are
//! ignored, unknown values kept as they are, and only what we cannot do without is required.

pub(super) mod account;
pub(super) mod agent;
pub(super) mod call;
pub(super) mod dial;
pub(super) mod medium;
pub(super) mod message;
pub(super) mod page;
pub(super) mod taking;
pub(super) mod template;
pub(super) mod times;
pub(super) mod variables;
pub(super) mod voice;
