//! Making a campaign.

use std::collections::BTreeSet;

use axum::Json;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use switchboard_domain::{
    Agent, AgentId, AgentStatus, CampaignId, CampaignRules, CampaignSettings, CampaignTemplateId, Carrier,
    ListId, ORDINARY_WEIGHT, PhoneLine, ProviderId, ProviderKind, RetryPolicy,
};
use switchboard_service::Problem;
use utoipa::ToSchema;

use super::answer::CampaignAnswer;
use super::creation::{Begin, Plan, create};
use super::overrides::Known;
use super::people::{NewRecipient, read_people};
use super::rules;
use crate::answer::{Made, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::{DEFAULT_RINGING_SECS, MAX_LISTS, MAX_RECIPIENTS, RINGING_SECS};
use crate::numbers;
use crate::roles::Operator;

/// When a new campaign begins to call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CampaignStart {
    /// When somebody starts it.
    #[default]
    Draft,
    /// Now.
    Now,
    /// At `start_at`.
    At,
}

/// A campaign to be made, from contact lists, people given here, or both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateCampaign {
    /// Name shown to people.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Whatever is not said here is as this template has it.
    template_id: Option<CampaignTemplateId>,
    /// The agent that calls; needed where no template says it.
    agent_id: Option<AgentId>,
    /// The line it calls from; needed where no template says it.
    phone_line_id: Option<ProviderId>,
    /// Who carries the calls; none: as the line says.
    carrier: Option<Carrier>,
    /// The contact lists it calls.
    #[serde(default)]
    #[schema(max_items = 50)]
    list_ids: Vec<ListId>,
    /// People to be called besides the lists.
    #[serde(default)]
    #[schema(max_items = 1000)]
    recipients: Vec<NewRecipient>,
    /// Region of numbers without a country code, as ISO 3166 code.
    default_region: Option<String>,
    /// When it begins to call.
    #[serde(default)]
    start: CampaignStart,
    /// The moment, for `start: "at"`.
    start_at: Option<Timestamp>,
    /// Nobody is dialled after this moment.
    end_at: Option<Timestamp>,
    /// When, how often and at what cost people may be called; none: the rules of GET /api/campaign-defaults.
    rules: Option<CampaignRules>,
    /// When and how often to try again; none: never.
    retry: Option<RetryPolicy>,
    /// Most calls of this campaign in progress at one time; none: only the queue's limit.
    #[schema(minimum = 1, maximum = 1000)]
    concurrency_limit: Option<u32>,
    /// Its share of the slots beside the other running campaigns: twice the weight, twice the calls. None: 10.
    #[schema(minimum = 1, maximum = 100)]
    weight: Option<u32>,
    /// Seconds a call may ring; none: 60.
    #[schema(minimum = 5, maximum = 120)]
    ringing_timeout_secs: Option<u32>,
}

/// Makes a campaign.
#[utoipa::path(post, path = "/campaigns", tag = "campaigns", request_body = CreateCampaign,
    responses((status = CREATED, body = CampaignAnswer), Refusals))]
pub(super) async fn create_campaign(
    Operator(api): Operator,
    JsonBody(mut new): JsonBody<CreateCampaign>,
) -> Made<CampaignAnswer> {
    let mut checks = Checks::default();
    let now = api.now();
    let settings = match new.template_id.take() {
        Some(id) => template(&api, &mut checks, &id).await?,
        None => None,
    };
    if let Some(settings) = settings {
        new.take(settings);
    }
    check_fields(&mut checks, &new, now);
    let begin = begin(&mut checks, new.start, new.start_at, now);
    let region = checks
        .take("default_region", numbers::region(new.default_region.as_deref()))
        .flatten();
    let campaign_id = api.new_id(CampaignId::derived, CampaignId::generate);
    let people = std::mem::take(&mut new.recipients);
    let agent = match &new.agent_id {
        Some(id) => usable_agent(&api, &mut checks, id).await?,
        None => {
            checks.wrong("agent_id", "choose an agent: one of GET /api/agents");
            None
        }
    };
    let line = match &new.phone_line_id {
        Some(id) => usable_line(&api, &mut checks, id, agent.as_ref()).await?,
        None => {
            checks.wrong(
                "phone_line_id",
                "choose a phone line: one of GET /api/phone-lines",
            );
            None
        }
    };
    check_lists(&api, &mut checks, &new.list_ids).await?;
    let mut rules = match new.rules.take() {
        Some(rules) => rules,
        None => api.store.campaign_defaults().await?,
    };
    let usual = agent.iter().map(|agent| agent.agent_id.clone());
    let usual = usual.chain(rules.more_agents.iter().map(|more| more.agent_id.clone()));
    let provider = agent
        .as_ref()
        .map_or(ProviderKind::Elevenlabs, |agent| agent.provider);
    let own = Known::new(&api, provider, usual.collect())
        .of_all(&mut checks, &people)
        .await?;
    let due_at = begin.due_at(now);
    let mut recipients = read_people(&mut checks, people, region, &campaign_id, due_at, now, &own);
    rules::all(&mut checks, &rules);
    if let Some(agent) = &agent {
        rules::look_up(&api, &mut checks, agent.provider, &mut rules).await?;
    }
    checks.done()?;
    for recipient in &mut recipients {
        recipient.wait_until(recipient.due_at, &rules.calling_hours);
    }
    let (Some(agent), Some(line)) = (agent, line) else {
        return Err(Problem::invalid("Choose an agent and a phone line."));
    };
    let plan = Plan {
        campaign_id,
        name: new.name,
        agent,
        line,
        carrier: new.carrier,
        list_ids: new.list_ids,
        end_at: new.end_at,
        rules,
        retry: new.retry.unwrap_or_default(),
        concurrency_limit: new.concurrency_limit,
        weight: new.weight.unwrap_or(ORDINARY_WEIGHT),
        ringing_timeout_secs: new.ringing_timeout_secs.unwrap_or(DEFAULT_RINGING_SECS),
    };
    let campaign = create(&api, plan, recipients, begin).await?;
    Ok((
        StatusCode::CREATED,
        Json(CampaignAnswer::of(&api, campaign).await?),
    ))
}

/// The settings of a template.
async fn template(
    api: &Api,
    checks: &mut Checks,
    id: &CampaignTemplateId,
) -> Result<Option<CampaignSettings>, Problem> {
    let template = api.store.find_campaign_template(id).await?;
    if template.is_none() {
        checks.wrong(
            "template_id",
            "there is no such template: choose one of GET /api/campaign-templates",
        );
    }
    Ok(template.map(|template| template.settings))
}

impl CreateCampaign {
    /// Takes from the settings whatever is not said.
    fn take(&mut self, settings: CampaignSettings) {
        if self.phone_line_id.is_none() {
            self.phone_line_id = Some(settings.phone_line_id);
            self.carrier = self.carrier.or(Some(settings.carrier));
        }
        self.agent_id.get_or_insert(settings.agent_id);
        self.rules.get_or_insert(settings.rules);
        self.retry.get_or_insert(settings.retry);
        self.concurrency_limit = self.concurrency_limit.or(settings.concurrency_limit);
        self.weight.get_or_insert(settings.weight);
        self.ringing_timeout_secs
            .get_or_insert(settings.ringing_timeout_secs);
    }
}

fn check_fields(checks: &mut Checks, new: &CreateCampaign, now: Timestamp) {
    rules::name(checks, &new.name);
    rules::weight(checks, new.weight.unwrap_or(ORDINARY_WEIGHT));
    if let Some(retry) = &new.retry {
        rules::retry(checks, retry);
    }
    if let Some(limit) = new.concurrency_limit {
        rules::limit(checks, limit);
    }
    if let Some(secs) = &new.ringing_timeout_secs {
        checks.range("ringing_timeout_secs", secs, RINGING_SECS);
    }
    if let Some(end_at) = new.end_at {
        rules::ahead(checks, "end_at", end_at, new.start_at.unwrap_or(now));
    }
    if new.recipients.len() > MAX_RECIPIENTS {
        let more = "add the others with POST /api/campaigns/{campaign_id}/recipients, or upload a list";
        checks.wrong(
            "recipients",
            format!("send at most {MAX_RECIPIENTS} at a time; {more}"),
        );
    }
    if new.start != CampaignStart::Draft && new.list_ids.is_empty() && new.recipients.is_empty() {
        checks.wrong(
            "list_ids",
            "name a contact list or recipients: there is nobody to call",
        );
    }
}

fn begin(checks: &mut Checks, start: CampaignStart, start_at: Option<Timestamp>, now: Timestamp) -> Begin {
    match (start, start_at) {
        (CampaignStart::At, Some(at)) => {
            rules::ahead(checks, "start_at", at, now);
            Begin::At(at)
        }
        (CampaignStart::At, None) => {
            checks.wrong("start_at", "say when, as 2026-12-01T09:00:00Z");
            Begin::Later
        }
        (_, Some(_)) => {
            checks.wrong("start", "is to be `at` when there is a start_at");
            Begin::Later
        }
        (CampaignStart::Now, None) => Begin::Now,
        (CampaignStart::Draft, None) => Begin::Later,
    }
}

/// The agent, where there is one that can place calls.
pub(crate) async fn usable_agent(
    api: &Api,
    checks: &mut Checks,
    id: &AgentId,
) -> Result<Option<Agent>, Problem> {
    let agent = api.store.find_agent(id).await?;
    match &agent {
        None => checks.wrong(
            "agent_id",
            "there is no such agent: choose one of GET /api/agents",
        ),
        Some(agent) if agent.status == AgentStatus::Missing => {
            checks.wrong(
                "agent_id",
                "the provider does not know this agent any more: choose another one",
            );
        }
        Some(_) => {}
    }
    Ok(agent)
}

/// What is wrong with a line of another platform than the agent's.
pub(crate) fn other_platform(line: &PhoneLine, agent: ProviderKind) -> String {
    format!(
        "this line belongs to {} and the agent lives on {1}: choose a line of {1}",
        line.provider.name(),
        agent.name()
    )
}

/// The phone line, where there is one that calls can be placed from.
pub(crate) async fn usable_line(
    api: &Api,
    checks: &mut Checks,
    id: &ProviderId,
    agent: Option<&Agent>,
) -> Result<Option<PhoneLine>, Problem> {
    let line = api.store.find_phone_line(id).await?;
    match &line {
        None => checks.wrong(
            "phone_line_id",
            "there is no such phone line: choose one of GET /api/phone-lines",
        ),
        Some(line) if !line.supports_outbound => {
            checks.wrong(
                "phone_line_id",
                "no calls can be placed from this line: choose another one",
            );
        }
        Some(line) => {
            if let Some(agent) = agent.filter(|agent| agent.provider != line.provider) {
                checks.wrong("phone_line_id", other_platform(line, agent.provider));
            }
        }
    }
    Ok(line)
}

async fn check_lists(api: &Api, checks: &mut Checks, ids: &[ListId]) -> Result<(), Problem> {
    if ids.len() > MAX_LISTS {
        checks.wrong("list_ids", format!("name at most {MAX_LISTS} contact lists"));
        return Ok(());
    }
    let mut seen = BTreeSet::new();
    for (index, id) in ids.iter().enumerate() {
        let field = || format!("list_ids[{index}]");
        if !seen.insert(id) {
            checks.wrong(field(), "this contact list is named twice");
        } else if api.store.find_contact_list(id).await?.is_none() {
            checks.wrong(
                field(),
                "there is no such contact list: choose one of GET /api/contact-lists",
            );
        }
    }
    Ok(())
}
