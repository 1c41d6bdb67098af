//! What a session may be configured with.

use serde_json::Value;

/// Fields of a session.
const FIELDS: [&str; 15] = [
    "type",
    "model",
    "instructions",
    "output_modalities",
    "audio",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
    "max_output_tokens",
    "truncation",
    "tracing",
    "include",
    "prompt",
    "metadata",
];
const VOICES: [&str; 10] = [
    "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar",
];
const TRANSCRIBERS: [&str; 8] = [
    "gpt-transcribe",
    "gpt-live-transcribe",
    "gpt-realtime-whisper",
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-transcribe-diarize",
    "gpt-4o-mini-transcribe-2025-12-15",
];
/// Longest instructions, in bytes.
const LONGEST_INSTRUCTIONS: usize = 200_000;

/// What is wrong with a configuration: the field, and why.
pub(super) type Wrong = (String, String);

fn wrong<T>(field: &str, why: &str) -> Result<T, Wrong> {
    Err((field.to_owned(), why.to_owned()))
}

/// Checks a configuration; at `accept` it has to name its type and its model.
///
/// # Errors
/// With the first field that is wrong.
pub(super) fn check(config: &Value, at_accept: bool) -> Result<(), Wrong> {
    let Some(fields) = config.as_object() else {
        return wrong("session", "must be an object");
    };
    if config["type"] != "realtime" {
        return wrong("type", "must be \"realtime\"");
    }
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return wrong(unknown, "is not a known parameter");
    }
    let has_model = config["model"].as_str().is_some_and(|model| !model.is_empty());
    if at_accept && !has_model {
        return wrong("model", "is required");
    }
    match &config["instructions"] {
        Value::Null => {}
        Value::String(text) if text.len() <= LONGEST_INSTRUCTIONS => {}
        _ => return wrong("instructions", "must be a string, and not too long"),
    }
    match &config["output_modalities"] {
        Value::Null => {}
        Value::Array(all) if all.len() == 1 && (all[0] == "audio" || all[0] == "text") => {}
        _ => return wrong("output_modalities", "must be [\"audio\"] or [\"text\"]"),
    }
    match &config["max_output_tokens"] {
        Value::Null => {}
        Value::String(text) if text == "inf" => {}
        Value::Number(number) if number.as_u64().is_some_and(|n| (1..=4_096).contains(&n)) => {}
        _ => return wrong("max_output_tokens", "must be 1 to 4096, or \"inf\""),
    }
    check_audio(&config["audio"])?;
    check_tools(&config["tools"])
}

fn check_audio(audio: &Value) -> Result<(), Wrong> {
    if audio.is_null() {
        return Ok(());
    }
    let input = &audio["input"];
    let output = &audio["output"];
    match &output["voice"] {
        Value::Null => {}
        Value::String(name) if VOICES.contains(&name.as_str()) => {}
        Value::Object(voice) if voice.get("id").is_some_and(Value::is_string) => {}
        _ => return wrong("audio.output.voice", "is no voice"),
    }
    if let Some(speed) = output["speed"].as_f64()
        && !(0.25..=1.5).contains(&speed)
    {
        return wrong("audio.output.speed", "must be 0.25 to 1.5");
    }
    let transcription = &input["transcription"];
    if !transcription.is_null() {
        let model = transcription["model"].as_str().unwrap_or_default();
        if !TRANSCRIBERS.contains(&model) {
            return wrong("audio.input.transcription.model", "is no transcription model");
        }
    }
    let detection = &input["turn_detection"];
    if detection.is_null() {
        return Ok(());
    }
    let known: &[&str] = match detection["type"].as_str() {
        Some("server_vad") => &[
            "type",
            "threshold",
            "prefix_padding_ms",
            "silence_duration_ms",
            "idle_timeout_ms",
            "create_response",
            "interrupt_response",
        ],
        Some("semantic_vad") => &["type", "eagerness", "create_response", "interrupt_response"],
        _ => {
            return wrong(
                "audio.input.turn_detection.type",
                "must be server_vad or semantic_vad",
            );
        }
    };
    let mut names = detection.as_object().into_iter().flat_map(|fields| fields.keys());
    match names.find(|name| !known.contains(&name.as_str())) {
        Some(name) => wrong(
            &format!("audio.input.turn_detection.{name}"),
            "is not a known parameter",
        ),
        None => Ok(()),
    }
}

fn check_tools(tools: &Value) -> Result<(), Wrong> {
    let all = match tools {
        Value::Null => return Ok(()),
        Value::Array(all) if all.len() <= 128 => all,
        _ => return wrong("tools", "must be a list of at most 128"),
    };
    for (index, tool) in all.iter().enumerate() {
        let field = |name: &str| format!("tools[{index}].{name}");
        if tool["type"] == "mcp" {
            continue;
        }
        if tool["type"] != "function" {
            return wrong(&field("type"), "must be function or mcp");
        }
        let name = tool["name"].as_str().unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            return wrong(&field("name"), "must be 1 to 64 letters, digits, _ or -");
        }
        if all[..index].iter().any(|other| other["name"] == name) {
            return wrong(&field("name"), "is there twice");
        }
        if tool["parameters"]["type"] != "object" {
            return wrong(&field("parameters"), "must be a schema of an object");
        }
    }
    Ok(())
}

/// Whether the caller's words are to be written down.
pub(super) fn transcribes(config: &Value) -> bool {
    !config["audio"]["input"]["transcription"].is_null()
}

/// Whether the agent answers by itself when the caller is silent.
pub(super) fn answers_by_itself(config: &Value) -> bool {
    let input = &config["audio"]["input"];
    let is_off = input
        .as_object()
        .is_some_and(|input| input.get("turn_detection").is_some_and(Value::is_null));
    !is_off && input["turn_detection"]["create_response"] != false
}

/// Lays one configuration over another, object by object.
pub(super) fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_configuration_needs_its_type_and_its_model() {
        assert!(check(&json!({ "type": "realtime", "model": "gpt-realtime-2.1" }), true).is_ok());
        for (wrong, field) in [
            (json!([]), "session"),
            (json!({ "model": "a" }), "type"),
            (json!({ "type": "realtime" }), "model"),
            (
                json!({ "type": "realtime", "model": "a", "voice": "marin" }),
                "voice",
            ),
            (
                json!({ "type": "realtime", "model": "a", "audio": { "output": { "voice": "nobody" } } }),
                "audio.output.voice",
            ),
            (
                json!({ "type": "realtime", "model": "a", "tools": [{ "type": "function", "name": "a b" }] }),
                "tools[0].name",
            ),
        ] {
            assert_eq!(check(&wrong, true).unwrap_err().0, field, "{wrong}");
        }
        assert!(check(&json!({ "type": "realtime", "instructions": "Be brief." }), false).is_ok());
    }

    #[test]
    fn detection_that_is_null_leaves_answering_to_us() {
        assert!(answers_by_itself(&json!({})));
        assert!(!answers_by_itself(
            &json!({ "audio": { "input": { "turn_detection": null } } })
        ));
        let silent = json!({ "type": "server_vad", "create_response": false });
        assert!(!answers_by_itself(
            &json!({ "audio": { "input": { "turn_detection": silent } } })
        ));
    }
}
