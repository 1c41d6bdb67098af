//! What an account may still use.

use jiff::Timestamp;

/// Plan and credit of the account at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Name of the plan.
    pub tier: String,
    /// State of the subscription, as the provider writes it.
    pub status: String,
    /// Credits used in this period.
    pub used: u64,
    /// Credits of this period.
    pub limit: u64,
    /// When the next period begins.
    pub resets_at: Option<Timestamp>,
}

impl Quota {
    /// Credits left in this period, without extensions that are billed by usage.
    pub fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}
