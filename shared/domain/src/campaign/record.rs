//! What we keep of a campaign.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AgentId, CampaignChange, CampaignId, CampaignRules, CampaignStatus, Carrier, ListId, ProviderId,
    ProviderKind, RetryPolicy,
};

/// How far the recipients are laid out from the contact lists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LayoutProgress {
    /// Index of the list in `list_ids` that is being laid out.
    pub list: u32,
    /// Next place in that list.
    pub seq: u64,
    /// Every list is laid out.
    pub done: bool,
}

/// The weight of a campaign of which nothing else is said.
pub const ORDINARY_WEIGHT: u32 = 10;

fn ordinary_weight() -> u32 {
    ORDINARY_WEIGHT
}

/// An agent, a phone line, contacts, and when and how to call them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Campaign {
    /// Our id.
    pub campaign_id: CampaignId,
    /// Name shown to people.
    pub name: String,
    /// Where it is on its way.
    pub status: CampaignStatus,
    /// The agent that calls.
    pub agent_id: AgentId,
    /// The platform.
    pub provider: ProviderKind,
    /// The provider's id of the agent.
    pub provider_agent_id: ProviderId,
    /// The line it calls from.
    pub phone_line_id: ProviderId,
    /// Who carries the calls.
    pub carrier: Carrier,
    /// The contact lists it calls.
    pub list_ids: Vec<ListId>,
    /// How far its recipients are laid out.
    pub layout: LayoutProgress,
    /// When it starts.
    pub start_at: Option<Timestamp>,
    /// When it ends: nobody is dialled after this moment.
    pub end_at: Option<Timestamp>,
    /// When, how often and at what cost people may be called.
    #[serde(default)]
    pub rules: CampaignRules,
    /// When and how often to try again.
    pub retry: RetryPolicy,
    /// Most calls of this campaign in progress at one time; none: only the queue's limit.
    pub concurrency_limit: Option<u32>,
    /// Its share of the slots beside the other running campaigns: twice the weight, twice the calls.
    #[serde(default = "ordinary_weight")]
    pub weight: u32,
    /// Seconds a call may ring.
    pub ringing_timeout_secs: u32,
    /// Variables that the agent needs from every recipient.
    pub required_variables: Vec<String>,
    /// A person asked to try the failed ones again; the scheduler has not come to it yet.
    pub retry_failed_asked: bool,
    /// The calling hours changed: how far its waiting recipients got their new times, as the place in the
    /// list of them. None: they all have them.
    #[serde(default)]
    pub new_hours: Option<String>,
    /// Why it failed, or why it is paused when no person paused it.
    pub failure: Option<String>,
    /// What changed of the rules that its calls go by, oldest first.
    #[serde(default)]
    pub changes: Vec<CampaignChange>,
    /// Number of the batch in the call-manager routes.
    pub batch_number: Option<u64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it began to call.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes of the rules that a dial goes by; every dial is conditional on it.
    #[serde(default)]
    pub rules_version: u64,
    /// Counts changes; every write is conditional on it.
    pub version: u64,
}

impl Campaign {
    /// Since when it runs without having been held: since it was last resumed, else since its start.
    pub fn running_since(&self) -> Timestamp {
        let resumed = self
            .changes
            .iter()
            .rev()
            .take_while(|change| change.status == CampaignStatus::Running);
        let since = resumed.last().map(|change| change.at).or(self.started_at);
        since.unwrap_or(self.created_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::campaign;

    fn change(campaign: &mut Campaign, status: CampaignStatus, at: i64) {
        let before = campaign.clone();
        campaign.status = status;
        // A change that leaves all as it was is not noted: what is called is another thing each time.
        campaign.retry.max_attempts += 1;
        campaign.note_change(&before, Timestamp::from_second(at).unwrap());
    }

    #[test]
    fn a_campaign_runs_since_it_was_last_resumed() {
        let mut campaign = campaign();
        let since = |campaign: &Campaign| campaign.running_since().as_second();
        campaign.created_at = Timestamp::from_second(3).unwrap();
        assert_eq!(since(&campaign), 3, "it never started");
        campaign.started_at = Some(Timestamp::from_second(5).unwrap());
        assert_eq!(since(&campaign), 5);
        for (status, at) in [
            (CampaignStatus::Running, 10),
            (CampaignStatus::Paused, 20),
            (CampaignStatus::Running, 30),
            (CampaignStatus::Running, 40),
        ] {
            change(&mut campaign, status, at);
        }
        assert_eq!(since(&campaign), 30, "what was edited at 40 was no pause");
    }

    #[test]
    fn what_was_written_before_there_were_weights_is_ordinary() {
        let mut old = serde_json::to_value(campaign()).unwrap();
        old.as_object_mut().unwrap().remove("weight");
        assert_eq!(serde_json::from_value::<Campaign>(old).unwrap().weight, 10);
    }
}
