//! Complete, plain records. Change the fields that a test is about.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{
    Agent, AgentId, AgentStatus, Call, CallId, CallOrigin, CallStatus, Callback, CallbackId, CallbackOrigin,
    CallbackStatus, CallingHours, Campaign, CampaignId, CampaignRules, CampaignStatus, Carrier, ContactList,
    Direction, DoNotCallEntry, DynamicVariables, Export, ExportId, ExportKind, ExportStatus, InboundCall,
    LayoutProgress, ListId, OptOutWay, PhoneLine, PhoneNumber, ProviderId, ProviderKind, Reception,
    Recipient, RetryPolicy, RouteTarget, RoutingConditions, RoutingRule, RoutingRuleId, Upload, UploadCounts,
    UploadId, UploadStatus,
};

/// A number that nobody has: the `n`-th of +1 415 555 0000.
pub fn number(n: u64) -> PhoneNumber {
    assert!(n < 10_000, "there are ten thousand test numbers");
    PhoneNumber::parse(&format!("+1415555{n:04}")).unwrap()
}

/// A provider's id.
pub fn provider_id(text: &str) -> ProviderId {
    ProviderId::parse(text).unwrap()
}

/// The agent called `name`, which lives at the provider as `agent_<name>`.
pub fn agent(name: &str, now: Timestamp) -> Agent {
    Agent {
        agent_id: AgentId::derived(&[name]),
        provider: ProviderKind::Elevenlabs,
        provider_agent_id: provider_id(&format!("agent_{name}")),
        name: name.to_owned(),
        prompt: "You remind people of their appointment.".to_owned(),
        first_message: "Hello!".to_owned(),
        language: "en".to_owned(),
        voice_id: None,
        required_variables: Vec::new(),
        bursting: false,
        bursting_asked: false,
        takes_first_message: false,
        options: Default::default(),
        drift: None,
        voice_missing: false,
        status: AgentStatus::Active,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// The Twilio line `phnum_<name>`.
pub fn phone_line(name: &str) -> PhoneLine {
    PhoneLine {
        phone_line_id: provider_id(&format!("phnum_{name}")),
        provider: ProviderKind::Elevenlabs,
        phone_number: "+14155550199".to_owned(),
        label: name.to_owned(),
        carrier: Carrier::Twilio,
        supports_outbound: true,
    }
}

/// A running campaign called `name`, laid out, that calls at any hour, without limit or retries.
pub fn campaign(name: &str, now: Timestamp) -> Campaign {
    let agent = agent("anna", now);
    Campaign {
        campaign_id: CampaignId::derived(&[name]),
        name: name.to_owned(),
        status: CampaignStatus::Running,
        agent_id: agent.agent_id,
        provider: agent.provider,
        provider_agent_id: agent.provider_agent_id,
        phone_line_id: phone_line("main").phone_line_id,
        carrier: Carrier::Twilio,
        list_ids: Vec::new(),
        layout: LayoutProgress {
            done: true,
            ..LayoutProgress::default()
        },
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
        started_at: Some(now),
        finished_at: None,
        updated_at: now,
        rules_version: 0,
        new_hours: None,
        version: 1,
    }
}

/// The `n`-th recipient of a campaign: pending, due now.
pub fn recipient(campaign: &CampaignId, n: u64, now: Timestamp) -> Recipient {
    Recipient::new(
        campaign.clone(),
        number(n),
        DynamicVariables::new(),
        None,
        now,
        now,
    )
}

/// The first queued call of a recipient.
pub fn call_of(campaign: &Campaign, recipient: &Recipient, now: Timestamp) -> Call {
    let attempt = recipient.attempts + recipient.refusals + 1;
    let version = recipient.version.to_string();
    Call {
        call_id: CallId::derived(&[recipient.recipient_id.as_str(), &version]),
        origin: CallOrigin::Campaign,
        agent_id: Some(campaign.agent_id.clone()),
        provider_agent_id: Some(campaign.provider_agent_id.clone()),
        phone_line_id: Some(campaign.phone_line_id.clone()),
        phone_number: Some(recipient.phone_number.clone()),
        campaign_id: Some(campaign.campaign_id.clone()),
        recipient_id: Some(recipient.recipient_id.clone()),
        attempt,
        ..call("", now)
    }
}

/// A queued call that one request to the API made.
pub fn call(name: &str, now: Timestamp) -> Call {
    let agent = agent("anna", now);
    Call {
        provider: Some(agent.provider),
        agent_id: Some(agent.agent_id),
        provider_agent_id: Some(agent.provider_agent_id),
        phone_line_id: Some(phone_line("main").phone_line_id),
        carrier: Some(Carrier::Twilio),
        phone_number: Some(number(100)),
        ringing_timeout_secs: 60,
        enqueued_at: Some(now),
        due_at: Some(now),
        dial_before: now.checked_add(SignedDuration::from_hours(1)).ok(),
        ..Call::new(
            CallId::derived(&["call", name]),
            Direction::Outbound,
            CallOrigin::Api,
            now,
        )
    }
}

/// A call that came in as `name` and is in progress, with what is known of it beside the call; it goes to the agent
/// `anna`, then to voicemail.
pub fn inbound_call(name: &str, now: Timestamp) -> (Call, InboundCall) {
    let sid = format!("CA{}", &CallId::derived(&["sid", name]).as_str()[5..]);
    let agent = agent("anna", now);
    let target = RouteTarget::Agent {
        agent_id: agent.agent_id,
    };
    let call = Call {
        call_id: CallId::derived(&["twilio", &sid]),
        status: CallStatus::InProgress,
        direction: Direction::Inbound,
        origin: CallOrigin::Reception,
        phone_line_id: None,
        carrier_call_id: Some(sid.clone()),
        enqueued_at: None,
        due_at: None,
        dial_before: None,
        started_at: Some(now),
        reception: Some(Reception::fresh(Some(number(1)), target.clone())),
        ..call(name, now)
    };
    let inbound = InboundCall {
        called: Some(number(1)),
        caller: call.phone_number.clone(),
        ..InboundCall::fresh(
            call.call_id.clone(),
            sid,
            vec![target, RouteTarget::Voicemail],
            "en".to_owned(),
            now,
        )
    };
    (call, inbound)
}

/// Somebody who is to be called back at `due_at`.
pub fn callback(name: &str, due_at: Timestamp) -> Callback {
    Callback {
        callback_id: CallbackId::derived(&[name]),
        phone_number: number(100),
        name: Some(name.to_owned()),
        reason: "An invoice.".to_owned(),
        due_at,
        status: CallbackStatus::Due,
        assigned_to: None,
        call_id: None,
        placed_call_id: None,
        agent_id: None,
        origin: CallbackOrigin::Person,
        note: None,
        created_at: due_at,
        updated_at: due_at,
        version: 1,
    }
}

/// A rule that sends every call to the agent `anna`, not written yet.
pub fn routing_rule(name: &str, position: u32, now: Timestamp) -> RoutingRule {
    RoutingRule {
        rule_id: RoutingRuleId::derived(&[name]),
        name: name.to_owned(),
        position,
        enabled: true,
        when: RoutingConditions::default(),
        targets: vec![RouteTarget::Agent {
            agent_id: agent("anna", now).agent_id,
        }],
        language: None,
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

/// A contact list called `name` with room for `size` contacts.
pub fn contact_list(name: &str, size: u64, now: Timestamp) -> ContactList {
    ContactList {
        list_id: ListId::derived(&[name]),
        name: name.to_owned(),
        upload_id: None,
        size,
        deleted: 0,
        variables: vec!["name".to_owned()],
        created_at: now,
    }
}

/// An upload that waits for its file `name`.
pub fn upload(name: &str, now: Timestamp) -> Upload {
    Upload {
        upload_id: UploadId::derived(&[name]),
        list_id: ListId::derived(&[name]),
        do_not_call: None,
        file_name: name.to_owned(),
        bytes: 1_000,
        status: UploadStatus::AwaitingFile,
        import_asked: true,
        default_region: None,
        phone_column: None,
        sheet: None,
        list_name: name.to_owned(),
        joins_list: false,
        corrects: None,
        corrected_by: Default::default(),
        first_place: None,
        places_written: 0,
        counts: UploadCounts::default(),
        progress: 0.0,
        columns: Vec::new(),
        rejected: Vec::new(),
        notes: Vec::new(),
        failure: None,
        created_at: now,
        finished_at: None,
        updated_at: now,
        version: 1,
    }
}

/// A wish not to be called.
pub fn do_not_call(number: &PhoneNumber, now: Timestamp) -> DoNotCallEntry {
    DoNotCallEntry {
        phone_number: number.clone(),
        way: OptOutWay::Person,
        source: "test".to_owned(),
        source_date: None,
        upload_id: None,
        note: None,
        added_at: now,
    }
}

/// An export of everything.
pub fn export(name: &str, now: Timestamp) -> Export {
    Export {
        export_id: ExportId::derived(&[name]),
        kind: ExportKind::Calls,
        status: ExportStatus::Queued,
        campaign_id: None,
        agent_id: None,
        call_status: None,
        since: None,
        until: None,
        rows: 0,
        failure: None,
        created_at: now,
        finished_at: None,
    }
}
