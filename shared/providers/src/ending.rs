//! Ending a call that is in progress.

/// What became of the wish to end a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedCall {
    /// The provider was told, and ends it.
    Ended,
    /// It is over already, or the provider does not know it.
    NotLive,
    /// The platform has no way to end this call.
    NotPossible,
}
