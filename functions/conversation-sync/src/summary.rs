//! What a run did.

use serde::Serialize;

/// What became of a request to sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum SyncAnswer {
    /// It ran.
    Ran(SyncSummary),
    /// Another run is at it.
    AlreadyRunning,
}

/// What a run did, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SyncSummary {
    /// Conversations that the providers showed.
    pub listed: u64,
    /// Of those: known, and nothing was missing.
    pub synced: u64,
    /// Known, and something was missing or stale.
    pub updated: u64,
    /// Begun elsewhere; now calls of ours.
    pub imported: u64,
    /// Of agents that we have no record of.
    pub skipped_unknown_agent: u64,
    /// Not over yet: looked at again by the next run.
    pub unfinished: u64,
    /// Steps that failed: conversations, calls or recordings. The next run does them.
    pub failed: u64,
    /// Calls that were settled by asking.
    pub settled: u64,
    /// Recordings fetched.
    pub recordings_stored: u64,
    /// Agents of running campaigns that were changed at their provider and not here.
    pub agents_drifted: u64,
    /// Everything was looked at; otherwise time ran out, or a provider did not show all.
    pub complete: bool,
}
