//! Twilio, the carrier: what a platform cannot do to a call is done to its leg there.
//!
//! What the API does was taken from the vendor's documentation and SDK (9.13) as of November 2026.

mod account;
mod client;

pub use account::{TwilioAccount, TwilioAccountSource};
pub use client::{TWILIO_ADDRESS, Twilio};
