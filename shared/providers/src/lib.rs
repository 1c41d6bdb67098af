//! One trait for voice providers, and each provider behind it.
//!
//! [`VoiceProvider`] is shaped by what Switchboard needs: place a call, find a call again by our own
//! id, read conversations, keep agents. A provider's JSON never leaves its own folder. This crate
//! must never know a table, a queue or a campaign.
//!
//! The one thing to get right is what a failed dial means. [`DialError::Refused`] says that nothing
//! rang; [`DialError::Unconfirmed`] says that somebody's phone may be ringing, and that the call is
//! to be looked for ([`VoiceProvider::find_conversation`]) before anyone dials that number again.
//!
//! ```
//! use switchboard_providers::{DialError, Refusal};
//!
//! let refused = DialError::refused(Refusal::RateLimited { code: "system_busy".into() });
//! assert!(refused.nothing_rang());
//! ```

mod agent_option;
mod agents;
mod bounds;
mod calls;
mod conversations;
mod dial_error;
mod dialling;
pub mod elevenlabs;
mod ending;
mod failure;
#[cfg(any(test, feature = "fake"))]
pub mod fake;
mod lenient;
pub mod openai;
mod outcome;
mod platform;
mod provider;
mod provider_error;
mod quota;
mod recording;
mod said_of;
mod secret;
mod shown;
mod signature;
mod taking;
mod transport;
pub mod twilio;
pub mod ultravox;
mod variables;
mod voices;
mod webhook;

pub use agent_option::{AgentOption, OptionKind};
pub use agents::{AgentChanges, AgentPage, AgentQuery, AgentSpec, AgentSummary, ProviderAgent};
pub use calls::{MAX_RINGING_TIMEOUT_SECS, PlaceCall, PlacedCall};
pub use conversations::{
    Conversation, ConversationPage, ConversationQuery, ConversationState, ConversationSummary,
};
pub use dial_error::{DialError, Refusal};
pub use ending::EndedCall;
pub(crate) use outcome::person_spoke;
pub use outcome::{CallResult, EndSigns, outcome_of, outcome_of_failed_start};
pub use platform::{InvalidConfig, Platform, platform, usual_address};
pub use provider::VoiceProvider;
pub use provider_error::ProviderError;
pub use quota::{Credits, Quota};
pub use recording::RecordingStream;
pub use secret::{ApiKeySource, NoApiKey, Secret};
pub use signature::{SignatureError, Tolerance};
pub use taking::{TakeCall, TakenCall};
pub use variables::{ATTEMPT_VARIABLE, required_variables};
pub use voices::{MAX_PREVIEW_BYTES, Voice, VoicePage, VoicePreview, VoiceQuery};
pub use webhook::{ParseError, Webhook, WebhookEvent};
