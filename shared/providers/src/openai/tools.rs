//! The tools that every OpenAI agent has, as it is told of them. The receptionist runs them.

use serde_json::{Value, json};

/// Puts the caller through to a person.
pub const TRANSFER_TO_PERSON: &str = "transfer_to_person";
/// Writes a message down.
pub const TAKE_MESSAGE: &str = "take_message";
/// Books a callback.
pub const BOOK_CALLBACK: &str = "book_callback";
/// Says what is known of the caller.
pub const LOOK_UP_CALLER: &str = "look_up_caller";
/// Marks the call as urgent.
pub const MARK_URGENT: &str = "mark_urgent";
/// Puts the caller's number on the do-not-call list.
pub const ADD_TO_DO_NOT_CALL: &str = "add_to_do_not_call";
/// Ends the call.
pub const END_CALL: &str = "end_call";

/// A tool that every agent has.
#[derive(Debug, Clone, PartialEq)]
pub struct BuiltInTool {
    /// The name that the agent calls it by.
    pub name: &'static str,
    /// What it does and when to use it, for the agent.
    pub description: &'static str,
    /// JSON Schema of its parameters: an object.
    pub parameters: Value,
}

/// The tools that every agent has.
pub fn built_in_tools() -> Vec<BuiltInTool> {
    let reason = |what: &str| json!({"type": "string", "description": what});
    vec![
        BuiltInTool {
            name: TRANSFER_TO_PERSON,
            description: "Puts the caller through to a person. Use it when the caller asks for one, or needs what \
                          you cannot do. Say that you are putting them through before you use it.",
            parameters: object(
                json!({"reason": reason("Why, in a few words, for the person who takes the call.")}),
                &["reason"],
            ),
        },
        BuiltInTool {
            name: TAKE_MESSAGE,
            description: "Writes a message of the caller's down, for people to read. Use it once you know what it \
                          says and from whom it is.",
            parameters: object(
                json!({
                    "message": {"type": "string", "description": "The message, whole, in the caller's language."},
                    "name": {"type": ["string", "null"], "description": "The caller's name, when they said it."},
                }),
                &["message"],
            ),
        },
        BuiltInTool {
            name: BOOK_CALLBACK,
            description: "Books a time at which the caller is called back. Use it once the caller agreed to it. \
                          Used again in the same call, it changes what was booked.",
            parameters: object(
                json!({
                    "reason": reason("What the callback is about, in a sentence."),
                    "name": {"type": ["string", "null"], "description": "The caller's name, when they said it."},
                    "due_at": {"type": ["string", "null"], "description":
                        "When to call, such as 2026-05-04T15:00:00+02:00; null: as soon as somebody is free."},
                    "phone_number": {"type": ["string", "null"], "description":
                        "The number to call, with + and the country code; null: the one the caller calls from."},
                }),
                &["reason"],
            ),
        },
        BuiltInTool {
            name: LOOK_UP_CALLER,
            description: "Says what is known of the caller: name, earlier calls, callbacks. Use it when that helps \
                          to answer.",
            parameters: object(json!({}), &[]),
        },
        BuiltInTool {
            name: MARK_URGENT,
            description: "Marks the call as urgent, so that people see to it first. Use it when somebody is in \
                          danger or pain, or loses much by waiting.",
            parameters: object(
                json!({
                    "reason": reason("Why it is urgent, in a sentence."),
                    "urgency": {"type": ["string", "null"], "enum": ["high", "critical", null], "description":
                        "critical: within minutes. high, or null: today."},
                }),
                &["reason"],
            ),
        },
        BuiltInTool {
            name: ADD_TO_DO_NOT_CALL,
            description: "Puts the caller's number on the do-not-call list: we never call it again. Use it when the \
                          caller asks not to be called.",
            parameters: object(
                json!({"reason": {"type": ["string", "null"], "description": "What the caller said, in a sentence."}}),
                &[],
            ),
        },
        BuiltInTool {
            name: END_CALL,
            description: "Ends the call. Use it after you and the caller have said goodbye.",
            parameters: object(json!({}), &[]),
        },
    ]
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_required_parameter_is_one() {
        for tool in built_in_tools() {
            let properties = tool.parameters["properties"].as_object().unwrap();
            for name in tool.parameters["required"].as_array().unwrap() {
                assert!(properties.contains_key(name.as_str().unwrap()), "{}", tool.name);
            }
        }
    }
}
