//! A campaign from plan to start.

use jiff::Timestamp;
use switchboard_domain::{
    Agent, Campaign, CampaignAction, CampaignId, CampaignRules, CampaignStatus, Carrier, LayoutProgress,
    ListId, PhoneLine, Recipient, RetryPolicy,
};
use switchboard_service::Problem;
use switchboard_store::StoreError;

use super::act::act;
use crate::api::Api;
use crate::path::found;

/// What a campaign is to be.
pub(crate) struct Plan {
    pub(crate) campaign_id: CampaignId,
    pub(crate) name: String,
    pub(crate) agent: Agent,
    pub(crate) line: PhoneLine,
    pub(crate) carrier: Option<Carrier>,
    pub(crate) list_ids: Vec<ListId>,
    pub(crate) end_at: Option<Timestamp>,
    pub(crate) rules: CampaignRules,
    pub(crate) retry: RetryPolicy,
    pub(crate) concurrency_limit: Option<u32>,
    pub(crate) weight: u32,
    pub(crate) ringing_timeout_secs: u32,
}

/// When a new campaign begins to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// When somebody starts it.
    Later,
    /// Now.
    Now,
    /// At this moment.
    At(Timestamp),
}

impl Begin {
    /// When its recipients are due.
    pub(crate) fn due_at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Now | Self::Later => now,
        }
    }
}

/// Makes a campaign with its recipients, then lets it begin. A request that is sent again goes on
/// where the first one stopped: the campaign is a draft until everything is there.
pub(crate) async fn create(
    api: &Api,
    plan: Plan,
    recipients: Vec<Recipient>,
    begin: Begin,
) -> Result<Campaign, Problem> {
    let draft = draft(plan, begin, api.now());
    let id = draft.campaign_id.clone();
    let mut campaign = match api.store.create_campaign(&draft).await {
        Ok(()) => draft,
        Err(StoreError::Stale) => found(api.store.find_campaign(&id).await?, "campaign")?,
        Err(error) => return Err(error.into()),
    };
    if campaign.status == CampaignStatus::Draft {
        api.store.add_recipients(&id, recipients).await?;
        campaign = match begin {
            Begin::Later => campaign,
            Begin::Now => act(api, &id, CampaignAction::Start).await?,
            Begin::At(_) => act(api, &id, CampaignAction::Schedule).await?,
        };
    }
    api.audit("campaign.created", &id).await;
    Ok(campaign)
}

fn draft(plan: Plan, begin: Begin, now: Timestamp) -> Campaign {
    let start_at = match begin {
        Begin::At(at) => Some(at),
        Begin::Now | Begin::Later => None,
    };
    Campaign {
        campaign_id: plan.campaign_id,
        name: plan.name,
        status: CampaignStatus::Draft,
        agent_id: plan.agent.agent_id,
        provider: plan.agent.provider,
        provider_agent_id: plan.agent.provider_agent_id,
        phone_line_id: plan.line.phone_line_id,
        carrier: plan.carrier.unwrap_or(plan.line.carrier),
        layout: LayoutProgress {
            done: plan.list_ids.is_empty(),
            ..LayoutProgress::default()
        },
        list_ids: plan.list_ids,
        start_at,
        end_at: plan.end_at,
        rules: plan.rules,
        rules_version: 0,
        new_hours: None,
        retry: plan.retry,
        concurrency_limit: plan.concurrency_limit,
        weight: plan.weight,
        ringing_timeout_secs: plan.ringing_timeout_secs,
        required_variables: plan.agent.required_variables,
        retry_failed_asked: false,
        failure: None,
        changes: Vec::new(),
        batch_number: None,
        created_at: now,
        started_at: None,
        finished_at: None,
        updated_at: now,
        version: 1,
    }
}
