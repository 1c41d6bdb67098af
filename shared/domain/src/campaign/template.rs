//! Settings of a campaign, kept under a name.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Campaign, CampaignRules};
use crate::{AgentId, CampaignTemplateId, Carrier, ProviderId, RetryPolicy};

/// Everything that is set of a campaign but its name, its people and its moments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignSettings {
    /// The agent that calls.
    pub agent_id: AgentId,
    /// The line it calls from.
    pub phone_line_id: ProviderId,
    /// Who carries the calls.
    pub carrier: Carrier,
    /// When, how often and at what cost people may be called.
    pub rules: CampaignRules,
    /// When and how often to try again.
    pub retry: RetryPolicy,
    /// Most calls of the campaign in progress at one time; none: only the queue's limit.
    pub concurrency_limit: Option<u32>,
    /// Its share of the slots beside the other running campaigns.
    pub weight: u32,
    /// Seconds a call may ring.
    pub ringing_timeout_secs: u32,
}

/// Settings of a campaign, kept under a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignTemplate {
    /// Our id.
    pub template_id: CampaignTemplateId,
    /// Name shown to people.
    pub name: String,
    /// The settings as they were saved.
    pub settings: CampaignSettings,
    /// When it was saved.
    pub created_at: Timestamp,
}

impl Campaign {
    /// Everything that is set of it but its name, its people and its moments.
    pub fn settings(&self) -> CampaignSettings {
        CampaignSettings {
            agent_id: self.agent_id.clone(),
            phone_line_id: self.phone_line_id.clone(),
            carrier: self.carrier,
            rules: self.rules.clone(),
            retry: self.retry.clone(),
            concurrency_limit: self.concurrency_limit,
            weight: self.weight,
            ringing_timeout_secs: self.ringing_timeout_secs,
        }
    }
}
