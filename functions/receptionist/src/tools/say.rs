//! What the agent is told when a tool has nothing else to say.

use serde_json::{Value, json};

/// It did not work.
pub(super) fn failed() -> Value {
    json!({ "result": "failed", "say": "That did not work. Offer to take a message instead." })
}

/// There is no such tool.
pub(super) fn unknown() -> Value {
    json!({ "result": "failed", "say": "There is no such tool. Go on without it." })
}

/// It was begun, and nobody knows how it ended.
pub(super) fn in_doubt() -> Value {
    json!({ "result": "unknown", "say": "It is not certain that this worked. Do not try it again; a person will look at it." })
}

/// It answered more than the agent can be given.
pub(super) fn too_long() -> Value {
    json!({ "result": "failed", "say": "The answer was too long to be read. Go on without it." })
}

/// The call is not known any more.
pub(super) fn no_call() -> Value {
    failed()
}

/// Whether an answer, as it is written, is one of ours that says that a tool did not work. What a customer's own system
/// says of itself is its affair.
pub(super) fn is_failure(output: &str) -> bool {
    let ours = [failed(), unknown(), too_long()].map(|answer| answer.to_string());
    ours.iter().any(|answer| answer == output)
}
