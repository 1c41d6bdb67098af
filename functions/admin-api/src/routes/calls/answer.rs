//! A call as the API shows it.

use jiff::Timestamp;
use serde::Serialize;
use switchboard_domain::{
    AgentId, Call, CallId, CallOrigin, CallResults, CallStatus, CampaignId, Carrier, Desk, Direction,
    Disclosed, DynamicVariables, HoursUsed, PhoneNumber, ProviderId, ProviderKind, Reception, RecipientId,
    Recording,
};
use utoipa::ToSchema;

use super::end::can_be_ended;

/// One attempt to reach one person, or one inbound call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Call)]
pub(crate) struct CallAnswer {
    /// Our id.
    call_id: CallId,
    /// Where it is on its way.
    status: CallStatus,
    /// Who called whom.
    direction: Direction,
    /// What made it.
    origin: CallOrigin,
    /// The platform; none where no agent speaks.
    provider: Option<ProviderKind>,
    /// Our agent; none where none speaks.
    agent_id: Option<AgentId>,
    /// The line it is placed from.
    phone_line_id: Option<ProviderId>,
    /// Who carries it.
    carrier: Option<Carrier>,
    /// The other side's number, when known.
    phone_number: Option<PhoneNumber>,
    /// Its campaign.
    campaign_id: Option<CampaignId>,
    /// Its recipient.
    recipient_id: Option<RecipientId>,
    /// Which attempt it is, from 1.
    attempt: u32,
    /// What the agent may say of the person.
    #[schema(value_type = BTreeMap<String, String>)]
    variables: DynamicVariables,
    /// The conversation at the provider, once known.
    conversation_id: Option<ProviderId>,
    /// The carrier's id of the call, once known.
    carrier_call_id: Option<String>,
    /// Seconds it may ring.
    ringing_timeout_secs: u32,
    /// When it was put on the dial queue, or imported.
    created_at: Timestamp,
    /// When its person was due to be called.
    due_at: Option<Timestamp>,
    /// No dial may begin after this moment.
    dial_before: Option<Timestamp>,
    /// When the dial began.
    placing_at: Option<Timestamp>,
    /// By whose clock it was allowed to begin.
    hours: Option<HoursUsed>,
    /// When the provider says it began.
    started_at: Option<Timestamp>,
    /// When we learned that it was over.
    ended_at: Option<Timestamp>,
    /// Length in seconds, as the provider counts it.
    duration_secs: Option<u64>,
    /// Why it was not placed, failed, or was given up.
    failure: Option<String>,
    /// The provider's id of the failed request, for its support.
    provider_request_id: Option<String>,
    /// When we learned that the line is free again, where the outcome was still to come.
    hung_up_at: Option<Timestamp>,
    /// What the provider found out.
    results: CallResults,
    /// Whether results and transcript are whole.
    results_complete: bool,
    /// Whether the agent's first words were those that the campaign asks for.
    disclosure: Option<Disclosed>,
    /// What the reception made of it; none of an outbound call.
    reception: Option<Reception>,
    /// Its recording.
    recording: Recording,
    /// Whether somebody has dealt with it.
    handled: bool,
    /// Where it lies on the desk of those who look after calls; none: nowhere.
    desk: Option<Desk>,
    /// Whether it is in progress, and its platform or its carrier can end it: `POST /api/calls/{call_id}/end`.
    can_be_ended: bool,
    /// When it last changed.
    updated_at: Timestamp,
}

impl CallAnswer {
    /// A call as it is shown. `ends_legs`: whether the carrier's account is set up, so that it can end calls there.
    pub(crate) fn of(call: Call, ends_legs: bool) -> Self {
        let can_be_ended = can_be_ended(&call, ends_legs);
        let desk = call.desk();
        Self {
            call_id: call.call_id,
            status: call.status,
            direction: call.direction,
            origin: call.origin,
            provider: call.provider,
            agent_id: call.agent_id,
            phone_line_id: call.phone_line_id,
            carrier: call.carrier,
            phone_number: call.phone_number,
            campaign_id: call.campaign_id,
            recipient_id: call.recipient_id,
            attempt: call.attempt,
            variables: call.variables,
            conversation_id: call.conversation_id,
            carrier_call_id: call.carrier_call_id,
            ringing_timeout_secs: call.ringing_timeout_secs,
            created_at: call.created_at,
            due_at: call.due_at,
            dial_before: call.dial_before,
            placing_at: call.placing_at,
            hours: call.hours,
            started_at: call.started_at,
            ended_at: call.ended_at,
            duration_secs: call.duration_secs,
            failure: call.failure,
            provider_request_id: call.provider_request_id,
            hung_up_at: call.hung_up_at,
            results: call.results,
            results_complete: call.results_complete,
            disclosure: call.disclosure,
            reception: call.reception,
            recording: call.recording,
            handled: call.handled,
            desk,
            can_be_ended,
            updated_at: call.updated_at,
        }
    }
}
