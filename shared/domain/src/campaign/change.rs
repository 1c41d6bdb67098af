//! What changed of a campaign, so that each of its calls can be judged by the rules of its moment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CallingHours, Campaign, CampaignStatus};

/// Most changes that are kept; of more, the oldest but the first are left out.
const MOST: usize = 200;

/// The rules of a campaign from one moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignChange {
    /// From when.
    pub at: Timestamp,
    /// The status since then.
    pub status: CampaignStatus,
    /// When people may be called.
    #[serde(default)]
    pub calling_hours: CallingHours,
    /// Most placed calls to one person.
    pub max_attempts: u32,
    /// Most calls of the campaign in progress at one time.
    pub concurrency_limit: Option<u32>,
    /// From here on the failed ones are tried again: their attempts begin anew.
    pub retries_failed: bool,
}

impl CampaignChange {
    fn of(campaign: &Campaign, retries_failed: bool, at: Timestamp) -> Self {
        Self {
            at,
            status: campaign.status,
            calling_hours: campaign.rules.calling_hours.clone(),
            max_attempts: campaign.retry.max_attempts,
            concurrency_limit: campaign.concurrency_limit,
            retries_failed,
        }
    }

    fn same_rules(&self, other: &Self) -> bool {
        let at = other.at;
        Self { at, ..self.clone() } == *other
    }
}

impl Campaign {
    /// Writes down the rules as they are from `at` on, if they are others than before.
    pub fn note_change(&mut self, before: &Self, at: Timestamp) {
        let who_calls = |campaign: &Self| {
            let line = (campaign.phone_line_id.clone(), campaign.carrier);
            (
                campaign.agent_id.clone(),
                campaign.provider_agent_id.clone(),
                line,
            )
        };
        let same = self.rules == before.rules
            && self.retry == before.retry
            && self.concurrency_limit == before.concurrency_limit
            && self.end_at == before.end_at
            && self.required_variables == before.required_variables
            && who_calls(self) == who_calls(before);
        if !same {
            self.rules_version = before.rules_version + 1;
        }
        let retries = self.retry_failed_asked && !before.retry_failed_asked;
        let change = CampaignChange::of(self, retries, at);
        if !retries && self.changes.last().is_some_and(|last| last.same_rules(&change)) {
            return;
        }
        self.changes.push(change);
        if self.changes.len() > MOST {
            self.changes.remove(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::campaign;

    #[test]
    fn a_dial_that_is_about_to_begin_looks_again_when_the_campaign_may_have_fewer_calls() {
        let before = campaign();
        let mut lowered = before.clone();
        lowered.concurrency_limit = Some(2);
        lowered.note_change(&before, Timestamp::UNIX_EPOCH);
        assert_eq!(lowered.rules_version, before.rules_version + 1);
        let mut same = lowered.clone();
        same.name = "Another name".to_owned();
        same.note_change(&lowered, Timestamp::UNIX_EPOCH);
        assert_eq!(same.rules_version, lowered.rules_version);
    }
}
