//! Twilio, the carrier: calls that come in and go out through it, what is told to do with them, and its webhooks.
//!
//! What the API does was taken from the vendor's documentation and SDK (9.13) as of November 2026.

mod account;
mod call;
mod calls;
mod client;
mod form;
mod recordings;
pub mod signature;
#[cfg(test)]
mod tests;
pub mod twiml;

pub use account::{TwilioAccount, TwilioAccountSource, WebhookKey};
pub use call::{TwilioCall, TwilioCallState};
pub use calls::{NewTwilioCall, TwilioCallQuery};
pub use client::{TWILIO_ADDRESS, Twilio};
pub use form::{Form, TooManyValues};
pub use recordings::{TwilioRecording, is_recording_sid};

/// Whether a text is the SID of a call, so that it may stand in an address.
pub fn is_call_sid(text: &str) -> bool {
    account::is_sid("CA", text)
}
