//! Conversations as the provider writes them.

use serde_json::{Value, json};

use crate::conversation::{Carrier, Conversation, Phase};
use crate::dialogue;
use crate::twilio::TWILIO_ACCOUNT_SID;

/// Credits that one second costs.
const CREDITS_PER_SEC: u32 = 6;

fn duration(conversation: &Conversation, now_ms: i64) -> u32 {
    match conversation.phase(now_ms) {
        Phase::Initiated | Phase::Failed => 0,
        Phase::InProgress | Phase::Processing | Phase::Done => conversation.length_of_talk(),
    }
}

fn verdict(conversation: &Conversation, now_ms: i64) -> &'static str {
    match conversation.phase(now_ms) {
        Phase::Done => dialogue::summary(conversation).0.as_str(),
        Phase::Failed => "failure",
        _ => "unknown",
    }
}

fn termination(conversation: &Conversation, now_ms: i64) -> String {
    match (conversation.phase(now_ms), &conversation.failure) {
        (Phase::Failed, Some(failure)) => failure.clone(),
        (Phase::Failed, None) => format!(
            "Call {}",
            conversation
                .call_result(now_ms)
                .unwrap_or("failed")
                .replace('_', " ")
        ),
        (Phase::Done, _) => "Client disconnected: 1000".to_owned(),
        _ => String::new(),
    }
}

/// One row of the list.
pub(crate) fn summary(conversation: &Conversation, now_ms: i64, with_summary: bool) -> Value {
    let done = conversation.phase(now_ms) == Phase::Done;
    let (_, text, title) = dialogue::summary(conversation);
    let turns = if done {
        dialogue::turns(conversation).len()
    } else {
        0
    };
    json!({
        "agent_id": conversation.agent_id,
        "agent_name": conversation.agent_name,
        "conversation_id": conversation.id,
        "start_time_unix_secs": conversation.dialled_ms / 1_000,
        "call_duration_secs": duration(conversation, now_ms),
        "message_count": turns,
        "status": conversation.phase(now_ms).as_str(),
        "call_successful": verdict(conversation, now_ms),
        "direction": direction(conversation),
        "termination_reason": termination(conversation, now_ms),
        "transcript_summary": (done && with_summary).then_some(text),
        "call_summary_title": done.then_some(title),
        "conversation_initiation_source": source(conversation),
        "main_language": conversation.language,
        "tool_names": [],
        "cost": duration(conversation, now_ms) * CREDITS_PER_SEC,
        "rating": null,
    })
}

fn direction(conversation: &Conversation) -> &'static str {
    match conversation.is_inbound {
        true => "inbound",
        false => "outbound",
    }
}

fn source(conversation: &Conversation) -> &'static str {
    match conversation.carrier {
        Carrier::Twilio => "twilio",
        Carrier::SipTrunk => "sip_trunk",
    }
}

fn phone_call(conversation: &Conversation, now_ms: i64) -> Value {
    let mut call = json!({
        "direction": direction(conversation),
        "phone_number_id": conversation.line_id,
        "agent_number": conversation.from,
        "external_number": conversation.to,
        "call_sid": conversation.carrier_call_id,
        "call_result": conversation.call_result(now_ms),
    });
    match conversation.carrier {
        Carrier::Twilio => {
            call["type"] = json!("twilio");
            let tail = conversation.carrier_call_id.trim_start_matches("CA");
            call["stream_sid"] = json!(format!("MZ{tail}"));
        }
        Carrier::SipTrunk => call["type"] = json!("sip_trunking"),
    }
    call
}

fn transcript(conversation: &Conversation, now_ms: i64) -> Vec<Value> {
    if !matches!(conversation.phase(now_ms), Phase::Done | Phase::Processing) || !conversation.is_answered() {
        return Vec::new();
    }
    dialogue::turns(conversation)
        .into_iter()
        .map(|turn| {
            json!({
                "role": turn.role, "message": turn.message, "time_in_call_secs": turn.at_secs,
                "tool_calls": [], "tool_results": [], "interrupted": false, "feedback": null,
                "llm_override": null, "conversation_turn_metrics": null, "source_medium": "audio",
            })
        })
        .collect()
}

fn analysis(conversation: &Conversation, now_ms: i64) -> Value {
    if conversation.phase(now_ms) != Phase::Done {
        return Value::Null;
    }
    let (verdict, text, title) = dialogue::summary(conversation);
    let satisfaction = dialogue::satisfaction(conversation);
    let criterion = json!({ "criteria_id": "goal", "result": verdict.as_str(), "rationale": text });
    let collected = json!({
        "data_collection_id": "satisfaction", "value": satisfaction, "rationale": "Judged by the tone.",
        "json_schema": { "type": "integer", "description": "Satisfaction from 1 to 5" },
    });
    let opts_out = conversation.behaviour == crate::Behaviour::OptsOut;
    let wish = json!({
        "data_collection_id": "opt_out", "value": opts_out, "rationale": "Judged by what was said.",
        "json_schema": { "type": "boolean", "description": "Whether the person does not want to be called again" },
    });
    json!({
        "call_successful": verdict.as_str(),
        "transcript_summary": text,
        "call_summary_title": title,
        "evaluation_criteria_results": { "goal": criterion },
        "evaluation_criteria_results_list": [criterion],
        "data_collection_results": { "satisfaction": collected, "opt_out": wish },
        "data_collection_results_list": [collected, wish],
    })
}

/// The whole conversation.
pub(crate) fn detail(conversation: &Conversation, now_ms: i64) -> Value {
    let phase = conversation.phase(now_ms);
    let has_audio = conversation.has_audio(now_ms);
    let accepted = conversation.is_answered() && now_ms >= conversation.answered_ms;
    let mut variables = conversation.variables.clone();
    let (caller, called) = match conversation.is_inbound {
        true => (&conversation.to, &conversation.from),
        false => (&conversation.from, &conversation.to),
    };
    let system = [
        ("system__agent_id", json!(conversation.agent_id)),
        ("system__conversation_id", json!(conversation.id)),
        ("system__caller_id", json!(caller)),
        ("system__called_number", json!(called)),
        ("system__call_sid", json!(conversation.carrier_call_id)),
        (
            "system__call_duration_secs",
            json!(duration(conversation, now_ms)),
        ),
    ];
    variables.extend(system.map(|(name, value)| (name.to_owned(), value)));
    let error = (phase == Phase::Failed && conversation.failure.is_some())
        .then(|| json!({ "code": 1008, "reason": conversation.failure }));
    let batch = conversation
        .batch
        .as_ref()
        .map(|(batch, recipient)| json!({ "batch_call_id": batch, "batch_call_recipient_id": recipient }));
    let turns = transcript(conversation, now_ms);
    let overrides = match &conversation.first_message {
        Some(first) => json!({ "agent": { "first_message": first } }),
        None => json!({}),
    };
    let user_turns = turns.iter().filter(|turn| turn["role"] == "user").count();
    json!({
        "agent_id": conversation.agent_id,
        "agent_name": conversation.agent_name,
        "conversation_id": conversation.id,
        "status": phase.as_str(),
        "user_id": conversation.user_id,
        "user_message_count": user_turns,
        "agent_message_count": turns.len() - user_turns,
        "transcript": turns,
        "metadata": {
            "start_time_unix_secs": conversation.dialled_ms / 1_000,
            "accepted_time_unix_secs": accepted.then_some(conversation.answered_ms / 1_000),
            "call_duration_secs": duration(conversation, now_ms),
            "cost": duration(conversation, now_ms) * CREDITS_PER_SEC,
            "cost_fiat": f64::from(duration(conversation, now_ms)) * 0.0017,
            "termination_reason": termination(conversation, now_ms),
            "error": error,
            "warnings": [],
            "main_language": conversation.language,
            "text_only": false,
            "conversation_initiation_source": source(conversation),
            "phone_call": phone_call(conversation, now_ms),
            "batch_call": batch,
            "deletion_settings": {
                "deletion_time_unix_secs": null, "deleted_logs_at_time_unix_secs": null,
                "deleted_audio_at_time_unix_secs": null, "deleted_transcript_at_time_unix_secs": null,
                "delete_transcript_and_pii": false, "delete_audio": false,
            },
            "feedback": { "overall_score": null, "likes": 0, "dislikes": 0 },
            "charging": { "dev_discount": false, "is_burst": false, "tier": "pro" },
        },
        "analysis": analysis(conversation, now_ms),
        "conversation_initiation_client_data": {
            "dynamic_variables": variables,
            "user_id": conversation.user_id,
            "conversation_config_override": overrides,
            "custom_llm_extra_body": {},
        },
        "has_audio": has_audio,
        "has_user_audio": has_audio,
        "has_response_audio": has_audio,
        "has_auxiliary_audio": false,
    })
}

/// Data of a `call_initiation_failure` event.
pub(crate) fn initiation_failure(conversation: &Conversation) -> Value {
    use crate::Behaviour as B;
    let (reason, status, sip, words) = match conversation.behaviour {
        B::Busy => ("busy", "busy", 486, "Busy Here"),
        B::NoAnswer => ("no-answer", "no-answer", 480, "Temporarily Unavailable"),
        _ => ("unknown", "failed", 503, "Service Unavailable"),
    };
    let metadata = match conversation.carrier {
        Carrier::Twilio => json!({ "type": "twilio", "body": {
            "CallSid": conversation.carrier_call_id, "CallStatus": status,
            "AccountSid": TWILIO_ACCOUNT_SID,
            "From": conversation.from, "To": conversation.to, "Caller": conversation.from, "Called": conversation.to,
            "Direction": "outbound-api", "Duration": "0", "CallDuration": "0", "SequenceNumber": "2",
            "CallbackSource": "call-progress-events", "ApiVersion": "2010-04-01",
        } }),
        Carrier::SipTrunk => json!({ "type": "sip", "body": {
            "from_number": conversation.from, "to_number": conversation.to, "sip_status_code": sip,
            "error_reason": format!("INVITE failed: sip status: {sip}"), "call_sid": conversation.carrier_call_id,
            "sip_status": words, "twirp_code": "unavailable",
        } }),
    };
    json!({
        "agent_id": conversation.agent_id,
        "conversation_id": conversation.id,
        "failure_reason": reason,
        "metadata": metadata,
    })
}
