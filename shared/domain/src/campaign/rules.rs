//! When, how often and at what cost the people of a campaign may be called.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AutoPause, Disclosure};
use crate::{AgentId, CallingHours, Campaign, Carrier, FrequencyCap, PhoneNumber, ProviderId};

/// When, how often and at what cost the people of a campaign may be called.
///
/// What JSON leaves out is as [`CampaignRules::default`] has it, which is careful.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignRules {
    /// When people may be called, in their own time.
    pub calling_hours: CallingHours,
    /// How often one person may be called, counted over all campaigns. The limits of the rules in
    /// `calling_hours` hold besides.
    pub frequency_caps: Vec<FrequencyCap>,
    /// Nobody is called for the first time here who was called by anybody within so many days: 1 to 30.
    pub skip_called_within_days: Option<u32>,
    /// Most that the campaign may cost, in US cents; it is paused before it would cost more.
    pub spend_cap_cents: Option<u64>,
    /// Most dials that are begun in one minute; none: as many as there are free slots.
    pub starts_per_minute: Option<u32>,
    /// Seconds in which the calls at one time grow from one to the limit, from the start of the campaign.
    pub ramp_up_secs: Option<u32>,
    /// What the calls are for; marketing needs a consent.
    pub purpose: Purpose,
    /// The column that says whether the person consented to be called; needed for marketing, and asked for
    /// wherever it is named. Who did not is not called.
    pub consent: Option<ConsentColumns>,
    /// What is done with what people say in a call.
    pub wishes: Wishes,
    /// What the agent has to say in its first words; written down of every call, and shown by the report.
    pub disclosure: Option<Disclosure>,
    /// When the campaign pauses by itself.
    pub auto_pause: AutoPause,
    /// More lines to call from besides the campaign's own. Each person always has the same.
    pub more_phone_lines: Vec<CampaignLine>,
    /// More agents besides the campaign's own, to compare them. Each person always has the same.
    pub more_agents: Vec<CampaignAgent>,
}

/// What calls are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Purpose {
    /// Something that the person expects: an appointment, an order, a question of theirs.
    #[default]
    Service,
    /// Something to be sold.
    Marketing,
}

/// Where the contact list says that a person consented to be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentColumns {
    /// Column with yes or no.
    pub column: String,
    /// Column with the date, as 2026-01-31; needed where it is named.
    #[serde(default)]
    pub date_column: Option<String>,
    /// Column with where the consent was given; needed where it is named.
    #[serde(default)]
    pub source_column: Option<String>,
    /// A consent that is older does not count; none: it always does.
    #[serde(default)]
    pub valid_days: Option<u32>,
}

/// What is done with what the agent was told to find out, by the names of the provider's data collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wishes {
    /// When it says yes, the number goes onto the do-not-call list.
    pub opt_out_field: Option<String>,
    /// When it names a moment to come, the person is called then: as 2026-12-01T09:00, by their own clock, or
    /// with an offset.
    pub callback_field: Option<String>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            opt_out_field: Some("opt_out".to_owned()),
            callback_field: Some("callback_at".to_owned()),
        }
    }
}

/// A further line of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignLine {
    /// The line.
    pub phone_line_id: ProviderId,
    /// Who carries its calls; none: as the line says.
    #[serde(default)]
    pub carrier: Option<Carrier>,
}

/// A further agent of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignAgent {
    /// The agent; of the same platform as the campaign's own.
    pub agent_id: AgentId,
    /// Its share of the people; the campaign's own agent has 100. 1 to 1000.
    pub weight: u32,
    /// The provider's id of it; looked up when it is left out.
    #[serde(default)]
    pub provider_agent_id: Option<ProviderId>,
}

/// The weight of a campaign's own agent beside its further ones.
const OWN_AGENT_WEIGHT: u32 = 100;

impl Campaign {
    /// The agent that calls this person: always the same one, with the share of the people that its weight says.
    pub fn agent_of(&self, person: &PhoneNumber) -> (&AgentId, &ProviderId) {
        let own = (&self.agent_id, &self.provider_agent_id);
        let others = &self.rules.more_agents;
        let all =
            others.iter().map(|other| u64::from(other.weight)).sum::<u64>() + u64::from(OWN_AGENT_WEIGHT);
        let mut place = self.place_of(person, "agent") % all.max(1);
        for other in others {
            if place < u64::from(other.weight) {
                let id = other.provider_agent_id.as_ref();
                return id.map_or(own, |id| (&other.agent_id, id));
            }
            place -= u64::from(other.weight);
        }
        own
    }

    /// The line that this person is called from, and who carries the call: always the same.
    pub fn line_of(&self, person: &PhoneNumber) -> (&ProviderId, Carrier) {
        let others = &self.rules.more_phone_lines;
        let place = self.place_of(person, "line") % (others.len() as u64 + 1);
        let other = usize::try_from(place).ok().and_then(|place| others.get(place));
        other.map_or((&self.phone_line_id, self.carrier), |line| {
            (&line.phone_line_id, line.carrier.unwrap_or(self.carrier))
        })
    }

    /// A number that this person always has in this campaign, spread evenly over the people.
    fn place_of(&self, person: &PhoneNumber, what: &str) -> u64 {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(format!("{}:{what}:{}", self.campaign_id, person.as_str()));
        digest
            .iter()
            .take(8)
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    /// Most calls at one time at `now`, where `limit` is the queue's: fewer while the campaign ramps up.
    pub fn limit_at(&self, limit: u32, now: Timestamp) -> u32 {
        let limit = self.concurrency_limit.map_or(limit, |own| own.min(limit));
        let (Some(ramp), Some(started)) = (self.rules.ramp_up_secs, self.started_at) else {
            return limit;
        };
        let passed = u64::try_from(now.duration_since(started).as_secs()).unwrap_or(0);
        let grown = (u64::from(limit) * passed)
            .checked_div(u64::from(ramp))
            .unwrap_or(u64::MAX);
        u32::try_from(grown.max(1)).unwrap_or(u32::MAX).min(limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::campaign;

    fn person(n: u32) -> PhoneNumber {
        PhoneNumber::parse(&format!("+1415{n:07}")).unwrap()
    }

    #[test]
    fn each_person_always_has_the_same_agent_and_line() {
        let mut campaign = campaign();
        let other = AgentId::derived(&["other"]);
        campaign.rules.more_agents = vec![CampaignAgent {
            agent_id: other.clone(),
            weight: 50,
            provider_agent_id: Some(ProviderId::parse("agent_2").unwrap()),
        }];
        let line = ProviderId::parse("phnum_2").unwrap();
        campaign.rules.more_phone_lines = vec![CampaignLine {
            phone_line_id: line.clone(),
            carrier: None,
        }];
        let with = |found: &dyn Fn(&PhoneNumber) -> bool| (0..10_000).filter(|n| found(&person(*n))).count();
        let second = with(&|person| campaign.agent_of(person).0 == &other);
        assert!(
            (3_100..3_560).contains(&second),
            "a third of the people: {second}"
        );
        let from_second = with(&|person| campaign.line_of(person).0 == &line);
        assert!(
            (4_800..5_200).contains(&from_second),
            "half of the people: {from_second}"
        );
        assert_eq!(
            campaign.agent_of(&person(7)),
            campaign.clone().agent_of(&person(7))
        );
    }

    #[test]
    fn a_campaign_that_ramps_up_grows_to_its_limit() {
        let mut campaign = campaign();
        campaign.rules.ramp_up_secs = Some(100);
        campaign.started_at = Some(Timestamp::UNIX_EPOCH);
        let at = |secs| campaign.limit_at(20, Timestamp::from_second(secs).unwrap());
        assert_eq!([0, 4, 10, 50, 100, 9_999].map(at), [1, 1, 2, 10, 20, 20]);
        campaign.concurrency_limit = Some(5);
        assert_eq!(campaign.limit_at(20, Timestamp::from_second(9_999).unwrap()), 5);
    }

    #[test]
    fn a_person_keeps_their_place_for_ever() {
        let campaign = campaign();
        let places =
            [("agent", 1), ("agent", 2), ("line", 1)].map(|(what, n)| campaign.place_of(&person(n), what));
        // Whoever is called again has to reach the same agent: these numbers may not change.
        let digest = |what: &str, n: u32| {
            use sha2::{Digest, Sha256};
            let digest = Sha256::digest(format!("{}:{what}:{}", campaign.campaign_id, person(n).as_str()));
            u64::from_be_bytes(digest[..8].try_into().unwrap())
        };
        assert_eq!(
            places,
            [digest("agent", 1), digest("agent", 2), digest("line", 1)]
        );
    }

    #[test]
    fn an_agent_that_is_not_at_the_provider_yet_has_nobody_to_call() {
        let mut campaign = campaign();
        let other = |name: &str, weight, provider: Option<&str>| CampaignAgent {
            agent_id: AgentId::derived(&[name]),
            weight,
            provider_agent_id: provider.map(|id| ProviderId::parse(id).unwrap()),
        };
        campaign.rules.more_agents = vec![other("b", 100, Some("agent_b")), other("c", 200, None)];
        let share = |id: &AgentId| {
            (0..4_000)
                .filter(|n| campaign.agent_of(&person(*n)).0 == id)
                .count()
        };
        let b = share(&AgentId::derived(&["b"]));
        assert!((900..1_100).contains(&b), "a quarter: {b}");
        assert_eq!(share(&campaign.agent_id), 4_000 - b);
        let line = ProviderId::parse("phnum_2").unwrap();
        campaign.rules.more_phone_lines = vec![CampaignLine {
            phone_line_id: line.clone(),
            carrier: Some(Carrier::SipTrunk),
        }];
        let mut lines = (0..50).map(|n| campaign.line_of(&person(n)));
        assert!(lines.all(|(id, carrier)| (*id == line) == (carrier == Carrier::SipTrunk)));
    }
}
