//! What the providers and the carrier tell us of calls: verified, kept, applied. Where calls go that come in. And the
//! tools that an agent may use during a call.
//!
//! A webhook is answered 200 only once its body is in the data bucket and what it says is written.
//! The same body is the same webhook: repeats, reordering and replays change nothing. What cannot be
//! read is kept and shown, never dropped; what is not signed is not kept at all.

mod delivery;
mod http;
mod phone;
mod tools;

pub use http::{MAX_BODY_BYTES, router};
pub use phone::{OPENAI_SIP_HOST, Patience, Phone};

use std::sync::Arc;

use switchboard_domain::Clock;
use switchboard_service::Secrets;
use switchboard_store::Store;

/// What the function works with. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    /// Everything that is kept.
    pub store: Store,
    /// The secrets that webhooks are signed with, and those of tools.
    pub secrets: Secrets,
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// What the phone is answered with.
    pub phone: Phone,
}
