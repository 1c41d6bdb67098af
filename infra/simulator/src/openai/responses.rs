//! The Responses API, as far as calls are summed up with it.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::account::Mood;
use super::{bad, fill, new_id, refused};
use crate::clock::now_ms;
use crate::server::Shared;

/// Deepest schema that is read.
const DEEPEST: usize = 5;

/// Answers with what the schema asks for.
pub(super) async fn create(State(shared): State<Shared>, body: Bytes) -> Response {
    let request: Value = match serde_json::from_slice(&body) {
        Ok(request @ Value::Object(_)) => request,
        _ => return bad("invalid_json", "The body must be a JSON object."),
    };
    if request["model"].as_str().is_none_or(str::is_empty) {
        return bad(
            "missing_required_parameter",
            "Missing required parameter: 'model'.",
        );
    }
    let Some(talk) = input_text(&request["input"]) else {
        return bad("invalid_value", "'input' must be text or a list of messages.");
    };
    let format = &request["text"]["format"];
    if let Err(why) = check_format(format) {
        return bad(
            "invalid_json_schema",
            &format!("Invalid schema for response_format: {why}."),
        );
    }
    let mood = shared.lock().openai.next_mood();
    let message = |content: Value| {
        json!([{ "type": "message", "id": new_id("msg"), "role": "assistant", "status": "completed",
            "content": [content] }])
    };
    let text = |text: String| json!({ "type": "output_text", "annotations": [], "text": text });
    let filled = match format["type"].as_str() {
        Some("json_schema") => fill::value("", &format["schema"], &talk).to_string(),
        _ => format!(
            "The call in short: {}",
            talk.chars().take(200).collect::<String>()
        ),
    };
    let (status, output, details) = match mood {
        Mood::RateLimited => {
            let message = "Rate limit reached. Please try again in 1s.";
            let mut answer = refused(
                StatusCode::TOO_MANY_REQUESTS,
                "requests",
                "rate_limit_exceeded",
                message,
            );
            answer
                .headers_mut()
                .insert("retry-after-ms", http::HeaderValue::from_static("100"));
            return answer;
        }
        Mood::Error => {
            let message = "The server had an error while processing your request.";
            return refused(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "server_error",
                message,
            );
        }
        Mood::Good => ("completed", message(text(filled)), Value::Null),
        Mood::Garbage => (
            "completed",
            message(text("Sure! Here is the summary:".to_owned())),
            Value::Null,
        ),
        Mood::Refusal => {
            let content = json!({ "type": "refusal", "refusal": "I cannot help with that." });
            ("completed", message(content), Value::Null)
        }
        Mood::Incomplete => {
            let cut: String = filled.chars().take(filled.len() / 2).collect();
            let why = json!({ "reason": "max_output_tokens" });
            ("incomplete", message(text(cut)), why)
        }
    };
    let mut all = vec![json!({ "type": "reasoning", "id": new_id("rs"), "summary": [] })];
    all.extend(output.as_array().cloned().unwrap_or_default());
    let tokens = talk.split_whitespace().count();
    Json(json!({
        "id": new_id("resp"), "object": "response", "created_at": now_ms() / 1_000, "status": status,
        "model": request["model"], "error": null, "incomplete_details": details, "output": all,
        "usage": { "input_tokens": tokens, "output_tokens": 60, "total_tokens": tokens + 60,
            "input_tokens_details": { "cached_tokens": 0 },
            "output_tokens_details": { "reasoning_tokens": 0 } },
    }))
    .into_response()
}

/// Everything that is said in the input; none: it is in no known shape.
fn input_text(input: &Value) -> Option<String> {
    match input {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let mut all = Vec::new();
            for item in items {
                match &item["content"] {
                    Value::String(text) => all.push(text.clone()),
                    Value::Array(parts) => {
                        for part in parts {
                            if part["type"] != "input_text" {
                                return None;
                            }
                            all.push(part["text"].as_str()?.to_owned());
                        }
                    }
                    _ => return None,
                }
            }
            Some(all.join("\n"))
        }
        _ => None,
    }
}

/// The rules of strict structured output.
fn check_format(format: &Value) -> Result<(), String> {
    match format["type"].as_str() {
        None | Some("text") => return Ok(()),
        Some("json_schema") => {}
        Some(other) => return Err(format!("{other} is no type of format here")),
    }
    let name = format["name"].as_str().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return Err("'name' must be 1 to 64 letters, digits, _ or -".to_owned());
    }
    if format["strict"] != true {
        return Ok(());
    }
    if format["schema"]["type"] != "object" {
        return Err("schema must be an object".to_owned());
    }
    strict(&format["schema"], 0)
}

fn strict(schema: &Value, depth: usize) -> Result<(), String> {
    if depth > DEEPEST {
        return Err("it is nested too deep".to_owned());
    }
    let is = |kind: &str| match &schema["type"] {
        Value::String(own) => own == kind,
        Value::Array(all) => all.iter().any(|own| own == kind),
        _ => false,
    };
    if is("array") {
        strict(&schema["items"], depth + 1)?;
    }
    for option in schema["anyOf"].as_array().into_iter().flatten() {
        strict(option, depth + 1)?;
    }
    if !is("object") {
        return Ok(());
    }
    if schema["additionalProperties"] != false {
        return Err("'additionalProperties' is required to be supplied and to be false".to_owned());
    }
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if !required.contains(&name.as_str()) {
            return Err(format!(
                "'required' must include every property. Missing '{name}'"
            ));
        }
        strict(property, depth + 1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(schema: Value) -> Value {
        json!({ "type": "json_schema", "name": "call_summary", "strict": true, "schema": schema })
    }

    #[test]
    fn a_strict_schema_names_all_and_nothing_else() {
        let good = json!({ "type": "object", "additionalProperties": false, "required": ["a"],
            "properties": { "a": { "type": ["string", "null"] } } });
        assert!(check_format(&format(good.clone())).is_ok());
        let mut open = good.clone();
        open["additionalProperties"] = json!(true);
        assert!(check_format(&format(open)).is_err());
        let mut missing = good.clone();
        missing["required"] = json!([]);
        assert!(check_format(&format(missing)).unwrap_err().contains("'a'"));
        let mut nameless = format(good);
        nameless["name"] = json!("a b");
        assert!(check_format(&nameless).is_err());
    }
}
