//! What Ultravox sends to us: check the signature over the raw bytes, then read.
//!
//! ```
//! use switchboard_providers::ultravox::webhook::{parse, verify};
//! use switchboard_providers::{Secret, WebhookEvent};
//!
//! let raw = br#"{"event":"call.ended","call":{"callId":"11111111-2222-4333-8444-555555555555"}}"#;
//! let timestamp = "2026-11-20T20:00:00.000000+00:00";
//! let signature = "cb8566a183c413879784f65291886b29560801e97bb2f1e02ae7ac44bf34bae0";
//! let now = "2026-11-20T20:00:30Z".parse()?;
//! verify(&[Secret::new("uvx-local-secret")], timestamp, signature, raw, now)?;
//! let WebhookEvent::Progress(call) = parse(raw)?.event else { panic!() };
//! // It is over, and how it went is to be asked for.
//! assert!(call.state.is_over() && call.outcome.is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod event;
mod signature;

pub use event::parse;
pub use signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, TOLERANCE, sign, verify};
