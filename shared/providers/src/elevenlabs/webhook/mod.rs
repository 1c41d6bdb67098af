//! What ElevenLabs sends to us: check the signature over the raw bytes, then read.
//!
//! ```
//! use std::time::Duration;
//! use switchboard_providers::elevenlabs::webhook::{parse, verify};
//! use switchboard_providers::{Secret, Tolerance};
//!
//! let raw = br#"{"type":"post_call_transcription","event_timestamp":1790000100,"data":{}}"#;
//! let header = "t=1790000100,v0=8b3cba26676a740ba4eb04bd7aa440ee9d5c483066c102ed70535e93d8d06773";
//! let now = jiff::Timestamp::from_second(1_790_000_130)?;
//! verify(&[Secret::new("wsec_test_secret")], header, raw, now, Tolerance::default())?;
//! // Signed, but not whole: it is kept as it came and shown, not applied.
//! assert!(parse(raw).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod event;
mod failed_start;
mod signature;

pub use event::parse;
pub use signature::{SIGNATURE_HEADER, sign, verify};
