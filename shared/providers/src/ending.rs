//! Ending a call that is in progress.

/// What became of the wish to end a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedCall {
    /// The provider was told, and ends it.
    Ended,
    /// It is over already, or the provider does not know it.
    NotLive,
    /// Nobody has picked up yet, and until then the platform cannot end it.
    NotPickedUp,
    /// The platform has no way to end this call.
    NotPossible,
}
