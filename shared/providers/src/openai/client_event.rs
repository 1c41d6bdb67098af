//! What OpenAI is told on the sideband.

use serde_json::{Value, json};

/// What OpenAI is told on the sideband.
#[derive(Debug, Clone, PartialEq)]
pub enum ClientEvent {
    /// The agent is to speak now. Only while no response is active.
    CreateResponse {
        /// What it is to say, for this once; none: whatever the conversation asks for.
        instructions: Option<String>,
    },
    /// The agent is to stop.
    CancelResponse,
    /// What a tool answered.
    ToolOutput {
        /// The id that came with the request to run it.
        run_id: String,
        /// The answer: JSON text.
        output: String,
    },
    /// Something that the agent is to know, and that nobody said.
    Note {
        /// For the agent.
        text: String,
    },
    /// Asks for an item as it is now; answered by [`super::Event::ItemRetrieved`], or an error when there is none.
    RetrieveItem {
        /// The item.
        item_id: String,
    },
}

impl ClientEvent {
    /// One text frame.
    pub fn to_json(&self) -> String {
        self.value().to_string()
    }

    fn value(&self) -> Value {
        match self {
            Self::CreateResponse { instructions: None } => json!({"type": "response.create"}),
            Self::CreateResponse {
                instructions: Some(text),
            } => json!({"type": "response.create", "response": {"instructions": text}}),
            Self::CancelResponse => json!({"type": "response.cancel"}),
            Self::ToolOutput { run_id, output } => json!({"type": "conversation.item.create",
                "item": {"type": "function_call_output", "call_id": run_id, "output": output}}),
            Self::Note { text } => json!({"type": "conversation.item.create", "item": {"type": "message",
                "role": "system", "content": [{"type": "input_text", "text": text}]}}),
            Self::RetrieveItem { item_id } => {
                json!({"type": "conversation.item.retrieve", "item_id": item_id})
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_as_the_vendor_has_them() {
        let greeting = ClientEvent::CreateResponse {
            instructions: Some("Greet.".to_owned()),
        };
        assert_eq!(
            greeting.to_json(),
            r#"{"response":{"instructions":"Greet."},"type":"response.create"}"#
        );
        let output = ClientEvent::ToolOutput {
            run_id: "call_fn_1".to_owned(),
            output: "{\"ok\":true}".to_owned(),
        };
        let item = &output.value()["item"];
        assert_eq!(
            (&item["type"], &item["call_id"]),
            (&json!("function_call_output"), &json!("call_fn_1"))
        );
    }
}
