//! What a provider tells, brought to our records.
//!
//! The dialer, the webhooks, the sync and the scheduler all learn of calls, in any order and any
//! number of times. They all come here, so that what follows is the same whoever came first.
//!
//! A dial whose answer was lost is not tried again while the phone may be ringing; it never happened only once the
//! provider still knows nothing of it after the longest it could have rung:
//!
//! ```
//! use jiff::{SignedDuration, Timestamp};
//! use switchboard_domain::{Call, CallId, CallOrigin, CallStatus, Direction};
//! use switchboard_reconcile::{Overdue, overdue};
//!
//! let dialled: Timestamp = "2026-11-20T12:00:00Z".parse()?;
//! let call = Call {
//!     status: CallStatus::Unconfirmed,
//!     placing_at: Some(dialled),
//!     ringing_timeout_secs: 30,
//!     ..Call::new(CallId::derived(&["lost"]), Direction::Outbound, CallOrigin::Api, dialled)
//! };
//! let after = |secs| dialled + SignedDuration::from_secs(secs);
//! assert_eq!(overdue(&call, None, after(60)), None);
//! assert_eq!(overdue(&call, None, after(120)), Some(Overdue::NeverHappened));
//! # Ok::<(), jiff::Error>(())
//! ```

mod agent;
mod apply;
mod audio_length;
mod bounds;
mod carrier;
mod error;
mod reception;
mod recording;
mod settle;
mod watch;
mod webhook;

pub use agent::{AgentChange, AgentKept, AgentSeen, agent_id_of, keep_agent, voice_missing};
pub use apply::{Applied, apply_conversation, find_call_of};
pub use audio_length::audio_duration_secs;
pub use bounds::{Overdue, overdue};
pub use carrier::{CarrierHeard, CarrierWord, has_platform, hear_carrier, settle_ended};
pub use error::ReconcileError;
pub use recording::{keep_recording, pull_recording};
pub use settle::{Settled, look_after, settle_unconfirmed};
pub use watch::watch_provider;
pub use webhook::{apply_webhook, replay_webhook};
