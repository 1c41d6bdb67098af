//! The tool of a configuration that a script means, and what it is called with.

use serde_json::{Map, Value, json};

use super::fill;
use crate::talk::ToolUse;

/// Words that say nothing of what a tool does.
const EMPTY_WORDS: [&str; 9] = ["to", "the", "a", "an", "add", "call", "caller", "person", "for"];

fn words(name: &str) -> Vec<&str> {
    let all = name.split(['_', '-']);
    all.filter(|word| !word.is_empty() && !EMPTY_WORDS.contains(word))
        .collect()
}

/// The tool that a script means: the one of that name, else the one whose name has most words in common with it.
pub(super) fn meant<'a>(config: &'a Value, name: &str) -> Option<&'a Value> {
    let all = config["tools"].as_array()?;
    let functions = || all.iter().filter(|tool| tool["type"] == "function");
    let exact = functions().find(|tool| tool["name"] == name);
    let shared = |tool: &&Value| {
        let wanted = words(name);
        let own = words(tool["name"].as_str().unwrap_or_default());
        own.iter().filter(|word| wanted.contains(word)).count()
    };
    exact.or_else(|| functions().filter(|tool| shared(tool) > 0).max_by_key(shared))
}

/// What it is called with: what the script says, where the tool knows it, and something that fits for what it needs
/// besides.
pub(super) fn arguments(tool: &Value, script: &ToolUse, talk: &str) -> Value {
    let schema = &tool["parameters"];
    let known = schema["properties"].as_object();
    if known.is_none_or(Map::is_empty) && schema["additionalProperties"] != false {
        return Value::Object(script.arguments.clone());
    }
    let mut given = Map::new();
    for (name, property) in known.into_iter().flatten() {
        let is_needed = schema["required"]
            .as_array()
            .is_some_and(|all| all.iter().any(|other| other == name.as_str()));
        if let Some(value) = script.arguments.get(name) {
            given.insert(name.clone(), value.clone());
        } else if is_needed {
            let text = script.arguments.values().find_map(Value::as_str).unwrap_or(talk);
            given.insert(name.clone(), fill::value(name, property, text));
        }
    }
    json!(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_means_the_tool_with_most_of_its_words() {
        let config = json!({ "tools": [
            { "type": "function", "name": "book_callback" },
            { "type": "function", "name": "transfer_call" },
            { "type": "function", "name": "do_not_call" },
        ] });
        let name = |script: &str| meant(&config, script).map(|tool| tool["name"].clone());
        assert_eq!(name("transfer_to_person"), Some(json!("transfer_call")));
        assert_eq!(name("add_to_do_not_call"), Some(json!("do_not_call")));
        assert_eq!(name("book_callback"), Some(json!("book_callback")));
        assert_eq!(name("look_up_caller"), None);
    }

    #[test]
    fn what_a_tool_needs_is_given() {
        let tool = json!({ "parameters": { "type": "object", "additionalProperties": false,
            "required": ["reason", "due_at"],
            "properties": { "reason": { "type": "string" }, "due_at": { "type": "string" },
                "note": { "type": ["string", "null"] } } } });
        let script = ToolUse {
            name: "book_callback".to_owned(),
            arguments: [
                ("reason".to_owned(), json!("Results")),
                ("other".to_owned(), json!(1)),
            ]
            .into_iter()
            .collect(),
        };
        let given = arguments(&tool, &script, "");
        assert_eq!(given["reason"], "Results");
        assert!(given["due_at"].as_str().unwrap().contains('T'));
        assert_eq!(given.as_object().unwrap().len(), 2);
    }
}
