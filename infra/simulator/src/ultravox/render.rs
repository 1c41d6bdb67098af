//! Calls as Ultravox writes them.

use serde_json::{Value, json};

use super::body::duration;
use super::call::EndReason;
use crate::conversation::{Carrier, Conversation};
use crate::ledger::time_of;
use crate::{Behaviour, dialogue};

/// Billing goes in steps of so many seconds.
const BILLING_STEP: u32 = 6;

/// The whole call.
///
/// `ended` lies as far behind `joined` as the script's talk is long, whatever the clock factor: lengths are told
/// unscaled. At a factor above 1 it is therefore ahead of the clock on the wall.
pub(crate) fn call(conversation: &Conversation, now_ms: i64) -> Value {
    let Some(call) = &conversation.ultravox else {
        return Value::Null;
    };
    let joined = conversation.joined_ms(now_ms);
    let over = now_ms >= conversation.ended_ms;
    let length = conversation.length_secs(now_ms);
    let ended = over.then(|| joined.map_or(conversation.ended_ms, |at| at + i64::from(length) * 1_000));
    let billed = now_ms >= call.billed_ms;
    let billed_secs = length.div_ceil(BILLING_STEP) * BILLING_STEP;
    let summary =
        (joined.is_some() && now_ms >= conversation.done_ms).then(|| dialogue::summary(conversation));
    let mut shown = json!({
        "callId": conversation.id,
        "clientVersion": null,
        "agentId": conversation.agent_id,
        "agent": { "agentId": conversation.agent_id, "name": conversation.agent_name },
        "created": time_of(conversation.dialled_ms),
        "joined": joined.map(time_of),
        "ended": ended.map(time_of),
        "endReason": over.then_some(call.end_reason),
        "billingStatus": billing_status(conversation, billed),
        "billedDuration": billed.then(|| duration(f64::from(billed_secs))),
        "billedSideInputTokens": billed.then_some(0),
        "billedSideOutputTokens": billed.then_some(0),
        "joinUrl": call.join_url,
        "firstSpeaker": "FIRST_SPEAKER_UNSPECIFIED",
        "transcriptOptional": true,
        "summary": summary.as_ref().map(|(_, text, _)| text.clone()),
        "shortSummary": summary.as_ref().map(|(_, _, title)| *title),
        "metadata": call.metadata,
        "initialState": {}, "requestContext": {}, "experimentalSettings": null,
        "callbacks": call.callbacks,
        "dataConnectionConfig": null,
        "sipDetails": sip(conversation, over, billed_secs),
    });
    let names = [
        "medium",
        "joinTimeout",
        "maxDuration",
        "recordingEnabled",
        "firstSpeakerSettings",
        "inactivityMessages",
        "systemPrompt",
        "model",
        "temperature",
        "voice",
        "externalVoice",
        "languageHint",
        "vadSettings",
        "timeExceededMessage",
        "initialOutputMedium",
    ];
    for name in names {
        shown[name] = call.settings.get(name).cloned().unwrap_or_default();
    }
    shown["retentionPolicy"] = json!("retain");
    shown
}

fn billing_status(conversation: &Conversation, billed: bool) -> &'static str {
    let reason = conversation.ultravox.as_ref().map(|call| call.end_reason);
    match reason {
        _ if !billed => "BILLING_STATUS_PENDING",
        Some(EndReason::Unjoined) => "BILLING_STATUS_FREE_ZERO_EFFECTIVE_DURATION",
        Some(EndReason::SystemError) => "BILLING_STATUS_FREE_SYSTEM_ERROR",
        _ => "BILLING_STATUS_BILLED",
    }
}

/// What is only known of calls by SIP, once they are over.
fn sip(conversation: &Conversation, over: bool, billed_secs: u32) -> Option<Value> {
    if conversation.carrier != Carrier::SipTrunk || !over {
        return None;
    }
    let reason = match conversation.behaviour {
        Behaviour::Busy => "BUSY",
        Behaviour::NoAnswer => "TIMEOUT",
        Behaviour::Fails | Behaviour::Refused => "DESTINATION_UNAVAILABLE",
        _ => "NORMAL",
    };
    Some(json!({
        "billedDuration": duration(f64::from(billed_secs)),
        "terminationReason": format!("SIP_TERMINATION_{reason}"),
    }))
}
