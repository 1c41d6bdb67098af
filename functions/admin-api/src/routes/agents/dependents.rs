//! What stands in the way of deleting an agent.

use axum::Json;
use serde::Serialize;
use switchboard_domain::{Agent, AgentId, CampaignId, CampaignStatus, RouteTarget, RoutingRuleId};
use switchboard_store::{CallFilter, StoreError};
use utoipa::ToSchema;

use super::super::campaigns::unfinished_campaigns;
use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::path::{Id, found};
use crate::roles::Viewer;

/// Calls under way that are counted.
const MOST_CALLS: usize = 200;

/// A campaign that calls with an agent and is not over.
#[derive(Debug, Serialize, ToSchema)]
struct DependentCampaign {
    /// Its id.
    campaign_id: CampaignId,
    /// Its name.
    name: String,
    /// Its status.
    status: CampaignStatus,
}

/// A routing rule that sends callers to an agent.
#[derive(Debug, Serialize, ToSchema)]
struct DependentRule {
    /// Its id.
    rule_id: RoutingRuleId,
    /// Its name.
    name: String,
}

/// What deleting an agent would touch.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Dependents {
    /// Campaigns that call with it and are not over, the first few of them.
    campaigns: Vec<DependentCampaign>,
    /// Routing rules that send callers to it.
    routing_rules: Vec<DependentRule>,
    /// Calls of it that are queued or in progress; at most 200 are counted.
    calls_in_progress: usize,
    /// Whether it can be deleted now.
    deletable: bool,
    /// Why not, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// What remains when it is deleted.
    remains: String,
}

/// What deleting an agent would touch, and whether it can be deleted now.
#[utoipa::path(get, path = "/agents/{agent_id}/dependents", tag = "agents", params(("agent_id" = AgentId, Path)),
    responses((status = OK, body = Dependents), Refusals))]
pub(super) async fn get_dependents(Viewer(api): Viewer, Id(id): Id<AgentId>) -> Answer<Dependents> {
    let agent = found(api.store.find_agent(&id).await?, "agent")?;
    Ok(Json(dependents(&api, &agent).await?))
}

pub(super) async fn dependents(api: &Api, agent: &Agent) -> Result<Dependents, StoreError> {
    let id = &agent.agent_id;
    let campaigns = unfinished_campaigns(&api.store, |campaign| campaign.agent_id == *id).await?;
    let routing_rules = rules_to(api, id).await?;
    let calls = live_calls(api, id).await?;
    let reason = (!campaigns.is_empty()).then(|| {
        let names: Vec<String> = campaigns
            .iter()
            .map(|campaign| format!("{} ({})", campaign.name, campaign.campaign_id))
            .collect();
        format!(
            "Cancel or finish the campaigns that call with this agent, then delete it: {}.",
            names.join(", ")
        )
    });
    let reason = reason.or_else(|| {
        let names: Vec<&str> = routing_rules.iter().map(|rule| rule.name.as_str()).collect();
        (!names.is_empty()).then(|| {
            format!(
                "Send callers elsewhere in the routing rules that name this agent, then delete it: {}.",
                names.join(", ")
            )
        })
    });
    let reason = reason.or_else(|| {
        (calls > 0).then(|| {
            "Calls with this agent are under way: wait until they are over, then delete it.".to_owned()
        })
    });
    let campaigns = campaigns.into_iter().map(|campaign| DependentCampaign {
        campaign_id: campaign.campaign_id,
        name: campaign.name,
        status: campaign.status,
    });
    Ok(Dependents {
        campaigns: campaigns.collect(),
        routing_rules,
        calls_in_progress: calls,
        deletable: reason.is_none(),
        reason,
        remains: format!(
            "The agent is deleted at {0} too. Its calls, transcripts and recordings stay here; its conversations stay at \
             {0} until they are deleted there.",
            agent.provider.name()
        ),
    })
}

/// Rules that name an agent, switched on or not.
async fn rules_to(api: &Api, id: &AgentId) -> Result<Vec<DependentRule>, StoreError> {
    let to_it = |target: &RouteTarget| matches!(target, RouteTarget::Agent { agent_id } if agent_id == id);
    let rules = api.store.routing_rules().await?.into_iter();
    let named = rules.filter(|rule| rule.targets.iter().any(to_it));
    let shown = named.map(|rule| DependentRule {
        rule_id: rule.rule_id,
        name: rule.name,
    });
    Ok(shown.collect())
}

/// Calls of an agent that are under way. A page can be empty while many calls of other agents wait, and the
/// answer must not be "none" then: the walk goes on until it is known.
async fn live_calls(api: &Api, id: &AgentId) -> Result<usize, StoreError> {
    let filter = CallFilter {
        agent_id: Some(id.clone()),
        ..CallFilter::default()
    };
    let (mut calls, mut cursor) = (0, None);
    loop {
        let page = api
            .store
            .list_live_calls(&filter, cursor.as_ref(), 200)
            .await?
            .page;
        calls += page.items.len();
        cursor = page.next;
        if cursor.is_none() || calls >= MOST_CALLS {
            return Ok(calls.min(MOST_CALLS));
        }
    }
}
