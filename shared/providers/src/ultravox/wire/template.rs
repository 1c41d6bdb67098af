//! `callTemplate`: what an agent's calls are like.
//!
//! It is always sent whole, for whether the API merges it is not documented. So it is kept as it came,
//! and only what is asked for is changed in it.

use serde_json::{Map, Value, json};

use super::message::VOICEMAIL_TOOL;
use super::times::{length, seconds};
use crate::ultravox::options;

/// Seconds in which the person may speak first, who has just picked up.
const USER_FIRST_DELAY: &str = "4s";
const HANG_UP_TOOL: &str = "hangUp";
/// The server's own; sent back they would be refused or ignored.
const READ_ONLY: [&str; 2] = ["created", "updated"];

/// The person speaks first; if they do not, this is said.
pub(in crate::ultravox) fn user_first(text: &str) -> Value {
    json!({ "user": { "fallback": { "delay": USER_FIRST_DELAY, "text": text } } })
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::ultravox) struct Template(Map<String, Value>);

impl Template {
    /// As it came; no template at all is an empty one.
    pub(in crate::ultravox) fn from_value(value: Value) -> Self {
        let mut fields = match value {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        for name in READ_ONLY {
            fields.remove(name);
        }
        Self(fields)
    }

    /// Of an agent of ours: it can hang up, and its calls are recorded.
    pub(in crate::ultravox) fn of_ours() -> Self {
        let mut template = Self::default();
        template.set_tool(HANG_UP_TOOL, true);
        for option in options::ALL {
            template.set_option(option.name, &option.usual());
        }
        template
    }

    pub(in crate::ultravox) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    pub(in crate::ultravox) fn prompt(&self) -> &str {
        self.text("systemPrompt")
    }

    pub(in crate::ultravox) fn set_prompt(&mut self, prompt: &str) {
        self.set("systemPrompt", prompt);
    }

    /// What it says first, or if the person does not; empty: it waits.
    pub(in crate::ultravox) fn first_message(&self) -> &str {
        let settings = self.0.get("firstSpeakerSettings");
        let text = settings.and_then(|settings| {
            settings
                .pointer("/agent/text")
                .or_else(|| settings.pointer("/user/fallback/text"))?
                .as_str()
        });
        text.unwrap_or_default()
    }

    /// Every text that is filled in with variables.
    pub(in crate::ultravox) fn texts(&self) -> Vec<&str> {
        let first = self.0.get("firstSpeakerSettings").unwrap_or(&Value::Null);
        let words = [
            "/agent/text",
            "/agent/prompt",
            "/user/fallback/text",
            "/user/fallback/prompt",
        ];
        let words = words
            .into_iter()
            .filter_map(|place| first.pointer(place)?.as_str());
        [self.prompt()].into_iter().chain(words).collect()
    }

    /// Whoever speaks first there goes on to do so; in an agent of ours the person does.
    pub(in crate::ultravox) fn set_first_message(&mut self, text: &str) {
        let mut settings = match self.0.remove("firstSpeakerSettings") {
            Some(Value::Object(settings)) => settings,
            _ => Map::new(),
        };
        if text.is_empty() {
            settings = [("user".to_owned(), json!({}))].into_iter().collect();
        } else if let Some(Value::Object(agent)) = settings.get_mut("agent") {
            say(agent, text);
        } else if let Some(Value::Object(fallback)) =
            settings.get_mut("user").and_then(|user| user.get_mut("fallback"))
        {
            say(fallback, text);
            fallback.entry("delay").or_insert_with(|| USER_FIRST_DELAY.into());
        } else if let Value::Object(ours) = user_first(text) {
            settings = ours;
        }
        self.0.insert("firstSpeakerSettings".to_owned(), settings.into());
    }

    pub(in crate::ultravox) fn language(&self) -> &str {
        self.text("languageHint")
    }

    pub(in crate::ultravox) fn set_language(&mut self, language: &str) {
        self.set("languageHint", language);
    }

    /// Name or id of the voice.
    pub(in crate::ultravox) fn voice(&self) -> &str {
        self.text("voice")
    }

    /// A template may have one of the two kinds of voice.
    pub(in crate::ultravox) fn set_voice(&mut self, voice: &str) {
        self.0.remove("externalVoice");
        self.set("voice", voice);
    }

    pub(in crate::ultravox) fn context_schema(&self) -> Option<&Value> {
        self.0.get("contextSchema").filter(|schema| schema.is_object())
    }

    /// What is set of an option; where nothing is, what the API takes then.
    pub(in crate::ultravox) fn option(&self, name: &str) -> Option<Value> {
        Some(match name {
            options::MODEL => match self.text("model") {
                "" => "ultravox-v0.7".into(),
                model => model.into(),
            },
            options::TEMPERATURE => json!(self.0.get("temperature").and_then(Value::as_f64).unwrap_or(0.0)),
            options::MAX_DURATION => json!(seconds(self.text("maxDuration")).unwrap_or(3_600.0)),
            options::RECORDING => json!(
                self.0
                    .get("recordingEnabled")
                    .and_then(Value::as_bool)
                    .unwrap_or(false)
            ),
            options::VOICEMAIL => json!(self.has_tool(VOICEMAIL_TOOL)),
            _ => return None,
        })
    }

    /// Sets an option that was checked; another value, or another name, changes nothing.
    pub(in crate::ultravox) fn set_option(&mut self, name: &str, value: &Value) {
        match (name, value) {
            (options::MODEL, Value::String(model)) if !model.trim().is_empty() => {
                self.set("model", model.trim())
            }
            (options::TEMPERATURE, Value::Number(_)) => {
                self.0.insert("temperature".to_owned(), value.clone());
            }
            (options::MAX_DURATION, Value::Number(secs)) => {
                if let Some(secs) = secs.as_f64() {
                    self.set("maxDuration", &length(secs));
                }
            }
            (options::RECORDING, Value::Bool(_)) => {
                self.0.insert("recordingEnabled".to_owned(), value.clone());
            }
            (options::VOICEMAIL, Value::Bool(on)) => self.set_tool(VOICEMAIL_TOOL, *on),
            _ => {}
        }
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn set(&mut self, name: &str, text: &str) {
        self.0.insert(name.to_owned(), text.into());
    }

    fn has_tool(&self, name: &str) -> bool {
        let tools = self.0.get("selectedTools").and_then(Value::as_array);
        tools.into_iter().flatten().any(|tool| is_tool(tool, name))
    }

    fn set_tool(&mut self, name: &str, on: bool) {
        if on == self.has_tool(name) {
            return;
        }
        let tools = self
            .0
            .entry("selectedTools")
            .or_insert_with(|| Vec::<Value>::new().into());
        if !tools.is_array() {
            *tools = Vec::<Value>::new().into();
        }
        if let Value::Array(tools) = tools {
            if on {
                tools.push(json!({ "toolName": name }));
            } else {
                tools.retain(|tool| !is_tool(tool, name));
            }
        }
    }
}

fn is_tool(tool: &Value, name: &str) -> bool {
    tool.get("toolName").and_then(Value::as_str) == Some(name)
}

/// A text instead of one that the model makes up.
fn say(speaker: &mut Map<String, Value>, text: &str) {
    speaker.remove("prompt");
    speaker.insert("text".to_owned(), text.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(value: Value) -> Template {
        Template::from_value(value)
    }

    #[test]
    fn the_first_message_stays_with_whoever_speaks_first() {
        let cases = [
            (
                json!({ "agent": { "prompt": "Greet", "uninterruptible": true } }),
                json!({ "agent": { "text": "Hola", "uninterruptible": true } }),
            ),
            (
                json!({ "user": { "fallback": { "delay": "9s", "text": "Hi" } } }),
                json!({ "user": { "fallback": { "delay": "9s", "text": "Hola" } } }),
            ),
            (json!({ "user": {} }), user_first("Hola")),
            (Value::Null, user_first("Hola")),
            (json!(7), user_first("Hola")),
        ];
        for (before, after) in cases {
            let mut changed = template(json!({ "firstSpeakerSettings": before }));
            changed.set_first_message("Hola");
            assert_eq!(changed.0["firstSpeakerSettings"], after, "{before}");
            assert_eq!(changed.first_message(), "Hola");
            changed.set_first_message("");
            assert_eq!(changed.0["firstSpeakerSettings"], json!({ "user": {} }));
            assert_eq!(changed.first_message(), "");
        }
    }

    #[test]
    fn tools_of_others_stay() {
        let other = json!({ "temporaryTool": { "modelToolName": "book" } });
        let mut changed = template(
            json!({ "selectedTools": [other, { "toolName": "leaveVoicemail", "nameOverride": "vm" }] }),
        );
        changed.set_option("voicemail", &json!(true));
        assert_eq!(
            changed.0["selectedTools"][1]["nameOverride"], "vm",
            "it was on already"
        );
        changed.set_option("voicemail", &json!(false));
        assert_eq!(changed.0["selectedTools"], json!([other]));
        changed.set_option("voicemail", &json!(true));
        assert_eq!(
            changed.0["selectedTools"],
            json!([other, { "toolName": "leaveVoicemail" }])
        );
        let mut odd = template(json!({ "selectedTools": "x" }));
        odd.set_option("voicemail", &json!(true));
        assert_eq!(odd.option("voicemail"), Some(json!(true)));
    }

    #[test]
    fn an_option_that_was_not_checked_changes_nothing() {
        let before = Template::of_ours();
        let mut after = before.clone();
        for name in [
            "model",
            "temperature",
            "max_duration_secs",
            "recording",
            "voicemail",
            "other",
        ] {
            for value in [json!(null), json!([]), json!({})] {
                after.set_option(name, &value);
            }
        }
        after.set_option("model", &json!(" "));
        assert_eq!(after, before);
        assert_eq!(before.option("other"), None);
    }

    #[test]
    fn an_option_that_is_not_set_is_what_the_api_takes_then() {
        let empty = template(Value::Null);
        let read: Vec<_> = options::ALL
            .iter()
            .map(|option| empty.option(option.name).unwrap())
            .collect();
        assert_eq!(
            read,
            [
                json!("ultravox-v0.7"),
                json!(0.0),
                json!(3600.0),
                json!(false),
                json!(false)
            ]
        );
    }
}
