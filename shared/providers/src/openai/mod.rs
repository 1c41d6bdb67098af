//! OpenAI Realtime over SIP.
//!
//! [`OpenAi`] says what becomes of a call that reached OpenAI ([`OpenAiWebhook`]: accept, reject, hang up) and asks its
//! Responses API; [`Event`] and [`ClientEvent`] are what is said on the sideband; [`SessionConfig`] is what a session is
//! told. [`OpenAiProvider`] is the platform as every other: its agents are our own records, and its calls are placed by
//! the carrier, which connects them with OpenAI when somebody answers. Its JSON stays in here.
//!
//! What the API does was taken from the vendor's Python SDK (3.52.0) and OpenAPI document (2.3.0) as of 2026; where
//! they are silent, the code assumes the worse case.

mod agents;
mod client;
mod client_event;
mod conversations;
mod dial;
mod event;
mod incoming;
pub mod lines;
mod options;
mod platform;
mod provider;
mod session;
pub mod signature;
mod summary;
mod surroundings;
#[cfg(test)]
mod tests;
pub mod tools;
mod voices;

pub use client::{OpenAi, Sideband};
pub use client_event::ClientEvent;
pub use event::{
    ACTIVE_RESPONSE, ErrorBody, Event, Item, ItemContent, NotAnEvent, Response, SESSION_EXPIRED,
    StatusDetails, Usage,
};
pub use incoming::{CALL_INCOMING, IncomingCall, OpenAiWebhook, REFERENCE_HEADER};
pub use platform::OpenAiPlatform;
pub use provider::OpenAiProvider;
pub use session::{InvalidSession, SessionCall, SessionConfig, greeting};
pub use summary::{Summary, SummaryError, SummaryRequest};
pub use surroundings::{OwnAgents, OwnCall, OwnRecords, Surroundings};
