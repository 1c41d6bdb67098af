//! What an account may still use.

use jiff::Timestamp;

/// Plan and allowance of the account at a provider. What it does not tell is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quota {
    /// Name of the plan.
    pub tier: String,
    /// State of the subscription, as the provider writes it.
    pub status: String,
    /// Credits of this period.
    pub credits: Option<Credits>,
    /// Calls in progress, whoever began them.
    pub calls_in_progress: Option<u64>,
    /// Most calls that may be in progress at one time; none: no such limit is told.
    pub most_calls: Option<u64>,
}

/// Credits of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credits {
    /// Used so far.
    pub used: u64,
    /// What the period has.
    pub limit: u64,
    /// When the next period begins.
    pub resets_at: Option<Timestamp>,
}

impl Quota {
    /// Credits left in this period, without extensions that are billed by usage.
    pub fn credits_left(&self) -> Option<u64> {
        self.credits
            .map(|credits| credits.limit.saturating_sub(credits.used))
    }
}
