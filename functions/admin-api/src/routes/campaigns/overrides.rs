//! What is different for one recipient, as requests say it.

use std::collections::BTreeMap;

use serde::Deserialize;
use switchboard_domain::{
    Agent, AgentId, AgentStatus, Campaign, OwnAgent, OwnLine, PhoneLine, ProviderId, ProviderKind,
    RecipientOverrides,
};
use switchboard_providers::platform;
use switchboard_service::Problem;
use utoipa::ToSchema;

use super::create::other_platform;
use super::edit::given;
use super::people::NewRecipient;
use crate::api::Api;
use crate::checks::Checks;

/// Most characters of a first message.
const MAX_FIRST_MESSAGE: usize = 10_000;
/// Most different agents, and lines, in one request.
const MAX_DIFFERENT: usize = 100;

/// What is different for one recipient. What is left out stays; null is as the campaign has it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NewOverrides {
    /// The agent that calls this person; of the same platform as the campaign's.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<AgentId>)]
    agent_id: Option<Option<AgentId>>,
    /// The line that this person is called from.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<ProviderId>)]
    phone_line_id: Option<Option<ProviderId>>,
    /// What the agent says first to this person; the agent must allow it (`takes_first_message`).
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 10000)]
    first_message: Option<Option<String>>,
    /// Most placed calls to this person, the first included.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 10)]
    max_attempts: Option<Option<u32>>,
}

impl NewOverrides {
    fn says_nothing(&self) -> bool {
        self.agent_id.is_none()
            && self.phone_line_id.is_none()
            && self.first_message.is_none()
            && self.max_attempts.is_none()
    }
}

/// Agents and lines that requests name, each looked up once.
pub(super) struct Known<'a> {
    api: &'a Api,
    provider: ProviderKind,
    /// Those who call people that have no agent of their own.
    usual: Vec<AgentId>,
    agents: BTreeMap<AgentId, Option<Agent>>,
    lines: BTreeMap<ProviderId, Option<PhoneLine>>,
}

impl<'a> Known<'a> {
    /// For people of a campaign whose agents are `usual`.
    pub(super) fn new(api: &'a Api, provider: ProviderKind, usual: Vec<AgentId>) -> Self {
        Self {
            api,
            provider,
            usual,
            agents: BTreeMap::new(),
            lines: BTreeMap::new(),
        }
    }

    /// For people of this campaign.
    pub(super) fn of(api: &'a Api, campaign: &Campaign) -> Self {
        let more = campaign.rules.more_agents.iter();
        let usual = std::iter::once(campaign.agent_id.clone()).chain(more.map(|more| more.agent_id.clone()));
        Self::new(api, campaign.provider, usual.collect())
    }

    /// What is different for each of these people, by their place.
    pub(super) async fn of_all(
        &mut self,
        checks: &mut Checks,
        people: &[NewRecipient],
    ) -> Result<Vec<RecipientOverrides>, Problem> {
        let mut all = vec![RecipientOverrides::default(); people.len()];
        for (index, (person, own)) in people.iter().zip(&mut all).enumerate() {
            let at = format!("recipients[{index}].overrides");
            self.apply(checks, &at, &person.overrides, own).await?;
        }
        Ok(all)
    }

    /// Changes what is different for one person.
    pub(super) async fn apply(
        &mut self,
        checks: &mut Checks,
        at: &str,
        changes: &NewOverrides,
        own: &mut RecipientOverrides,
    ) -> Result<(), Problem> {
        if changes.says_nothing() {
            return Ok(());
        }
        if let Some(id) = &changes.agent_id {
            own.agent = match id {
                Some(id) => self.own_agent(checks, &format!("{at}.agent_id"), id).await?,
                None => None,
            };
        }
        if let Some(id) = &changes.phone_line_id {
            own.phone_line = match id {
                Some(id) => self.own_line(checks, &format!("{at}.phone_line_id"), id).await?,
                None => None,
            };
        }
        if let Some(most) = &changes.max_attempts {
            if let Some(most) = most {
                checks.range(&format!("{at}.max_attempts"), most, 1..=10);
            }
            own.max_attempts = *most;
        }
        if let Some(text) = &changes.first_message {
            if let Some(text) = text {
                checks.text(&format!("{at}.first_message"), text, 0..=MAX_FIRST_MESSAGE);
            }
            own.first_message_variables =
                platform(self.provider).required_variables(&[text.as_deref().unwrap_or_default()]);
            own.first_message.clone_from(text);
        }
        if own.first_message.is_some() {
            let callers = own
                .agent
                .as_ref()
                .map_or(self.usual.clone(), |agent| vec![agent.agent_id.clone()]);
            for id in callers {
                if let Some(agent) = self.agent(&id).await?
                    && !agent.takes_first_message
                {
                    checks.wrong(format!("{at}.first_message"), no_first_message(&agent));
                }
            }
        }
        Ok(())
    }

    async fn own_agent(
        &mut self,
        checks: &mut Checks,
        field: &str,
        id: &AgentId,
    ) -> Result<Option<OwnAgent>, Problem> {
        match self.agent(id).await? {
            Some(agent) if agent.provider == self.provider && agent.status != AgentStatus::Missing => {
                return Ok(Some(OwnAgent {
                    agent_id: agent.agent_id,
                    provider_agent_id: agent.provider_agent_id,
                    required_variables: agent.required_variables,
                }));
            }
            Some(_) => checks.wrong(field, "choose an agent of the same platform that is there"),
            None => checks.wrong(field, "there is no such agent: choose one of GET /api/agents"),
        }
        Ok(None)
    }

    async fn own_line(
        &mut self,
        checks: &mut Checks,
        field: &str,
        id: &ProviderId,
    ) -> Result<Option<OwnLine>, Problem> {
        if !self.lines.contains_key(id) {
            too_many(self.lines.len())?;
            let line = self.api.store.find_phone_line(id).await?;
            self.lines.insert(id.clone(), line);
        }
        match self.lines.get(id).and_then(Option::as_ref) {
            Some(line) if line.provider != self.provider => {
                checks.wrong(field, other_platform(line, self.provider));
            }
            Some(line) if line.supports_outbound => {
                return Ok(Some(OwnLine {
                    phone_line_id: line.phone_line_id.clone(),
                    carrier: line.carrier,
                }));
            }
            Some(_) => checks.wrong(field, "no calls can be placed from this line: choose another one"),
            None => checks.wrong(
                field,
                "there is no such phone line: choose one of GET /api/phone-lines",
            ),
        }
        Ok(None)
    }

    async fn agent(&mut self, id: &AgentId) -> Result<Option<Agent>, Problem> {
        if let Some(known) = self.agents.get(id) {
            return Ok(known.clone());
        }
        too_many(self.agents.len())?;
        let agent = self.api.store.find_agent(id).await?;
        self.agents.insert(id.clone(), agent.clone());
        Ok(agent)
    }
}

fn too_many(known: usize) -> Result<(), Problem> {
    if known < MAX_DIFFERENT {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "Name at most {MAX_DIFFERENT} different agents and lines in one request."
    )))
}

/// What to do about an agent that does not take a first message of a call.
pub(super) fn no_first_message(agent: &Agent) -> String {
    format!(
        "the agent \"{}\" takes no first message of a call: allow that in its security settings at the provider, \
         and import the agent again",
        agent.name
    )
}
