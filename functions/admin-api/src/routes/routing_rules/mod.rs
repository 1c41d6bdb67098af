//! Where inbound calls go: the rules, their order, and what they say of a call that is thought up.

mod change;
mod fields;
mod order;
mod test;

use axum::Json;
use switchboard_domain::{RoutingRule, RoutingRuleId};

use crate::answer::{Answer, Refusals};
use crate::paging::List;
use crate::path::{Id, found};
use crate::roles::Viewer;
use crate::route_set::{RouteSet, routes};

pub(crate) fn routes<R: RouteSet>() -> R {
    R::new()
        .routes(routes!(list_routing_rules, change::create_routing_rule))
        .routes(routes!(order::order_routing_rules))
        .routes(routes!(test::test_routing_rules))
        .routes(routes!(
            get_routing_rule,
            change::put_routing_rule,
            change::delete_routing_rule
        ))
}

/// Every rule, in the order in which they are asked: the first that holds decides.
#[utoipa::path(get, path = "/routing-rules", tag = "inbound",
    responses((status = OK, body = List<RoutingRule>), Refusals))]
async fn list_routing_rules(Viewer(api): Viewer) -> Answer<List<RoutingRule>> {
    Ok(Json(List::whole(api.store.routing_rules().await?)))
}

/// One of them.
#[utoipa::path(get, path = "/routing-rules/{rule_id}", tag = "inbound", params(("rule_id" = RoutingRuleId, Path)),
    responses((status = OK, body = RoutingRule), Refusals))]
async fn get_routing_rule(Viewer(api): Viewer, Id(id): Id<RoutingRuleId>) -> Answer<RoutingRule> {
    let rule = api.store.find_routing_rule(&id).await?;
    Ok(Json(found(rule, "routing rule")?))
}
