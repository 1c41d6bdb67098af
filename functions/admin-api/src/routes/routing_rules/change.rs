//! Rules: made, changed, deleted.

use axum::Json;
use http::StatusCode;
use serde::Deserialize;
use switchboard_domain::{RouteTarget, RoutingConditions, RoutingRule, RoutingRuleId};
use switchboard_service::Problem;
use switchboard_store::StoreError;
use utoipa::ToSchema;

use super::fields::check;
use crate::answer::{Answer, Made, Refusals};
use crate::body::JsonBody;
use crate::path::{Id, found};
use crate::roles::Admin;

/// Most rules: all of them are put into order in one transaction.
pub(super) const MAX_RULES: usize = 100;

/// A rule that is to be asked after all others.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRoutingRule {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Whether it is asked at all; yes when nothing is said.
    enabled: Option<bool>,
    /// When it holds; always when nothing is said.
    #[serde(default)]
    when: RoutingConditions,
    /// Who takes the call, and who takes it when that one fails or does not answer, in order.
    #[schema(min_items = 1, max_items = 4)]
    targets: Vec<RouteTarget>,
    /// Language in which the caller is answered; none: the reception's.
    language: Option<String>,
}

/// Adds a rule, after all others. Put it where it belongs with `PUT /api/routing-rules/order`.
#[utoipa::path(post, path = "/routing-rules", tag = "inbound", request_body = NewRoutingRule,
    responses((status = CREATED, body = RoutingRule), Refusals))]
pub(super) async fn create_routing_rule(
    Admin(api): Admin,
    JsonBody(new): JsonBody<NewRoutingRule>,
) -> Made<RoutingRule> {
    let rules = api.store.routing_rules().await?;
    let last = rules.iter().map(|rule| rule.position).max();
    let now = api.now();
    let rule = RoutingRule {
        rule_id: api.new_id(RoutingRuleId::derived, RoutingRuleId::generate),
        name: new.name.trim().to_owned(),
        position: last.map_or(0, |last| last.saturating_add(1)),
        enabled: new.enabled.unwrap_or(true),
        when: new.when,
        targets: new.targets,
        language: new.language.filter(|language| !language.trim().is_empty()),
        created_at: now,
        updated_at: now,
        version: 0,
    };
    // The same request again, after its answer was lost: the one rule stays the one rule.
    if let Some(before) = rules.iter().find(|before| before.rule_id == rule.rule_id) {
        return Ok((StatusCode::CREATED, Json(before.clone())));
    }
    if rules.len() >= MAX_RULES {
        return Err(Problem::conflict(format!(
            "There are {MAX_RULES} routing rules, which is the limit: delete one that nobody needs first."
        )));
    }
    check(&api, &rule).await?;
    let rule = api.store.put_routing_rule(&rule).await;
    let rule = rule.map_err(changed_meanwhile)?;
    api.audit("routing_rule.created", &rule.rule_id).await;
    Ok((StatusCode::CREATED, Json(rule)))
}

/// A rule as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedRoutingRule {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Whether it is asked at all; yes when nothing is said.
    enabled: Option<bool>,
    /// When it holds; always when nothing is said.
    #[serde(default)]
    when: RoutingConditions,
    /// Who takes the call, and who takes it when that one fails or does not answer, in order.
    #[schema(min_items = 1, max_items = 4)]
    targets: Vec<RouteTarget>,
    /// Language in which the caller is answered; none: the reception's.
    language: Option<String>,
    /// `version` of the rule that was looked at: refused when it changed since.
    version: u64,
}

/// Changes a rule; its place stays. The next call goes by it.
#[utoipa::path(put, path = "/routing-rules/{rule_id}", tag = "inbound", request_body = ChangedRoutingRule,
    params(("rule_id" = RoutingRuleId, Path)), responses((status = OK, body = RoutingRule), Refusals))]
pub(super) async fn put_routing_rule(
    Admin(api): Admin,
    Id(id): Id<RoutingRuleId>,
    JsonBody(new): JsonBody<ChangedRoutingRule>,
) -> Answer<RoutingRule> {
    let before = found(api.store.find_routing_rule(&id).await?, "routing rule")?;
    let rule = RoutingRule {
        rule_id: before.rule_id,
        name: new.name.trim().to_owned(),
        position: before.position,
        enabled: new.enabled.unwrap_or(true),
        when: new.when,
        targets: new.targets,
        language: new.language.filter(|language| !language.trim().is_empty()),
        created_at: before.created_at,
        updated_at: api.now(),
        version: new.version,
    };
    check(&api, &rule).await?;
    if new.version == 0 || new.version != before.version {
        return Err(changed_meanwhile(StoreError::Stale));
    }
    let rule = api.store.put_routing_rule(&rule).await;
    let rule = rule.map_err(changed_meanwhile)?;
    api.audit("routing_rule.changed", &id).await;
    Ok(Json(rule))
}

/// Deletes a rule. Calls that it sent somewhere stay there.
#[utoipa::path(delete, path = "/routing-rules/{rule_id}", tag = "inbound",
    params(("rule_id" = RoutingRuleId, Path)), responses((status = NO_CONTENT), Refusals))]
pub(super) async fn delete_routing_rule(
    Admin(api): Admin,
    Id(id): Id<RoutingRuleId>,
) -> Result<StatusCode, Problem> {
    found(api.store.find_routing_rule(&id).await?, "routing rule")?;
    api.store.delete_routing_rule(&id).await?;
    api.audit("routing_rule.deleted", &id).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody else was faster.
pub(super) fn changed_meanwhile(error: StoreError) -> Problem {
    match error {
        StoreError::Stale => Problem::conflict(
            "The routing rules changed meanwhile. Look at them as they are now, then change them again.",
        ),
        error => error.into(),
    }
}
