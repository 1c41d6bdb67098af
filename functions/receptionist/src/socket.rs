//! A sideband: the socket on which OpenAI tells what happens in a call, and is told what to do.
//!
//! Behind a small trait, so that tests play the other side without a network.

use async_trait::async_trait;
use switchboard_domain::ProviderId;

/// What came on a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// An event: JSON.
    Text(String),
    /// A sign of life that says nothing.
    Alive,
}

/// Why nobody is on the other side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// OpenAI does not know the call: not yet, or not any more.
    #[error("OpenAI has no such call")]
    NoSuchCall,
    /// It does not let us in.
    #[error("OpenAI refused the socket: HTTP {0}")]
    Refused(u16),
    /// It could not be reached.
    #[error("OpenAI could not be reached: {0}")]
    Unreachable(String),
}

/// A socket that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the socket is closed")]
pub struct Closed;

/// A sideband that is attached.
#[async_trait]
pub trait Socket: Send {
    /// Sends an event.
    ///
    /// # Errors
    /// When the socket is gone; whether the event arrived nobody knows.
    async fn send(&mut self, text: String) -> Result<(), Closed>;

    /// What comes next; none: the socket is closed. May be given up at any moment without losing anything.
    async fn next(&mut self) -> Option<Heard>;

    /// Asks the other side for a sign of life.
    ///
    /// # Errors
    /// When the socket is gone.
    async fn ping(&mut self) -> Result<(), Closed>;

    /// Leaves. The call goes on.
    async fn close(&mut self);
}

/// Attaches to calls.
#[async_trait]
pub trait Sideband: Send + Sync {
    /// Attaches to a call.
    ///
    /// # Errors
    /// When OpenAI does not know the call, does not let us in, or cannot be reached.
    async fn attach(&self, call: &ProviderId) -> Result<Box<dyn Socket>, ConnectError>;
}
