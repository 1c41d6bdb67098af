//! Changing a campaign, also while it runs.

use axum::Json;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use switchboard_domain::{Agent, AgentId, Campaign, CampaignId, CampaignRules, CampaignStatus, RetryPolicy};
use switchboard_service::Problem;
use switchboard_store::StoreError;
use utoipa::ToSchema;

use super::answer::CampaignAnswer;
use super::new_agent::new_agent;
use super::rules;
use crate::answer::{Answer, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::path::{Id, found};
use crate::roles::Operator;

/// How often it is tried again when somebody else was faster.
const MAX_RACES: u32 = 5;

/// What to change; what is left out stays, null takes away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateCampaign {
    /// Name shown to people.
    name: Option<String>,
    /// The agent that calls from now on, of the same platform. Who waits is called by it; calls in progress go
    /// on as they are. Refused when people who wait have no value for a variable that it needs.
    agent_id: Option<AgentId>,
    /// When, how often and at what cost people may be called, as a JSON merge patch (RFC 7396): what is
    /// named here takes the place of what was, null is as a new campaign has it, the rest stays.
    #[schema(value_type = Option<CampaignRules>)]
    rules: Option<Map<String, Value>>,
    /// When and how often to try again.
    retry: Option<RetryPolicy>,
    /// Most calls of this campaign in progress at one time; null: only the queue's limit.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    concurrency_limit: Option<Option<u32>>,
    /// Its share of the slots beside the other running campaigns: twice the weight, twice the calls.
    #[schema(minimum = 1, maximum = 100)]
    weight: Option<u32>,
    /// Nobody is dialled after this moment; null: no end.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Timestamp>)]
    end_at: Option<Option<Timestamp>>,
}

/// Tells null from left out.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    value: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// Changes a campaign that is not over. The next dial goes by it.
#[utoipa::path(patch, path = "/campaigns/{campaign_id}", tag = "campaigns", request_body = UpdateCampaign,
    params(("campaign_id" = CampaignId, Path)), responses((status = OK, body = CampaignAnswer), Refusals))]
pub(super) async fn update_campaign(
    Operator(api): Operator,
    Id(id): Id<CampaignId>,
    JsonBody(changes): JsonBody<UpdateCampaign>,
) -> Answer<CampaignAnswer> {
    let now = api.now();
    check(&changes, now)?;
    for _ in 0..MAX_RACES {
        let seen = found(api.store.find_campaign(&id).await?, "campaign")?;
        let new = New::of(&api, &seen, &changes).await?;
        let changed = api
            .store
            .edit_campaign(&id, |campaign| {
                // What was looked at is not what it is any more: look again.
                if campaign.status.is_final() != seen.status.is_final() || !same_base(campaign, &seen) {
                    return Err(());
                }
                changes.apply(campaign);
                new.apply(campaign);
                campaign.updated_at = now;
                Ok(true)
            })
            .await?;
        if let Ok(campaign) = found(changed, "campaign")? {
            api.audit("campaign.updated", &id).await;
            api.wake_scheduler().await;
            return Ok(Json(CampaignAnswer::of(&api, campaign).await?));
        }
    }
    Err(StoreError::Stale.into())
}

/// Whether what a change was checked against is still so.
fn same_base(campaign: &Campaign, seen: &Campaign) -> bool {
    campaign.rules == seen.rules && campaign.agent_id == seen.agent_id
}

/// What a change leads to, looked up and checked.
struct New {
    rules: Option<CampaignRules>,
    agent: Option<Agent>,
}

impl New {
    async fn of(api: &Api, campaign: &Campaign, changes: &UpdateCampaign) -> Result<Self, Problem> {
        if campaign.status.is_final() {
            return Err(Problem::conflict(format!(
                "The campaign is {}. Clone it, and change the clone.",
                campaign.status.as_str()
            )));
        }
        let rules = match &changes.rules {
            Some(patch) => {
                let (mut checks, mut rules) = (Checks::default(), with(&campaign.rules, patch)?);
                rules::look_up(api, &mut checks, campaign.provider, &mut rules).await?;
                checks.done()?;
                Some(rules)
            }
            None => None,
        };
        let agent = match &changes.agent_id {
            Some(id) => Some(new_agent(api, campaign, id).await?),
            None => None,
        };
        Ok(Self { rules, agent })
    }

    fn apply(&self, campaign: &mut Campaign) {
        if let Some(rules) = &self.rules {
            let waits = campaign.status != CampaignStatus::Draft;
            if waits && campaign.rules.calling_hours != rules.calling_hours {
                campaign.new_hours = Some(String::new());
            }
            campaign.rules.clone_from(rules);
        }
        if let Some(agent) = &self.agent {
            campaign.agent_id = agent.agent_id.clone();
            campaign.provider_agent_id = agent.provider_agent_id.clone();
            campaign.required_variables.clone_from(&agent.required_variables);
        }
    }
}

impl UpdateCampaign {
    fn apply(&self, campaign: &mut Campaign) {
        fn set<T: Clone>(new: &Option<T>, field: &mut T) {
            if let Some(new) = new {
                field.clone_from(new);
            }
        }
        set(&self.name, &mut campaign.name);
        set(&self.retry, &mut campaign.retry);
        set(&self.concurrency_limit, &mut campaign.concurrency_limit);
        set(&self.weight, &mut campaign.weight);
        set(&self.end_at, &mut campaign.end_at);
    }
}

/// The rules with what is named in `changes` in place of what was.
fn with(rules: &CampaignRules, changes: &Map<String, Value>) -> Result<CampaignRules, Problem> {
    let mut checks = Checks::default();
    let mut all = serde_json::to_value(rules).unwrap_or_default();
    merge(&mut all, &Value::Object(changes.clone()));
    match serde_path_to_error::deserialize(all) {
        Ok(rules) => {
            rules::all(&mut checks, &rules);
            checks.done().map(|()| rules)
        }
        Err(error) => {
            let path = error.path().to_string();
            checks.wrong(format!("rules.{path}"), error.into_inner().to_string());
            checks.done().map(|()| rules.clone())
        }
    }
}

/// A JSON merge patch (RFC 7396): objects part by part, everything else as a whole. Null for a rule is the rule as a
/// new campaign has it; within a rule it is null, because there it switches something off that is on by default.
fn merge(into: &mut Value, patch: &Value) {
    merge_part(into, patch, false);
}

fn merge_part(into: &mut Value, patch: &Value, within: bool) {
    let Value::Object(patch) = patch else {
        into.clone_from(patch);
        return;
    };
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    let Value::Object(into) = into else { return };
    for (name, value) in patch {
        if value.is_null() && !within {
            into.remove(name);
        } else {
            merge_part(into.entry(name).or_insert(Value::Null), value, true);
        }
    }
}

fn check(changes: &UpdateCampaign, now: Timestamp) -> Result<(), Problem> {
    let mut checks = Checks::default();
    if let Some(name) = &changes.name {
        rules::name(&mut checks, name);
    }
    if let Some(retry) = &changes.retry {
        rules::retry(&mut checks, retry);
    }
    if let Some(Some(limit)) = changes.concurrency_limit {
        rules::limit(&mut checks, limit);
    }
    if let Some(weight) = changes.weight {
        rules::weight(&mut checks, weight);
    }
    if let Some(Some(end_at)) = changes.end_at {
        rules::ahead(&mut checks, "end_at", end_at, now);
    }
    checks.done()
}
