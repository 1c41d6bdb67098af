//! What can come of an invocation.

use bytes::Bytes;

/// Lambda's limit on a synchronous request or answer, in bytes.
pub const MAX_SYNC_BYTES: usize = 6_291_456;
/// Lambda's limit on an asynchronous event, in bytes.
pub const MAX_ASYNC_BYTES: usize = 1_048_576;

/// What came of an invocation that ran.
#[derive(Debug, Clone, PartialEq)]
pub enum InvokeOutcome {
    /// The function's answer.
    Answer(Bytes),
    /// The function reported an error, crashed, or ran out of time. The body tells which, as
    /// Lambda writes it.
    Failed(Bytes),
}

impl InvokeOutcome {
    pub(crate) fn failed(kind: &str, message: &str) -> Self {
        let body = serde_json::json!({ "errorType": kind, "errorMessage": message });
        Self::Failed(Bytes::from(body.to_string()))
    }
}

/// Why an invocation did not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// There is no such function.
    #[error("there is no function {0}")]
    NotFound(String),
    /// Every environment that may run is busy.
    #[error("the function {0} is at its reserved concurrency")]
    Throttled(String),
    /// The event is larger than Lambda takes.
    #[error("the event has {bytes} bytes, Lambda's limit is {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}
