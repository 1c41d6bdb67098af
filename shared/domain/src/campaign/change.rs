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

    #[test]
    fn what_says_nothing_new_is_not_noted_and_asking_for_the_failed_ones_always_is() {
        let mut campaign = campaign();
        let at = |secs| Timestamp::from_second(secs).unwrap();
        let before = campaign.clone();
        campaign.note_change(&before, at(1));
        campaign.note_change(&before, at(2));
        assert_eq!(campaign.changes.len(), 1);
        campaign.status = CampaignStatus::Running;
        campaign.note_change(&before, at(3));
        assert_eq!(campaign.changes.len(), 2);
        for n in 4..6 {
            let mut before = campaign.clone();
            before.retry_failed_asked = false;
            campaign.retry_failed_asked = true;
            campaign.note_change(&before, at(n));
        }
        let asked: Vec<bool> = campaign
            .changes
            .iter()
            .map(|change| change.retries_failed)
            .collect();
        assert_eq!(asked, [false, false, true, true]);
        let asked_before = campaign.clone();
        campaign.status = CampaignStatus::Paused;
        campaign.note_change(&asked_before, at(7));
        assert!(!campaign.changes[4].retries_failed, "it was asked for before");
    }

    #[test]
    fn of_very_many_changes_the_first_and_the_latest_stay() {
        let mut campaign = campaign();
        for n in 0..=300 {
            let before = campaign.clone();
            campaign.retry.max_attempts = 1 + n;
            campaign.note_change(&before, Timestamp::from_second(i64::from(n)).unwrap());
        }
        let noted: Vec<i64> = campaign
            .changes
            .iter()
            .map(|change| change.at.as_second())
            .collect();
        assert_eq!(noted.len(), MOST);
        assert_eq!((noted[0], noted[1], noted[MOST - 1]), (0, 102, 300));
    }

    /// Each change that a dial under way has to know of is a new version of the rules; nothing else is.
    #[test]
    fn whatever_says_who_is_called_and_how_makes_a_new_version_of_the_rules() {
        let now = Timestamp::from_second(9).unwrap();
        let version = |change: fn(&mut Campaign)| {
            let before = campaign();
            let mut after = before.clone();
            change(&mut after);
            after.note_change(&before, now);
            after.rules_version
        };
        let counted: [fn(&mut Campaign); 9] = [
            |it| it.rules.spend_cap_cents = Some(1),
            |it| it.retry.delay_secs += 1,
            |it| it.concurrency_limit = Some(1),
            |it| it.end_at = Some(Timestamp::MAX),
            |it| it.required_variables = vec!["name".to_owned()],
            |it| it.agent_id = crate::AgentId::derived(&["other"]),
            |it| it.provider_agent_id = crate::ProviderId::parse("agent_2").unwrap(),
            |it| it.phone_line_id = crate::ProviderId::parse("phnum_2").unwrap(),
            |it| it.carrier = crate::Carrier::SipTrunk,
        ];
        assert_eq!(counted.map(version), [1; 9]);
        let others: [fn(&mut Campaign); 3] = [
            |_| (),
            |it| it.name = "Another".to_owned(),
            |it| it.status = CampaignStatus::Running,
        ];
        assert_eq!(others.map(version), [0; 3]);
    }
}
