//! Tools of the customer's: a signed request to their own system.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_domain::AgentTool;
use switchboard_service::{Bounds, Causes, sign};

use super::say::failed;
use super::{About, Arguments, Asked};
use crate::receptionist::Receptionist;

/// What is read of an answer, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

impl Receptionist {
    /// Asks a customer's system. The request is signed as events are, and its `webhook-id` is that of the run: a
    /// receiver that sees it twice does its work once.
    pub(super) async fn ask_customer(&self, about: &About, tool: &AgentTool, asked: &Asked) -> Value {
        let call_id = &about.inbound.call_id;
        let now = self.clock.now();
        let secrets = match self.secrets.of_tool(&about.agent.agent_id, tool, now).await {
            Ok(secrets) => secrets,
            Err(error) => {
                tracing::error!(call.id = %call_id, tool = tool.name, error = %Causes(&error), "the secret of a tool could not be read");
                return failed();
            }
        };
        let secrets: Vec<&str> = secrets.iter().map(|secret| secret.open()).collect();
        let body = json!({
            "tool": tool.name,
            "arguments": Arguments::read(&asked.arguments).all(),
            "call": {
                "call_id": call_id,
                "agent_id": about.agent.agent_id,
                "phone_number": about.inbound.caller,
                "called": about.inbound.called,
            },
        });
        let body = body.to_string();
        let id = format!("{call_id}.{}", asked.run_id);
        let Ok(signature) = sign(&secrets, &id, now.as_second(), &body) else {
            tracing::error!(call.id = %call_id, tool = tool.name, "the secret of a tool cannot sign");
            return failed();
        };
        let timestamp = now.as_second().to_string();
        let headers = [
            ("webhook-id", id.as_str()),
            ("webhook-timestamp", timestamp.as_str()),
            ("webhook-signature", signature.as_str()),
        ];
        let bounds = Bounds {
            timeout: Duration::from_secs(u64::from(tool.timeout_secs.clamp(1, 20))),
            body_bytes: MAX_ANSWER_BYTES,
        };
        match self.poster.post(&tool.url, &headers, &body, bounds).await {
            Ok(answer) if (200..300).contains(&answer.status) => read(&answer.body),
            Ok(answer) => {
                tracing::warn!(call.id = %call_id, tool = tool.name, http.status = answer.status, "a customer's tool refused");
                failed()
            }
            Err(error) => {
                tracing::warn!(call.id = %call_id, tool = tool.name, error, "a customer's tool did not answer");
                failed()
            }
        }
    }
}

/// JSON as it is; anything else as a text.
fn read(body: &str) -> Value {
    if body.trim().is_empty() {
        return json!({ "result": "done" });
    }
    serde_json::from_str(body).unwrap_or_else(|_| json!({ "answer": body }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_json_or_a_text() {
        assert_eq!(read(r#"{"in_stock":3}"#), json!({ "in_stock": 3 }));
        assert_eq!(read("three"), json!({ "answer": "three" }));
        assert_eq!(read(" \n"), json!({ "result": "done" }));
    }
}
