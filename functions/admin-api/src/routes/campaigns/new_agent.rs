//! Another agent for a campaign that has people already.

use std::collections::BTreeMap;

use switchboard_domain::{Agent, AgentId, AgentStatus, Campaign};
use switchboard_service::Problem;

use super::overrides::no_first_message;
use super::whom::{Whom, who};
use crate::api::Api;

/// The agent, where it can call everybody who waits; of very many people, everybody of an even sample (whoever
/// lacks a value all the same is skipped for it). People who could not be called before, for a variable
/// that they lack, are no reason against it.
pub(super) async fn new_agent(api: &Api, campaign: &Campaign, id: &AgentId) -> Result<Agent, Problem> {
    let wrong = |message: String| Err(Problem::invalid_field("agent_id", message));
    let Some(agent) = api.store.find_agent(id).await? else {
        return wrong("there is no such agent: choose one of GET /api/agents".to_owned());
    };
    if agent.provider != campaign.provider || agent.status == AgentStatus::Missing {
        return wrong("choose an agent of the same platform that is there".to_owned());
    }
    let after = Campaign {
        required_variables: agent.required_variables.clone(),
        ..campaign.clone()
    };
    let Whom { people, all } = who(api, campaign).await?;
    let (mut lacking, mut missing) = (0_u64, BTreeMap::<&String, u64>::new());
    for (person, _) in &people {
        if campaign.missing_variables(person).next().is_some() {
            continue;
        }
        let lacks: Vec<&String> = after.missing_variables(person).collect();
        lacking += u64::from(!lacks.is_empty());
        for name in lacks {
            *missing.entry(name).or_default() += 1;
        }
        let own = &person.overrides;
        if own.first_message.is_some() && own.agent.is_none() && !agent.takes_first_message {
            let why = no_first_message(&agent);
            return wrong(format!(
                "people who wait have a first message of their own, and {why}"
            ));
        }
    }
    if missing.is_empty() {
        return Ok(agent);
    }
    let names: Vec<String> = missing
        .iter()
        .map(|(name, people)| format!("{name} ({people})"))
        .collect();
    let looked_at = match people.len() as u64 {
        some if some < all => format!("{some} of {all} people who were looked at"),
        some => format!("{some} people who wait"),
    };
    wrong(format!(
        "{lacking} of {looked_at} have no value for what \"{}\" needs: {}. Give them the values, take them out, or \
         choose another agent",
        agent.name,
        names.join(", ")
    ))
}
