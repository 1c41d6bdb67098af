//! The function, and what it works with.

use std::sync::Arc;

use serde::Serialize;
use switchboard_domain::Clock;
use switchboard_service::LiveConnections;
use switchboard_store::{Store, StoreError};

use crate::event::LiveEvent;
use crate::socket::SocketAnswer;
use crate::tell::Told;

/// Tells browsers what changed; one serves any number of invocations.
#[derive(Clone)]
pub struct LiveUpdates {
    pub(crate) store: Store,
    pub(crate) connections: Arc<dyn LiveConnections>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// What the function answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To the WebSocket API.
    Socket(SocketAnswer),
    /// To nobody; for the log.
    Told(Told),
}

impl LiveUpdates {
    /// Tells through `connections` what `store` has of changes.
    pub fn new(store: Store, connections: Arc<dyn LiveConnections>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            connections,
            clock,
        }
    }

    /// Does what an invocation asks for.
    ///
    /// # Errors
    /// When the table does not answer. The stream's records are then given again for a while; a socket is
    /// refused, and its browser tries again.
    pub async fn handle(&self, event: LiveEvent) -> Result<Answer, StoreError> {
        match event {
            LiveEvent::Socket(event) => self.socket(*event).await.map(Answer::Socket),
            LiveEvent::Stream(event) => self.tell(&event).await.map(Answer::Told),
        }
    }
}
