//! What the account has from the start.

use serde_json::{Value, json};

/// An agent that calls people by their name.
pub const SAMPLE_AGENT_ID: &str = "agent_01ksimagent0000000000000001";
/// A line at Twilio.
pub const SAMPLE_TWILIO_LINE_ID: &str = "phnum_01ksimphone000000000000001";
/// A line on a SIP trunk.
pub const SAMPLE_SIP_LINE_ID: &str = "phnum_01ksimphone000000000000002";

/// When the account was made.
pub(crate) const BORN_SECS: i64 = 1_780_000_000;

/// A whole agent from what a create request says.
pub(crate) fn agent(id: &str, body: &Value, now_secs: i64) -> Value {
    let mut config = json!({
        "agent": {
            "first_message": "", "language": "en", "disable_first_message_interruptions": false,
            "dynamic_variables": { "dynamic_variable_placeholders": {} },
            "prompt": {
                "prompt": "", "llm": "gemini-2.5-flash", "temperature": 0.0, "max_tokens": -1,
                "tool_ids": [], "knowledge_base": [],
            },
        },
        "tts": {
            "voice_id": "v0iceClara0000000001", "model_id": "eleven_flash_v2", "stability": 0.5,
            "similarity_boost": 0.8, "speed": 1.0, "agent_output_audio_format": "ulaw_8000",
        },
        "asr": { "quality": "high", "provider": "scribe_realtime", "user_input_audio_format": "ulaw_8000", "keywords": [] },
        "turn": { "turn_timeout": 7.0, "silence_end_call_timeout": -1.0 },
        "conversation": { "max_duration_seconds": 600, "text_only": false, "client_events": [] },
        "language_presets": {},
    });
    merge(&mut config, &body["conversation_config"]);
    let mut platform = json!({
        "evaluation": { "criteria": [] }, "data_collection": {}, "overrides": {},
        "call_limits": { "agent_concurrency_limit": -1, "daily_limit": 100_000, "bursting_enabled": true },
        "privacy": { "record_voice": true, "retention_days": -1 },
    });
    merge(&mut platform, &body["platform_settings"]);
    json!({
        "agent_id": id,
        "name": body["name"].as_str().unwrap_or("New agent"),
        "conversation_config": config,
        "metadata": { "created_at_unix_secs": now_secs, "updated_at_unix_secs": now_secs },
        "platform_settings": platform,
        "phone_numbers": [], "whatsapp_accounts": [],
        "access_info": access_info(),
        "tags": body["tags"].as_array().cloned().unwrap_or_default(),
    })
}

pub(crate) fn access_info() -> Value {
    json!({ "is_creator": true, "creator_name": "Simulator", "creator_email": "simulator@example.test", "role": "admin" })
}

/// Lays `change` over `whole`: objects deep, everything else replaced.
pub(crate) fn merge(whole: &mut Value, change: &Value) {
    match (whole, change) {
        (Value::Object(whole), Value::Object(change)) => {
            for (key, value) in change {
                merge(whole.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (whole, change) => *whole = change.clone(),
    }
}

pub(crate) fn agents() -> Vec<(String, Value)> {
    let make = |id: &str, name: &str, language: &str, first: &str, prompt: &str| {
        let body = json!({
            "name": name,
            "conversation_config": { "agent": {
                "first_message": first, "language": language, "prompt": { "prompt": prompt },
            } },
        });
        (id.to_owned(), agent(id, &body, BORN_SECS))
    };
    vec![
        make(
            SAMPLE_AGENT_ID,
            "Renewals",
            "en",
            "Hello {{name}}, this is Clara from the renewals team. Do you have a minute?",
            "You call {{name}} of {{company}} about the contract that ends on {{renewal_date}}. Be brief and kind.",
        ),
        make(
            "agent_01ksimagent0000000000000002",
            "Renovaciones",
            "es",
            "Hola {{name}}, soy Clara, del equipo de renovaciones. ¿Tiene un minuto?",
            "Llamas a {{name}} por su contrato. Sé breve y amable.",
        ),
        make(
            "agent_01ksimagent0000000000000003",
            "Survey",
            "en",
            "Hello! One short question, please.",
            "Ask how satisfied they are, from 1 to 5.",
        ),
    ]
}

pub(crate) fn lines() -> Vec<(String, Value)> {
    let line = |id: &str, provider: &str, number: &str, label: &str| {
        let mut line = json!({
            "phone_number": number, "label": label, "phone_number_id": id, "provider": provider,
            "supports_inbound": true, "supports_outbound": true, "assigned_agent": null,
        });
        if provider == "sip_trunk" {
            line["livekit_stack"] = json!("standard");
            line["outbound_trunk"] = json!({
                "address": "sip.example.test", "transport": "auto", "media_encryption": "allowed",
                "headers": {}, "has_auth_credentials": false,
            });
        }
        (id.to_owned(), line)
    };
    vec![
        line(SAMPLE_TWILIO_LINE_ID, "twilio", "+15005550006", "Main line"),
        line(SAMPLE_SIP_LINE_ID, "sip_trunk", "+15005550007", "Office trunk"),
    ]
}

/// Voices: id, name, gender, accent, age, language, what it is for.
pub(crate) const VOICES: [(&str, &str, &str, &str, &str, &str, &str); 12] = [
    (
        "v0iceClara0000000001",
        "Clara",
        "female",
        "american",
        "young",
        "en",
        "conversational",
    ),
    (
        "v0iceMarcus000000002",
        "Marcus",
        "male",
        "american",
        "middle_aged",
        "en",
        "conversational",
    ),
    (
        "v0iceOlivia000000003",
        "Olivia",
        "female",
        "british",
        "middle_aged",
        "en",
        "narrative_story",
    ),
    (
        "v0iceHarry0000000004",
        "Harry",
        "male",
        "british",
        "young",
        "en",
        "conversational",
    ),
    (
        "v0iceLucia0000000005",
        "Lucía",
        "female",
        "peninsular",
        "young",
        "es",
        "conversational",
    ),
    (
        "v0iceMateo0000000006",
        "Mateo",
        "male",
        "latin american",
        "middle_aged",
        "es",
        "conversational",
    ),
    (
        "v0iceChloe0000000007",
        "Chloé",
        "female",
        "parisian",
        "young",
        "fr",
        "conversational",
    ),
    (
        "v0iceLukas0000000008",
        "Lukas",
        "male",
        "standard",
        "middle_aged",
        "de",
        "informative_educational",
    ),
    (
        "v0iceGiulia000000009",
        "Giulia",
        "female",
        "standard",
        "young",
        "it",
        "conversational",
    ),
    (
        "v0iceBeatriz00000010",
        "Beatriz",
        "female",
        "brazilian",
        "young",
        "pt",
        "conversational",
    ),
    (
        "v0iceGrace0000000011",
        "Grace",
        "female",
        "irish",
        "old",
        "en",
        "narrative_story",
    ),
    (
        "v0iceSam000000000012",
        "Sam",
        "neutral",
        "american",
        "young",
        "en",
        "social_media",
    ),
];

#[cfg(test)]
pub(crate) fn test_conversation(to: &str) -> crate::Conversation {
    crate::Conversation {
        id: "conv_01ktest000000000000000001".to_owned(),
        agent_id: SAMPLE_AGENT_ID.to_owned(),
        agent_name: "Renewals".to_owned(),
        user_id: Some("att_1".to_owned()),
        to: to.to_owned(),
        line_id: SAMPLE_TWILIO_LINE_ID.to_owned(),
        from: "+15005550006".to_owned(),
        carrier: crate::Carrier::Twilio,
        carrier_call_id: "CA00000000000000000000000000000001".to_owned(),
        variables: serde_json::Map::new(),
        first_message: None,
        behaviour: crate::Behaviour::Answers,
        failure: None,
        language: "en".to_owned(),
        seed: 1,
        dialled_ms: 1_000,
        answered_ms: 2_000,
        ended_ms: 5_000,
        done_ms: 6_000,
        talk_secs: 30,
        no_audio: false,
        audio_bytes: None,
        batch: None,
        cut_at_secs: None,
        is_inbound: false,
        ultravox: None,
    }
}
