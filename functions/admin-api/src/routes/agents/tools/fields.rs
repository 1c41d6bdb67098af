//! What a request says of a tool, checked.

use serde_json::Value;

use crate::api::Api;
use crate::checks::Checks;
use crate::limits::MAX_NOTE;

/// Longest name.
const MAX_TOOL_NAME: usize = 64;
/// Most bytes of the parameters' schema: the agent reads all of it at the beginning of every call.
const MAX_SCHEMA_BYTES: usize = 16_000;
/// Seconds that a tool may take: somebody waits on the phone.
const TIMEOUT_SECS: std::ops::RangeInclusive<u32> = 1..=20;

impl Checks {
    /// A name is what a model writes: letters, digits and underscores.
    pub(super) fn tool_name(&mut self, name: &str) {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !(1..=MAX_TOOL_NAME).contains(&name.len()) || !name.bytes().all(plain) {
            self.wrong("name", "write 1 to 64 of a-z, 0-9 and _");
        }
    }

    /// What it does, for the agent.
    pub(super) fn tool_description(&mut self, text: &str) {
        self.text("description", text, 1..=MAX_NOTE);
    }

    /// The parameters must be a schema of an object.
    pub(super) fn tool_parameters(&mut self, schema: &Value) {
        if schema.to_string().len() > MAX_SCHEMA_BYTES {
            self.wrong("parameters", format!("write at most {MAX_SCHEMA_BYTES} bytes"));
        }
        if schema.get("type").and_then(Value::as_str) != Some("object") {
            self.wrong("parameters.type", "must be `object`");
        }
        let properties = schema.get("properties");
        if properties.is_some_and(|properties| !properties.is_object()) {
            self.wrong(
                "parameters.properties",
                "must be an object: a schema under each name",
            );
        }
        let Some(required) = schema.get("required") else {
            return;
        };
        let names = required.as_array().map(Vec::as_slice).unwrap_or_default();
        let known = |name: &Value| {
            let name = name.as_str()?;
            properties?.get(name)
        };
        if !required.is_array() || names.iter().any(|name| known(name).is_none()) {
            self.wrong("parameters.required", "must be a list of names of `properties`");
        }
    }

    /// The address as it is kept.
    pub(super) fn tool_url(&mut self, api: &Api, url: &str) -> Option<String> {
        let url = self.take("url", api.address_rules.check(url))?;
        Some(url.into())
    }

    /// How long it may take.
    pub(super) fn tool_timeout(&mut self, secs: u32) {
        self.range("timeout_secs", &secs, TIMEOUT_SECS);
    }
}
