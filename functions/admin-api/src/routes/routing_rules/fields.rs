//! What a rule says, checked.

use switchboard_domain::{AgentStatus, RouteTarget, RoutingRule};
use switchboard_service::Problem;

use crate::api::Api;
use crate::checks::Checks;

/// A rule must be one that can be followed: the domain's rules for it hold, and its agents are there.
pub(super) async fn check(api: &Api, rule: &RoutingRule) -> Result<(), Problem> {
    let mut checks = Checks::default();
    for (field, wrong) in rule.faults() {
        checks.wrong(field, wrong);
    }
    for (index, target) in rule.targets.iter().take(4).enumerate() {
        let RouteTarget::Agent { agent_id } = target else {
            continue;
        };
        let field = format!("targets[{index}].agent_id");
        match api.store.find_agent(agent_id).await? {
            None => checks.wrong(field, "there is no such agent: choose one of GET /api/agents"),
            Some(agent) if agent.status == AgentStatus::Missing => checks.wrong(
                field,
                "the provider does not know this agent any more: choose another one",
            ),
            Some(_) => {}
        }
    }
    checks.done()
}
