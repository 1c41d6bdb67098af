//! What the rules say of a call that somebody thinks up.

use axum::Json;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::{RouteAnswer, RouteQuestion, RouteTried, RoutingPlan};
use utoipa::ToSchema;

use crate::answer::{Answer, Refusals};
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::numbers;
use crate::roles::Operator;

/// A call that somebody thinks up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteTest {
    /// The number that is called, with its country code.
    #[schema(example = "+14155550100")]
    called: Option<String>,
    /// The caller's number, with its country code; none: it is not shown.
    #[schema(example = "+34600000001")]
    caller: Option<String>,
    /// When; none: now.
    at: Option<Timestamp>,
}

/// Where the call would go, and what every rule said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteTested {
    /// Where it would go.
    #[serde(flatten)]
    answer: RouteAnswer,
    /// The rules in the order in which they are asked, to the last one: the first that holds decides.
    tried: Vec<RouteTried>,
}

/// Says where a call would go, and why. Nothing is written and nobody is called.
#[utoipa::path(post, path = "/routing-rules/test", tag = "inbound", request_body = RouteTest,
    responses((status = OK, body = RouteTested), Refusals))]
pub(super) async fn test_routing_rules(
    Operator(api): Operator,
    JsonBody(test): JsonBody<RouteTest>,
) -> Answer<RouteTested> {
    let mut checks = Checks::default();
    let mut number = |field: &str, text: Option<&str>| {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        checks.take(field, numbers::parse(text, None))
    };
    let called = number("called", test.called.as_deref());
    let caller = number("caller", test.caller.as_deref());
    checks.done()?;
    let (rules, settings) = tokio::try_join!(api.store.routing_rules(), api.store.reception_settings())?;
    let question = RouteQuestion {
        called,
        caller,
        at: test.at.unwrap_or_else(|| api.now()),
    };
    let plan = RoutingPlan {
        rules: &rules,
        settings: &settings,
    };
    Ok(Json(RouteTested {
        answer: plan.route(&question),
        tried: plan.tried(&question),
    }))
}
