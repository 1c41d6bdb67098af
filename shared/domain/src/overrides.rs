//! What is different for one recipient of a campaign.

use serde::{Deserialize, Serialize};

use crate::{AgentId, Campaign, Carrier, ProviderId, Recipient, RetryPolicy};

/// What is different for one recipient. What is left out is as the campaign has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecipientOverrides {
    /// The agent that calls this person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<OwnAgent>,
    /// The line that this person is called from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_line: Option<OwnLine>,
    /// What the agent says first to this person; empty: it waits for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_message: Option<String>,
    /// Variables that this first message names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first_message_variables: Vec<String>,
    /// Most placed calls to this person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
}

/// The agent of one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnAgent {
    /// The agent.
    pub agent_id: AgentId,
    /// The provider's id of it.
    pub provider_agent_id: ProviderId,
    /// The variables that it needs.
    pub required_variables: Vec<String>,
}

/// The phone line of one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnLine {
    /// The line.
    pub phone_line_id: ProviderId,
    /// Who carries its calls.
    pub carrier: Carrier,
}

impl RecipientOverrides {
    /// Whether everything is as the campaign has it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Campaign {
    /// The agent that calls this recipient now: its own, or the campaign's.
    pub fn agent_for<'a>(&'a self, recipient: &'a Recipient) -> (&'a AgentId, &'a ProviderId) {
        match &recipient.overrides.agent {
            Some(own) => (&own.agent_id, &own.provider_agent_id),
            None => self.agent_of(&recipient.phone_number),
        }
    }

    /// The line that this recipient is called from now, and who carries the call: its own, or the campaign's.
    pub fn line_for<'a>(&'a self, recipient: &'a Recipient) -> (&'a ProviderId, Carrier) {
        match &recipient.overrides.phone_line {
            Some(own) => (&own.phone_line_id, own.carrier),
            None => self.line_of(&recipient.phone_number),
        }
    }

    /// When and how often to try this recipient again.
    pub fn retry_for(&self, recipient: &Recipient) -> RetryPolicy {
        let mut policy = self.retry.clone();
        policy.max_attempts = recipient.overrides.max_attempts.unwrap_or(policy.max_attempts);
        policy
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RecipientStatus;
    use crate::testing::{campaign, recipient};

    #[test]
    fn what_is_not_said_of_a_recipient_is_as_the_campaign_has_it() {
        let (campaign, person) = (campaign(), recipient(RecipientStatus::Pending));
        assert_eq!(
            campaign.agent_for(&person),
            campaign.agent_of(&person.phone_number)
        );
        assert_eq!(campaign.line_for(&person), campaign.line_of(&person.phone_number));
        assert_eq!(campaign.retry_for(&person), campaign.retry);
        let json = serde_json::to_value(&person).unwrap();
        assert_eq!(
            json.get("overrides"),
            None,
            "nothing is written that says nothing"
        );
        assert_eq!(serde_json::from_value::<Recipient>(json).unwrap(), person);
    }

    #[test]
    fn a_recipient_has_its_own_agent_line_attempts_and_variables() {
        let (mut campaign, mut person) = (campaign(), recipient(RecipientStatus::Pending));
        campaign.required_variables = vec!["name".to_owned()];
        let (agent_id, provider_agent_id) = (
            AgentId::derived(&["vip"]),
            ProviderId::parse("agent_vip").unwrap(),
        );
        let phone_line_id = ProviderId::parse("phnum_vip").unwrap();
        person.overrides = RecipientOverrides {
            agent: Some(OwnAgent {
                agent_id: agent_id.clone(),
                provider_agent_id: provider_agent_id.clone(),
                required_variables: vec!["title".to_owned()],
            }),
            phone_line: Some(OwnLine {
                phone_line_id: phone_line_id.clone(),
                carrier: Carrier::SipTrunk,
            }),
            first_message: Some("Good morning {{title}}, about {{order}}".to_owned()),
            first_message_variables: vec!["order".to_owned(), "title".to_owned()],
            max_attempts: Some(7),
        };
        assert_eq!(campaign.agent_for(&person), (&agent_id, &provider_agent_id));
        assert_eq!(campaign.line_for(&person), (&phone_line_id, Carrier::SipTrunk));
        assert_eq!(campaign.retry_for(&person).max_attempts, 7);
        let missing: Vec<_> = campaign.missing_variables(&person).collect();
        assert_eq!(
            missing,
            ["title", "order"],
            "each once, and not what the campaign's agent needs"
        );
    }
}
