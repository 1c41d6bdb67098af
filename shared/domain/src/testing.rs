//! Records for tests.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    Agent, AgentId, AgentStatus, Call, CallId, CallOrigin, CallStatus, CallingHours, Campaign, CampaignId,
    CampaignRules, CampaignStatus, Carrier, Direction, DynamicVariables, LayoutProgress, PhoneNumber,
    ProviderId, ProviderKind, Recipient, RecipientStatus, RetryPolicy,
};

fn number() -> PhoneNumber {
    PhoneNumber::try_from("+14155550100".to_owned()).expect("a well-formed number")
}

fn provider_id(text: &str) -> ProviderId {
    ProviderId::parse(text).expect("a well-formed id")
}

pub(crate) fn agent() -> Agent {
    let now = Timestamp::UNIX_EPOCH;
    Agent {
        agent_id: AgentId::derived(&["agent"]),
        provider: ProviderKind::Elevenlabs,
        provider_agent_id: provider_id("agent_1"),
        name: "Anna".to_owned(),
        prompt: "Talk.".to_owned(),
        first_message: "Hello.".to_owned(),
        language: "en".to_owned(),
        voice_id: None,
        required_variables: Vec::new(),
        bursting: false,
        bursting_asked: false,
        takes_first_message: true,
        options: BTreeMap::new(),
        drift: None,
        voice_missing: false,
        status: AgentStatus::Active,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

pub(crate) fn call(status: CallStatus) -> Call {
    let now = Timestamp::UNIX_EPOCH;
    let campaign = CampaignId::derived(&["campaign"]);
    Call {
        status,
        provider: Some(ProviderKind::Elevenlabs),
        agent_id: Some(AgentId::derived(&["agent"])),
        provider_agent_id: Some(provider_id("agent_1")),
        phone_line_id: Some(provider_id("phnum_1")),
        carrier: Some(Carrier::Twilio),
        phone_number: Some(number()),
        recipient_id: Some(recipient(RecipientStatus::Calling).recipient_id),
        campaign_id: Some(campaign),
        ringing_timeout_secs: 60,
        enqueued_at: Some(now),
        due_at: Some(now),
        placing_at: Some(now),
        ..Call::new(
            CallId::derived(&["call"]),
            Direction::Outbound,
            CallOrigin::Campaign,
            now,
        )
    }
}

pub(crate) fn recipient(status: RecipientStatus) -> Recipient {
    let now = Timestamp::UNIX_EPOCH;
    let campaign = CampaignId::derived(&["campaign"]);
    let mut recipient = Recipient::new(campaign, number(), DynamicVariables::new(), None, now, now);
    recipient.status = status;
    recipient.call_id = Some(CallId::derived(&["call"]));
    recipient
}

/// A draft that calls at any hour, without limit or retries.
pub(crate) fn campaign() -> Campaign {
    let now = Timestamp::UNIX_EPOCH;
    Campaign {
        campaign_id: CampaignId::derived(&["campaign"]),
        name: "A campaign".to_owned(),
        status: CampaignStatus::Draft,
        agent_id: AgentId::derived(&["agent"]),
        provider: ProviderKind::Elevenlabs,
        provider_agent_id: provider_id("agent_1"),
        phone_line_id: provider_id("phnum_1"),
        carrier: Carrier::Twilio,
        list_ids: Vec::new(),
        layout: LayoutProgress::default(),
        start_at: None,
        end_at: None,
        rules: CampaignRules {
            calling_hours: CallingHours::always(),
            ..CampaignRules::default()
        },
        retry: RetryPolicy::default(),
        concurrency_limit: None,
        weight: 10,
        ringing_timeout_secs: 60,
        required_variables: Vec::new(),
        retry_failed_asked: false,
        failure: None,
        changes: Vec::new(),
        batch_number: None,
        created_at: now,
        started_at: None,
        finished_at: None,
        updated_at: now,
        rules_version: 0,
        new_hours: None,
        version: 1,
    }
}
