//! A batch in, a campaign out.

use axum::Json;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use switchboard_domain::{
    Agent, AgentId, Campaign, CampaignId, Carrier, ContactDetails, DynamicVariables, ORDINARY_WEIGHT,
    PhoneLine, ProviderId, ProviderKind, RetryPolicy,
};
use switchboard_service::Problem;
use utoipa::ToSchema;

use super::answer::{Batch, BatchAnswer, BatchData};
use crate::answer::{Answer, PlatformRefusals, Refusals};
use crate::api::Api;
use crate::body::JsonBody;
use crate::checks::Checks;
use crate::limits::{DEFAULT_RINGING_SECS, MAX_BATCH_RECIPIENTS, MAX_NAME};
use crate::path::found;
use crate::roles::Operator;
use crate::routes::campaigns::{
    Begin, NewOverrides, NewRecipient, Plan, create, other_platform, read_people,
};
use crate::routes::{agents, phone_lines};

/// A batch of calls. Fields that are not named here are passed over, as the call-manager did.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct SubmitBatch {
    /// Name of the batch.
    call_name: String,
    /// The agent: the provider's id or ours.
    agent_id: String,
    /// The phone line.
    agent_phone_number_id: ProviderId,
    /// Whom to call.
    recipients: Vec<SubmitRecipient>,
    /// When to begin, in seconds since 1970; none, or in the past: now.
    scheduled_time_unix: Option<i64>,
    /// Who carries the calls; none: as the line says.
    phone_provider: Option<Carrier>,
}

/// Somebody to be called.
#[derive(Debug, Deserialize, ToSchema)]
struct SubmitRecipient {
    /// The number.
    phone_number: String,
    /// What the call may say of the person.
    conversation_initiation_client_data: Option<ClientData>,
}

/// What the call may say of the person.
#[derive(Debug, Deserialize, ToSchema)]
struct ClientData {
    /// Texts, numbers or truth values.
    dynamic_variables: Option<BTreeMap<String, Value>>,
}

/// Submits a batch: makes a campaign of it.
#[utoipa::path(post, path = "/call-manager/submit", tag = "call-manager", request_body = SubmitBatch,
    responses((status = OK, body = BatchAnswer), Refusals, PlatformRefusals))]
pub(super) async fn submit_batch(
    Operator(api): Operator,
    JsonBody(batch): JsonBody<SubmitBatch>,
) -> Answer<BatchAnswer> {
    let mut checks = Checks::default();
    let now = api.now();
    checks.text("call_name", &batch.call_name, 1..=MAX_NAME);
    if batch.recipients.is_empty() || batch.recipients.len() > MAX_BATCH_RECIPIENTS {
        checks.wrong("recipients", format!("send 1 to {MAX_BATCH_RECIPIENTS}"));
    }
    let begin = begin(&mut checks, batch.scheduled_time_unix, now);
    let campaign_id = api.new_id(CampaignId::derived, CampaignId::generate);
    let people = batch
        .recipients
        .into_iter()
        .map(SubmitRecipient::into_person)
        .collect();
    let mut recipients = read_people(
        &mut checks,
        people,
        None,
        &campaign_id,
        begin.due_at(now),
        now,
        &[],
    );
    let agent = agent(&api, &batch.agent_id).await?;
    if agent.is_none() {
        checks.wrong("agent_id", "neither we nor the provider know this agent");
    }
    let line = line(&api, &batch.agent_phone_number_id).await?;
    if line.is_none() {
        checks.wrong(
            "agent_phone_number_id",
            "there is no such phone line: choose one of GET /api/phone-lines",
        );
    }
    if let (Some(agent), Some(line)) = (&agent, &line)
        && agent.provider != line.provider
    {
        checks.wrong("agent_phone_number_id", other_platform(line, agent.provider));
    }
    checks.done()?;
    let (agent, line) = (found(agent, "agent")?, found(line, "phone line")?);
    let rules = api.store.campaign_defaults().await?;
    for recipient in &mut recipients {
        recipient.wait_until(recipient.due_at, &rules.calling_hours);
    }
    let plan = Plan {
        campaign_id,
        name: batch.call_name,
        agent,
        line,
        carrier: batch.phone_provider,
        list_ids: Vec::new(),
        end_at: None,
        rules,
        retry: RetryPolicy::default(),
        concurrency_limit: None,
        weight: ORDINARY_WEIGHT,
        ringing_timeout_secs: DEFAULT_RINGING_SECS,
    };
    let campaign = create(&api, plan, recipients, begin).await?;
    let (campaign, number) = numbered(&api, campaign).await?;
    let counts = api.store.campaign_counts(&campaign.campaign_id).await?;
    Ok(Json(BatchAnswer {
        success: true,
        data: BatchData {
            batch_id: number,
            external_batch_id: campaign.campaign_id.clone(),
            call_manager_response: Batch::of(&campaign, &counts, None),
            database_record: None,
        },
    }))
}

fn begin(checks: &mut Checks, at: Option<i64>, now: Timestamp) -> Begin {
    let Some(at) = at else { return Begin::Now };
    match Timestamp::from_second(at) {
        Ok(at) if at > now => Begin::At(at),
        Ok(_) => Begin::Now,
        Err(_) => {
            checks.wrong("scheduled_time_unix", "write seconds since 1970");
            Begin::Now
        }
    }
}

impl SubmitRecipient {
    fn into_person(self) -> NewRecipient {
        let given = self
            .conversation_initiation_client_data
            .and_then(|data| data.dynamic_variables);
        let text = |value: Value| match value {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let variables: DynamicVariables = given
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| (name, text(value)))
            .collect();
        NewRecipient {
            phone_number: self.phone_number,
            variables,
            external_id: None,
            details: ContactDetails::default(),
            not_before: None,
            overrides: NewOverrides::default(),
        }
    }
}

/// The agent by our id or the provider's; one that we have no record of is imported.
async fn agent(api: &Api, id: &str) -> Result<Option<Agent>, Problem> {
    if let Ok(id) = AgentId::parse(id) {
        return Ok(api.store.find_agent(&id).await?);
    }
    let Ok(id) = ProviderId::parse(id) else {
        return Ok(None);
    };
    for provider in ProviderKind::ALL {
        if let Some(agent) = api.store.find_agent_at_provider(provider, &id).await? {
            return Ok(Some(agent));
        }
        if !api.providers.is_used(provider).await {
            continue;
        }
        if let Some(agent) = agents::import_agent(api, provider, &id).await? {
            return Ok(Some(agent));
        }
    }
    Ok(None)
}

async fn line(api: &Api, id: &ProviderId) -> Result<Option<PhoneLine>, Problem> {
    if let Some(line) = api.store.find_phone_line(id).await? {
        return Ok(Some(line));
    }
    Ok(phone_lines::refresh(api)
        .await?
        .into_iter()
        .find(|line| &line.phone_line_id == id))
}

/// The campaign with its batch number; it gets one where it has none.
async fn numbered(api: &Api, campaign: Campaign) -> Result<(Campaign, u64), Problem> {
    if let Some(number) = campaign.batch_number {
        return Ok((campaign, number));
    }
    let number = api.store.next_batch_number(&campaign.campaign_id).await?;
    let numbered = api
        .store
        .update_campaign(&campaign.campaign_id, |campaign| {
            campaign.batch_number = campaign.batch_number.or(Some(number));
            Ok::<_, Problem>(true)
        })
        .await?;
    let campaign = found(numbered, "campaign")??;
    let number = campaign.batch_number.unwrap_or(number);
    Ok((campaign, number))
}
