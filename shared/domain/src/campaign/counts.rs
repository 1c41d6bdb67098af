//! How many recipients are in which status.

use serde::{Deserialize, Serialize};

use crate::RecipientStatus;

/// How many recipients are in which status. They add up to `total` at every read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignCounts {
    /// All recipients.
    pub total: u64,
    /// Waiting to be due.
    pub pending: u64,
    /// On the dial queue.
    pub queued: u64,
    /// A call is being placed or in progress.
    pub calling: u64,
    /// Reached.
    pub completed: u64,
    /// Nobody answered.
    pub no_answer: u64,
    /// The line was busy.
    pub busy: u64,
    /// A machine answered.
    pub voicemail: u64,
    /// Could not be called or broke down.
    pub failed: u64,
    /// Cancelled before the call.
    pub cancelled: u64,
    /// Not called, for a reason.
    pub skipped: u64,
    /// Taken out of the campaign by a person.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub removed: u64,
}

impl CampaignCounts {
    /// The count of one status.
    pub fn of(&self, status: RecipientStatus) -> u64 {
        let mut copy = *self;
        *copy.slot(status)
    }

    /// Adds to the count of one status.
    pub fn add(&mut self, status: RecipientStatus, count: u64) {
        *self.slot(status) += count;
    }

    fn slot(&mut self, status: RecipientStatus) -> &mut u64 {
        match status {
            RecipientStatus::Pending => &mut self.pending,
            RecipientStatus::Queued => &mut self.queued,
            RecipientStatus::Calling => &mut self.calling,
            RecipientStatus::Completed => &mut self.completed,
            RecipientStatus::NoAnswer => &mut self.no_answer,
            RecipientStatus::Busy => &mut self.busy,
            RecipientStatus::Voicemail => &mut self.voicemail,
            RecipientStatus::Failed => &mut self.failed,
            RecipientStatus::Cancelled => &mut self.cancelled,
            RecipientStatus::Skipped => &mut self.skipped,
            RecipientStatus::Removed => &mut self.removed,
        }
    }

    /// The sum over all statuses.
    pub fn sum(&self) -> u64 {
        RecipientStatus::ALL.iter().map(|s| self.of(*s)).sum()
    }

    /// How many are final.
    pub fn finished(&self) -> u64 {
        RecipientStatus::ALL
            .iter()
            .filter(|s| s.is_final())
            .map(|s| self.of(*s))
            .sum()
    }

    /// Nobody is left to be called.
    pub fn is_finished(&self) -> bool {
        self.finished() == self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A count of its own for every status, so that none can stand for another.
    fn counts() -> CampaignCounts {
        let mut counts = CampaignCounts::default();
        for (n, status) in (0..).zip(RecipientStatus::ALL) {
            counts.add(status, 1 << n);
        }
        counts
    }

    #[test]
    fn every_status_has_a_count_of_its_own() {
        let counts = counts();
        for (n, status) in (0..).zip(RecipientStatus::ALL) {
            assert_eq!(counts.of(status), 1 << n, "{status:?}");
        }
        assert_eq!(counts.sum(), (1 << 11) - 1);
    }

    #[test]
    fn whoever_waits_or_is_on_the_phone_is_not_finished() {
        let mut counts = counts();
        assert_eq!(
            counts.finished(),
            counts.sum() - (counts.pending + counts.queued + counts.calling)
        );
        counts.total = counts.sum();
        assert!(!counts.is_finished());
        counts.total = counts.finished();
        assert!(counts.is_finished());
    }
}
