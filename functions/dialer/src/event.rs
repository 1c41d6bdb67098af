//! The queue's event, and Lambda's answer to it.

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use jiff::Timestamp;
use switchboard_store::DialMessage;

use crate::{Dialer, Verdict};

impl Dialer {
    /// Works through a batch (of one, as deployed) and reports the messages to be given again.
    ///
    /// Never an error for a message: that would make Lambda lower the queue's concurrency. What
    /// cannot be done is either settled in the tables or left there for the scheduler.
    pub async fn handle_batch(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        for record in event.records {
            if let Some(id) = Box::pin(self.handle_record(record, deadline)).await {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = id;
                response.batch_item_failures.push(failure);
            }
        }
        response
    }

    /// The id of the message, when it is to be given again.
    async fn handle_record(&self, record: SqsMessage, deadline: Timestamp) -> Option<String> {
        let body = record.body.unwrap_or_default();
        let message: DialMessage = match serde_json::from_str(&body) {
            Ok(message) => message,
            Err(error) => {
                // It will never be readable: kept as a dead letter, it would only be in the way.
                tracing::error!(%error, "a message on the dial queue could not be read; it is dropped");
                return None;
            }
        };
        match Box::pin(self.handle(&message, deadline)).await {
            Ok(Verdict::Acknowledge) => None,
            Ok(Verdict::HandOver) => {
                let receipt = record.receipt_handle.unwrap_or_default();
                if let Err(error) = self.store.hand_back_message(&receipt).await {
                    tracing::warn!(call.id = %message.call_id, %error, "the message could not be handed back; the scheduler goes on");
                }
                record.message_id
            }
            Err(error) => {
                // Redelivery would come an hour late. The call's state is written, and the
                // scheduler looks after calls that nobody watches.
                tracing::error!(call.id = %message.call_id, %error, "left to the scheduler");
                None
            }
        }
    }
}
