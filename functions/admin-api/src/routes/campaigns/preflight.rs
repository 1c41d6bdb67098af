//! A campaign looked at, rehearsed and tried on oneself before it begins.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use futures::future::try_join_all;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    Agent, AgentId, Campaign, CampaignId, Preflight, PreflightBuilder, Rehearsal, RehearsalReport,
    RuleConfirmation, Scenario,
};
use switchboard_service::Problem;
use utoipa::ToSchema;

use super::whom::whom;
use crate::answer::{Answer, Made, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::path::{Id, found};
use crate::roles::{Operator, Viewer};
use crate::routes::calls::{CallAnswer, PlaceCall, place};

/// Looks at what a campaign would do: how many would be called and who not and why, when it would be over,
/// what it can cost. Of very many people an even sample is looked at and reckoned up.
#[utoipa::path(get, path = "/campaigns/{campaign_id}/preflight", tag = "campaigns",
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = Preflight), Refusals))]
pub(super) async fn get_preflight(Viewer(api): Viewer, Id(id): Id<CampaignId>) -> Answer<Preflight> {
    let campaign = found(api.store.find_campaign(&id).await?, "campaign")?;
    let settings = api.store.dial_settings().await?;
    let queue = api.store.queue_settings(api.default_limit, api.now()).await?;
    let whom = whom(&api, &campaign).await?;
    let confirmed = RuleConfirmation::in_force(&api.store.rule_confirmations().await?);
    let agents = agents_of(&api, &campaign).await?;
    let named = |fits: fn(&Agent) -> bool| {
        let names = agents.iter().filter(|agent| fits(agent));
        names.map(|agent| agent.name.clone()).collect::<Vec<_>>()
    };
    let bursting = named(|agent| agent.bursting);
    let voices_gone = named(|agent| agent.voice_missing);
    let registers = api.store.do_not_call_registers().await?;
    let builder = PreflightBuilder::new(&campaign, &settings, queue.concurrency_limit, api.now());
    let mut builder = builder
        .knowing(confirmed, bursting)
        .with_registers(&registers)
        .with_voices_gone(voices_gone);
    for (person, facts) in &whom.people {
        builder.person(person, facts);
    }
    Ok(Json(builder.finish(whom.all)))
}

/// The campaign's agents, as far as there are records of them.
async fn agents_of(api: &Api, campaign: &Campaign) -> Result<Vec<Agent>, Problem> {
    let more = campaign.rules.more_agents.iter().map(|more| &more.agent_id);
    let ids: BTreeSet<&AgentId> = std::iter::once(&campaign.agent_id).chain(more).collect();
    let agents = try_join_all(ids.into_iter().map(|id| api.store.find_agent(id))).await?;
    Ok(agents.into_iter().flatten().collect())
}

/// How a rehearsal goes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Rehearse {
    /// How people and the provider behave.
    scenario: Scenario,
    /// The same number makes the same chances.
    seed: u64,
}

/// What came of a rehearsal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RehearsalAnswer {
    /// People in the lists and in the campaign. When fewer were rehearsed, they are an even sample, and the
    /// campaign itself takes longer and costs more in proportion.
    all_people: u64,
    /// What came of those who were rehearsed.
    #[serde(flatten)]
    report: RehearsalReport,
}

/// Plays the whole campaign in a moment, by its own rules and limits, with people and a provider who behave as
/// the scenario says. Nobody is called.
#[utoipa::path(post, path = "/campaigns/{campaign_id}/rehearse", tag = "campaigns", request_body = Rehearse,
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = RehearsalAnswer), Refusals))]
pub(super) async fn rehearse(
    Operator(api): Operator,
    Id(id): Id<CampaignId>,
    JsonBody(request): JsonBody<Rehearse>,
) -> Answer<RehearsalAnswer> {
    let mut checks = Checks::default();
    if !request.scenario.is_possible() {
        checks.wrong(
            "scenario",
            "the shares add up to 100 at most, refused ones to 90, and the shortest talk is not the longest",
        );
    }
    checks.done()?;
    let campaign = found(api.store.find_campaign(&id).await?, "campaign")?;
    let settings = api.store.dial_settings().await?;
    let queue = api.store.queue_settings(api.default_limit, api.now()).await?;
    let whom = whom(&api, &campaign).await?;
    let mut report_skipped = 0;
    let mut earlier = BTreeMap::new();
    let mut people = Vec::with_capacity(whom.people.len());
    for (person, facts) in whom.people {
        if facts.do_not_call {
            report_skipped += 1;
            continue;
        }
        if !facts.dialled.calls.is_empty() {
            earlier.insert(people.len(), facts.dialled);
        }
        people.push(person);
    }
    let plan = Rehearsal {
        campaign: &campaign,
        settings: &settings,
        limit: queue.concurrency_limit,
        scenario: &request.scenario,
        seed: request.seed,
        start: api.now(),
    };
    let mut report = plan.play(people, earlier, &mut |_| {});
    report.leave_out(switchboard_domain::SkipReason::DoNotCall, report_skipped);
    Ok(Json(RehearsalAnswer {
        all_people: whom.all,
        report,
    }))
}

/// Whom to try it on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestCall {
    /// Your own number, in any spelling.
    #[schema(example = "+14155550100")]
    phone_number: String,
    /// Region of a number without a country code, as ISO 3166 code.
    default_region: Option<String>,
}

/// Calls you as the campaign would: its agent, its line, the values of the first row that has them all. It is
/// no call of the campaign. Send an `Idempotency-Key`.
#[utoipa::path(post, path = "/campaigns/{campaign_id}/test-call", tag = "campaigns", request_body = TestCall,
    params(("campaign_id" = CampaignId, Path)), responses((status = ACCEPTED, body = CallAnswer), Refusals))]
pub(super) async fn test_call(
    Operator(api): Operator,
    Id(id): Id<CampaignId>,
    JsonBody(request): JsonBody<TestCall>,
) -> Made<CallAnswer> {
    let campaign = found(api.store.find_campaign(&id).await?, "campaign")?;
    let people = whom(&api, &campaign).await?.people;
    let whole = people
        .iter()
        .find(|(person, _)| campaign.missing_variables(person).next().is_none());
    let Some((person, _)) = whole.or(people.first()) else {
        return Err(Problem::conflict(
            "There is nobody to call. Add recipients first.",
        ));
    };
    let call = PlaceCall {
        agent_id: campaign.agent_id.clone(),
        phone_line_id: campaign.phone_line_id.clone(),
        phone_number: request.phone_number,
        default_region: request.default_region,
        variables: person.variables.clone(),
        dial_before: None,
        ringing_timeout_secs: Some(campaign.ringing_timeout_secs),
    };
    let call = place(&api, call).await?;
    Ok((StatusCode::ACCEPTED, Json(call)))
}
