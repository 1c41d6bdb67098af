use serde::{Deserialize, Serialize};

/// How a request to SQS fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SqsFault {
    /// `InternalError` (500); nothing happened.
    InternalErrorBefore,
    /// `InternalError` (500), although the request was carried out.
    InternalErrorAfter,
    /// The request was carried out and the connection closes without an answer.
    AnswerLost,
    /// For `SendMessageBatch`: one entry is not sent and reported as failed, the others are sent. Drawn per entry.
    BatchEntryFails,
    /// For `ReceiveMessage`: the message is delivered, and delivered again, with the same id and receipt handle,
    /// by the next receive. Drawn per message, also for receives in process.
    DeliverTwice,
}

impl SqsFault {
    /// Whether it is about the request as a whole.
    pub(super) fn of_a_request(self) -> bool {
        !matches!(self, Self::BatchEntryFails | Self::DeliverTwice)
    }
}
