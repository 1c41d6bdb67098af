//! A webhook with a long transcript, as ElevenLabs sends it.

use serde_json::{Value, json};

/// Bytes of one turn, about.
const TURN_BYTES: usize = 400;
const WORDS: &str = "I would like to move the appointment to another day, because on Thursday nobody is at home before \
                     six. “Friday afternoon” is fine, and so is any morning of the week after; please send the new time to my address.";

/// How many turns a body of about `bytes` has.
pub(crate) fn turns(bytes: usize) -> usize {
    bytes.div_ceil(TURN_BYTES).max(1)
}

/// A body of about `bytes`, which ends the call `call`; each `number` makes another one.
pub(crate) fn transcript(bytes: usize, call: &str, number: usize) -> String {
    let turns: Vec<Value> = (0..turns(bytes)).map(turn).collect();
    json!({
        "type": "post_call_transcription",
        "event_timestamp": 1_790_000_100,
        "data": {
            "agent_id": "agent_01kexampleagent0000000001",
            "agent_name": "Renewals",
            "conversation_id": conversation(number),
            "status": "done",
            "user_id": call,
            "has_audio": true,
            "transcript": turns,
            "metadata": {
                "start_time_unix_secs": 1_789_999_000,
                "accepted_time_unix_secs": 1_789_999_009,
                "call_duration_secs": 1_041,
                "cost": 230,
                "cost_fiat": 0.07,
                "termination_reason": "end_call tool was called.",
                "error": null,
                "main_language": "en",
                "charging": { "is_burst": false, "tier": "creator" },
                "phone_call": {
                    "type": "twilio", "direction": "outbound", "phone_number_id": "phnum_01kexamplephone000000001",
                    "agent_number": "+1 555 010 0100", "external_number": "+1 555 010 0111",
                    "call_result": "answered", "call_sid": "CA00000000000000000000000000000001",
                },
            },
            "analysis": {
                "call_successful": "success",
                "transcript_summary": "An appointment was moved to Friday afternoon.",
                "call_summary_title": "Appointment moved",
                "data_collection_results": { "day": { "value": "Friday", "rationale": "It was said." } },
                "evaluation_criteria_results": { "moved": { "result": "success", "rationale": "It was moved." } },
            },
        },
    })
    .to_string()
}

/// The conversation of the `number`-th body.
pub(crate) fn conversation(number: usize) -> String {
    format!("conv_9801kexample{number:016}")
}

fn turn(nth: usize) -> Value {
    json!({
        "role": if nth.is_multiple_of(2) { "agent" } else { "user" },
        "message": WORDS,
        "time_in_call_secs": nth * 2,
        "interrupted": false,
        "tool_calls": [],
        "tool_results": [],
        "feedback": null,
        "source_medium": "audio",
        "conversation_turn_metrics": { "metrics": { "ttfb": { "elapsed_time": 0.412 } } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_about_as_long_as_was_asked_and_can_be_read() {
        let raw = transcript(200_000, "call_01kexample000000000000000a", 7);
        assert!((150_000..280_000).contains(&raw.len()), "{}", raw.len());
        assert_eq!(crate::anchor::read(raw.as_bytes()).unwrap(), turns(200_000));
        let webhook = switchboard_providers::platform(switchboard_domain::ProviderKind::Elevenlabs)
            .parse_webhook(raw.as_bytes())
            .unwrap();
        assert_eq!(webhook.conversation_id().unwrap().as_str(), conversation(7));
        assert!(raw.contains("call_01kexample"));
    }
}
