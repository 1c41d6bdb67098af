//! OpenAI Realtime over SIP.
//!
//! [`OpenAi`] says what becomes of a call that reached OpenAI (accept, reject, hang up) and asks its Responses API;
//! [`OpenAiProvider`] is the platform as every other: its agents are our own records, and its calls are placed by the
//! carrier, which connects them with OpenAI when somebody answers. Its JSON stays in here.
//!
//! What the API does was taken from the vendor's Python SDK (3.52.0) and OpenAPI document (2.3.0) as of 2026; where
//! they are silent, the code assumes the worse case.

mod platform;
mod provider;
pub mod signature;

pub use platform::OpenAiPlatform;
pub use provider::OpenAiProvider;
