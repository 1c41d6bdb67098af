//! A campaign as the API shows it.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_domain::{
    AgentId, Campaign, CampaignCounts, CampaignId, CampaignRules, CampaignStatus, Carrier, ListId,
    ProviderId, ProviderKind, RetryPolicy,
};
use utoipa::ToSchema;

use crate::api::Api;
use switchboard_store::StoreError;

/// A campaign and how many recipients are in which status.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Campaign)]
pub(crate) struct CampaignAnswer {
    /// Our id.
    pub(crate) campaign_id: CampaignId,
    /// Name shown to people.
    name: String,
    /// Where it is on its way.
    pub(crate) status: CampaignStatus,
    /// The agent that calls.
    agent_id: AgentId,
    /// The platform.
    provider: ProviderKind,
    /// The line it calls from.
    phone_line_id: ProviderId,
    /// Who carries the calls.
    carrier: Carrier,
    /// The contact lists it calls.
    list_ids: Vec<ListId>,
    /// Whether every contact of its lists is a recipient by now; until then `counts.total` grows.
    laid_out: bool,
    /// How many recipients are in which status.
    pub(crate) counts: CampaignCounts,
    /// When it starts by itself.
    start_at: Option<Timestamp>,
    /// Nobody is dialled after this moment.
    end_at: Option<Timestamp>,
    /// When, how often and at what cost people may be called.
    rules: CampaignRules,
    /// When and how often to try again.
    retry: RetryPolicy,
    /// Most calls of this campaign in progress at one time; none: only the queue's limit.
    concurrency_limit: Option<u32>,
    /// Its share of the slots beside the other running campaigns.
    weight: u32,
    /// Seconds a call may ring.
    ringing_timeout_secs: u32,
    /// Variables that the agent needs from every recipient.
    required_variables: Vec<String>,
    /// The failed ones are about to be tried again.
    retry_failed_asked: bool,
    /// Why it failed, or why it is paused when no person paused it.
    failure: Option<String>,
    /// Number of the batch in the call-manager routes.
    batch_number: Option<u64>,
    /// When it was made.
    created_at: Timestamp,
    /// When it began to call.
    started_at: Option<Timestamp>,
    /// When it ended.
    finished_at: Option<Timestamp>,
    /// When it last changed.
    updated_at: Timestamp,
}

impl CampaignAnswer {
    /// The campaign with its counts of this moment.
    pub(crate) async fn of(api: &Api, campaign: Campaign) -> Result<Self, StoreError> {
        let counts = api.store.campaign_counts(&campaign.campaign_id).await?;
        Ok(Self {
            campaign_id: campaign.campaign_id,
            name: campaign.name,
            status: campaign.status,
            agent_id: campaign.agent_id,
            provider: campaign.provider,
            phone_line_id: campaign.phone_line_id,
            carrier: campaign.carrier,
            list_ids: campaign.list_ids,
            laid_out: campaign.layout.done,
            counts,
            start_at: campaign.start_at,
            end_at: campaign.end_at,
            rules: campaign.rules,
            retry: campaign.retry,
            concurrency_limit: campaign.concurrency_limit,
            weight: campaign.weight,
            ringing_timeout_secs: campaign.ringing_timeout_secs,
            required_variables: campaign.required_variables,
            retry_failed_asked: campaign.retry_failed_asked,
            failure: campaign.failure,
            batch_number: campaign.batch_number,
            created_at: campaign.created_at,
            started_at: campaign.started_at,
            finished_at: campaign.finished_at,
            updated_at: campaign.updated_at,
        })
    }
}
