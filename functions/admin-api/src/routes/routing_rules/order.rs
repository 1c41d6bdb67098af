//! Which rule is asked first.

use std::collections::BTreeSet;

use axum::Json;
use serde::Deserialize;
use switchboard_domain::{RoutingRule, RoutingRuleId};
use switchboard_service::Problem;
use switchboard_store::StoreError;
use utoipa::ToSchema;

use super::change::{MAX_RULES, changed_meanwhile};
use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::paging::List;
use crate::roles::Admin;

/// The order in which rules are asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleOrder {
    /// Every rule, once; the first is asked first.
    #[schema(max_items = 100)]
    rule_ids: Vec<RoutingRuleId>,
}

/// Puts the rules into another order. Every rule must be named once: who named them saw them all.
#[utoipa::path(put, path = "/routing-rules/order", tag = "inbound", request_body = RuleOrder,
    responses((status = OK, body = List<RoutingRule>), Refusals))]
pub(super) async fn order_routing_rules(
    Admin(api): Admin,
    JsonBody(order): JsonBody<RuleOrder>,
) -> Answer<List<RoutingRule>> {
    let named: BTreeSet<&RoutingRuleId> = order.rule_ids.iter().collect();
    if order.rule_ids.len() > MAX_RULES || named.len() != order.rule_ids.len() {
        return Err(Problem::invalid_field("rule_ids", "name every rule once"));
    }
    let rules = api.store.routing_rules().await?;
    let there: BTreeSet<&RoutingRuleId> = rules.iter().map(|rule| &rule.rule_id).collect();
    if named != there {
        return Err(changed_meanwhile(StoreError::Stale));
    }
    let before: Vec<&RoutingRuleId> = rules.iter().map(|rule| &rule.rule_id).collect();
    if before != order.rule_ids.iter().collect::<Vec<_>>() {
        let ordered = api.store.order_routing_rules(&order.rule_ids).await;
        ordered.map_err(changed_meanwhile)?;
        api.audit("routing_rules.ordered", &order.rule_ids.len()).await;
    }
    Ok(Json(List::whole(api.store.routing_rules().await?)))
}
