//! The call that a due recipient gets.

use jiff::{SignedDuration, Timestamp};
use switchboard_domain::{Call, CallId, CallOrigin, Campaign, Direction, Recipient};

/// How long a call may wait for its dial once it is queued; past that it goes back.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// The moment after which the call must not begin: the end of the campaign or of the person's hours, or
/// when it waited too long.
fn dial_before(campaign: &Campaign, closes_at: Timestamp, now: Timestamp) -> Timestamp {
    let waited = now.saturating_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX);
    campaign
        .end_at
        .unwrap_or(Timestamp::MAX)
        .min(closes_at)
        .min(waited)
}

/// A queued call for a recipient who may be called until `closes_at`.
pub(crate) fn new_call(
    campaign: &Campaign,
    recipient: &Recipient,
    call_id: CallId,
    closes_at: Timestamp,
    now: Timestamp,
) -> Call {
    let (agent_id, provider_agent_id) = campaign.agent_for(recipient);
    let (phone_line_id, carrier) = campaign.line_for(recipient);
    Call {
        provider: Some(campaign.provider),
        agent_id: Some(agent_id.clone()),
        provider_agent_id: Some(provider_agent_id.clone()),
        phone_line_id: Some(phone_line_id.clone()),
        carrier: Some(carrier),
        phone_number: Some(recipient.phone_number.clone()),
        campaign_id: Some(campaign.campaign_id.clone()),
        recipient_id: Some(recipient.recipient_id.clone()),
        attempt: recipient.attempts + 1,
        variables: recipient.variables.clone(),
        ringing_timeout_secs: campaign.ringing_timeout_secs,
        first_message: recipient.overrides.first_message.clone(),
        max_attempts: recipient.overrides.max_attempts,
        enqueued_at: Some(now),
        due_at: Some(recipient.due_at),
        dial_before: Some(dial_before(campaign, closes_at, now)),
        ..Call::new(call_id, Direction::Outbound, CallOrigin::Campaign, now)
    }
}
