//! Somebody has seen what was changed about an agent at its provider.

use axum::Json;
use switchboard_domain::{Agent, AgentId};
use switchboard_service::Problem;
use switchboard_store::StoreError;

use crate::answer::{Answer, Refusals};
use crate::path::{Id, found};
use crate::roles::Operator;

/// How often the record is written again when somebody else was faster.
const MAX_RACES: u32 = 5;

/// Notes that somebody has seen what was changed at the provider: the agent's `drift` is gone. What was changed
/// stays as it is.
#[utoipa::path(post, path = "/agents/{agent_id}/drift/seen", tag = "agents", params(("agent_id" = AgentId, Path)),
    responses((status = OK, body = Agent), Refusals))]
pub(super) async fn drift_seen(Operator(api): Operator, Id(id): Id<AgentId>) -> Answer<Agent> {
    for _ in 0..MAX_RACES {
        let mut agent = found(api.store.find_agent(&id).await?, "agent")?;
        if agent.drift.take().is_none() {
            return Ok(Json(agent));
        }
        match api.store.put_agent(agent).await {
            Ok(agent) => {
                api.audit("agent.drift_seen", &id).await;
                return Ok(Json(agent));
            }
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::from(StoreError::Stale))
}
