//! What the function works with.

use std::sync::Arc;

use jiff::Timestamp;
use switchboard_domain::{Clock, InboundCall};
use switchboard_providers::openai::OpenAi;
use switchboard_providers::twilio::Twilio;
use switchboard_reconcile::ReconcileError;
use switchboard_service::{Poster, TargetSecrets};
use switchboard_store::{Store, StoreError};

use crate::event::Request;
use crate::pace::Pace;
use crate::socket::Sideband;

/// Why an invocation failed; it may be repeated.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The tables do not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A recording could not be fetched.
    #[error(transparent)]
    Recording(#[from] ReconcileError),
    /// The carrier could not be asked.
    #[error(transparent)]
    Carrier(#[from] switchboard_providers::ProviderError),
}

/// Stays with calls, and concludes them. Cheap to clone; one serves any number of invocations.
#[derive(Clone)]
pub struct Receptionist {
    pub(crate) store: Store,
    pub(crate) openai: OpenAi,
    pub(crate) twilio: Twilio,
    pub(crate) sideband: Arc<dyn Sideband>,
    pub(crate) poster: Poster,
    pub(crate) secrets: Arc<TargetSecrets>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pace: Pace,
}

/// Everything that a receptionist needs.
pub struct Needs {
    /// Everything that is kept.
    pub store: Store,
    /// The agents' platform.
    pub openai: OpenAi,
    /// The carrier.
    pub twilio: Twilio,
    /// How to attach to calls.
    pub sideband: Arc<dyn Sideband>,
    /// How customers' tools are asked.
    pub poster: Poster,
    /// What requests to customers' tools are signed with.
    pub secrets: Arc<TargetSecrets>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl Receptionist {
    /// A receptionist of this patience.
    pub fn new(needs: Needs, pace: Pace) -> Self {
        let Needs {
            store,
            openai,
            twilio,
            sideband,
            poster,
            secrets,
            clock,
        } = needs;
        Self {
            store,
            openai,
            twilio,
            sideband,
            poster,
            secrets,
            clock,
            pace,
        }
    }

    /// Does what an invocation asks for, and stops in time before `deadline`. `name` is what tells the invocation
    /// from others, such as its request id.
    ///
    /// # Errors
    /// When the tables or the carrier do not answer; doing it again is safe.
    pub async fn handle(&self, request: &Request, name: &str, deadline: Timestamp) -> Result<(), Failure> {
        match request {
            Request::Hold(hold) => Ok(Box::pin(self.hold(hold, name, deadline)).await?),
            Request::Conclude(call_id) => Ok(Box::pin(self.conclude(call_id)).await?),
            Request::Recording(recorded) => Box::pin(self.fetch_recording(recorded)).await,
        }
    }

    /// Seconds into the call, by its own clock.
    pub(crate) fn seconds_into(&self, inbound: &InboundCall) -> u64 {
        let since = self.clock.now().duration_since(inbound.began_at).as_secs_f64();
        // A call lasts hours at most; what is before its beginning is at its beginning.
        (since.max(0.0) * self.pace.clock_factor) as u64
    }
}
