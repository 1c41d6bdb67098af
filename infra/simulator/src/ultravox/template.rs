//! An agent's call template: what may stand in it, what it needs to know, what stands there when nothing is said.

use serde_json::{Map, Value, json};

use super::body::seconds;
use super::mustache;
use super::refusal::Refusal;

/// Longest tag of a language.
const MOST_LANGUAGE: usize = 16;

/// Every field that is kept, with what it is when nobody says. The rest of a request is passed over.
fn usual() -> Value {
    json!({
        "name": null, "medium": null, "initialOutputMedium": "MESSAGE_MEDIUM_VOICE", "joinTimeout": "30s",
        "maxDuration": "3600s", "vadSettings": null, "recordingEnabled": false,
        "firstSpeakerSettings": { "agent": {} }, "systemPrompt": "", "temperature": 0, "model": "ultravox-v0.7",
        "voice": null, "externalVoice": null, "voiceOverrides": null, "languageHint": null,
        "timeExceededMessage": null, "inactivityMessages": [], "selectedTools": [], "dataConnection": null,
        "contextSchema": null, "retentionPolicy": null,
    })
}

/// The whole template from what a request says.
///
/// # Errors
/// When a field may not be so.
pub(crate) fn whole(given: &Value, now: &str, created: Option<&Value>) -> Result<Value, Refusal> {
    let Value::Object(fields) = given else {
        return Err(Refusal::field("callTemplate", "This must be an object."));
    };
    check(fields)?;
    let mut template = usual();
    if let Some(known) = template.as_object_mut() {
        for (name, value) in known.iter_mut() {
            match fields.get(name) {
                None | Some(Value::Null) => {}
                Some(given) => *value = given.clone(),
            }
        }
    }
    template["created"] = created.cloned().unwrap_or_else(|| json!(now));
    template["updated"] = json!(now);
    Ok(template)
}

/// Checks the fields that templates and calls have in common.
///
/// # Errors
/// For the first that is wrong.
pub(crate) fn check(fields: &Map<String, Value>) -> Result<(), Refusal> {
    let given = |name: &str| fields.get(name).filter(|value| !value.is_null());
    let wrong = |name: &str, message: &str| Err(Refusal::field(name, message));
    for name in ["joinTimeout", "maxDuration"] {
        if given(name).is_some_and(|value| seconds(value).is_none_or(|secs| secs <= 0.0)) {
            return wrong(name, "Duration has wrong format. Use seconds, as in \"30s\".");
        }
    }
    for name in [
        "systemPrompt",
        "model",
        "voice",
        "languageHint",
        "timeExceededMessage",
    ] {
        if given(name).is_some_and(|value| !value.is_string()) {
            return wrong(name, "Not a valid string.");
        }
    }
    if given("recordingEnabled").is_some_and(|value| !value.is_boolean()) {
        return wrong("recordingEnabled", "Must be a valid boolean.");
    }
    let hint = given("languageHint").and_then(Value::as_str);
    if hint.is_some_and(|hint| hint.chars().count() > MOST_LANGUAGE) {
        return wrong(
            "languageHint",
            "Ensure this field has no more than 16 characters.",
        );
    }
    if given("voice").is_some() && given("externalVoice").is_some() {
        return wrong("voice", "Only one of voice and externalVoice may be set.");
    }
    if let Some(temperature) = given("temperature") {
        match temperature.as_f64() {
            Some(value) if (0.0..=1.0).contains(&value) => {}
            _ => return wrong("temperature", "A number from 0 to 1 is required."),
        }
    }
    if let Some(medium) = given("initialOutputMedium")
        && medium != "MESSAGE_MEDIUM_VOICE"
        && medium != "MESSAGE_MEDIUM_TEXT"
    {
        return wrong("initialOutputMedium", "Not a medium of messages.");
    }
    if let Some(first) = given("firstSpeakerSettings") {
        let sides = first.as_object().map(|sides| sides.keys().collect::<Vec<_>>());
        match sides.as_deref() {
            Some([side]) if *side == "agent" || *side == "user" => {}
            _ => {
                return wrong(
                    "firstSpeakerSettings",
                    "Exactly one of agent and user must be set.",
                );
            }
        }
    }
    for tool in given("selectedTools")
        .into_iter()
        .flat_map(|tools| tools.as_array().into_iter().flatten())
    {
        let named = ["toolName", "toolId", "temporaryTool"];
        let count = named
            .iter()
            .filter(|name| tool.get(name).is_some_and(|t| !t.is_null()));
        if count.count() != 1 {
            return wrong(
                "selectedTools",
                "Exactly one of toolName, toolId and temporaryTool must be set.",
            );
        }
    }
    match given("selectedTools") {
        Some(tools) if !tools.is_array() => wrong("selectedTools", "Expected a list of items."),
        _ => Ok(()),
    }
}

/// Whether the template selects this built-in tool.
pub(crate) fn has_tool(template: &Value, name: &str) -> bool {
    let tools = template["selectedTools"].as_array();
    tools.is_some_and(|tools| tools.iter().any(|tool| tool["toolName"] == name))
}

/// The words that are filled with variables.
fn texts(template: &Value) -> [&str; 4] {
    let first = &template["firstSpeakerSettings"];
    let words = [
        &template["systemPrompt"],
        &first["agent"]["text"],
        &first["agent"]["prompt"],
        &first["user"]["fallback"]["text"],
    ];
    words.map(|value| value.as_str().unwrap_or_default())
}

/// Refuses a context that the template cannot be filled from.
///
/// # Errors
/// Names what is missing.
pub(crate) fn satisfied(template: &Value, context: &Map<String, Value>) -> Result<(), Refusal> {
    let missing = match &template["contextSchema"] {
        Value::Null => texts(template)
            .into_iter()
            .flat_map(|text| mustache::missing(text, context))
            .collect(),
        schema => lacking(schema, context, ""),
    };
    match missing.first() {
        None => Ok(()),
        Some(name) => Err(Refusal::field(
            "templateContext",
            &format!("'{name}' is a required property or has another type."),
        )),
    }
}

/// What a JSON Schema asks for and the context does not have: `required` and `type`, at every depth.
fn lacking(schema: &Value, context: &Map<String, Value>, path: &str) -> Vec<String> {
    let name = |key: &str| format!("{path}{key}");
    let required = schema["required"].as_array().into_iter().flatten();
    let mut found: Vec<String> = required
        .filter_map(Value::as_str)
        .filter(|key| !context.contains_key(*key))
        .map(name)
        .collect();
    for (key, of) in schema["properties"].as_object().into_iter().flatten() {
        let Some(value) = context.get(key) else { continue };
        let fits = match of["type"].as_str() {
            Some("string") => value.is_string(),
            Some("number") => value.is_number(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("boolean") => value.is_boolean(),
            Some("array") => value.is_array(),
            Some("object") => value.is_object(),
            _ => true,
        };
        if !fits {
            found.push(name(key));
        }
        if let Some(within) = value.as_object() {
            found.extend(lacking(of, within, &format!("{path}{key}.")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn what_may_not_be_so_is_refused() {
        let wrong = [
            json!({ "voice": "Mark", "externalVoice": { "elevenLabs": {} } }),
            json!({ "temperature": 1.1 }),
            json!({ "languageHint": "a-very-long-language" }),
            json!({ "joinTimeout": 30 }),
            json!({ "maxDuration": "10m" }),
            json!({ "recordingEnabled": "yes" }),
            json!({ "systemPrompt": 1 }),
            json!({ "firstSpeakerSettings": { "agent": {}, "user": {} } }),
            json!({ "selectedTools": [{ "nameOverride": "x" }] }),
            json!({ "selectedTools": [{ "toolName": "hangUp", "toolId": "1" }] }),
            json!({ "selectedTools": {} }),
        ];
        for template in wrong {
            assert!(whole(&template, "now", None).is_err(), "{template}");
        }
        let template = whole(
            &json!({ "voice": "Mark", "externalVoice": null, "unheard": 1 }),
            "now",
            None,
        )
        .unwrap();
        assert_eq!(
            (&template["voice"], &template["model"]),
            (&json!("Mark"), &json!("ultravox-v0.7"))
        );
        assert!(template.get("unheard").is_none());
    }

    #[test]
    fn a_template_says_what_it_needs() {
        let template = json!({
            "systemPrompt": "You call {{name}}.",
            "firstSpeakerSettings": { "user": { "fallback": { "text": "Is this {{person.first}}?" } } },
        });
        assert!(satisfied(&template, &object(json!({ "name": "Ana" }))).is_err());
        let both = object(json!({ "name": "Ana", "person": { "first": "Ana" } }));
        assert!(satisfied(&template, &both).is_ok());
    }

    #[test]
    fn a_schema_of_ones_own_goes_before() {
        let template = json!({
            "systemPrompt": "You call {{name}}.",
            "contextSchema": {
                "required": ["slot"],
                "properties": { "slot": { "type": "object", "required": ["day"],
                    "properties": { "day": { "type": "string" } } } },
            },
        });
        assert!(satisfied(&template, &object(json!({}))).is_err());
        assert!(satisfied(&template, &object(json!({ "slot": { "day": 3 } }))).is_err());
        assert!(satisfied(&template, &object(json!({ "slot": {} }))).is_err());
        assert!(satisfied(&template, &object(json!({ "slot": { "day": "Tuesday" } }))).is_ok());
    }
}
