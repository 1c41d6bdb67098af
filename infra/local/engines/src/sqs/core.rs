use std::sync::Arc;

use rustack_sqs_core::provider::RustackSqs;
use rustack_sqs_model::error::{SqsError, SqsErrorCode};
use rustack_sqs_model::input::{
    ChangeMessageVisibilityBatchInput, ChangeMessageVisibilityInput, DeleteMessageBatchInput,
    DeleteMessageInput, GetQueueAttributesInput, ReceiveMessageInput, SendMessageBatchInput,
    SendMessageInput,
};
use rustack_sqs_model::output::{
    ChangeMessageVisibilityBatchOutput, ChangeMessageVisibilityOutput, DeleteMessageBatchOutput,
    DeleteMessageOutput, ReceiveMessageOutput, SendMessageBatchOutput, SendMessageOutput,
};
use rustack_sqs_model::types::{BatchResultErrorEntry, SendMessageBatchResultEntry};

use super::fault::SqsFault;
use super::limits;
use super::message::Depth;
use super::moves::Moves;
use super::side_notes::SideNotes;
use crate::faults::Faults;
use crate::meter::Meter;

/// The engine with what it lacks. Requests over HTTP and calls in process both pass here.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) engine: Arc<RustackSqs>,
    pub(super) faults: Faults<SqsFault>,
    pub(super) meter: Meter,
    pub(super) moves: Moves,
    notes: SideNotes,
}

impl Core {
    pub(super) fn new(engine: Arc<RustackSqs>) -> Self {
        Self {
            engine,
            faults: Faults::default(),
            meter: Meter::default(),
            moves: Moves::default(),
            notes: SideNotes::default(),
        }
    }

    pub(super) async fn send(&self, mut input: SendMessageInput) -> Result<SendMessageOutput, SqsError> {
        limits::delay(input.delay_seconds)?;
        // A standard queue accepts a group id since fair queues; the engine does not know it yet.
        let group = if is_fifo(&input.queue_url) {
            None
        } else {
            input.message_group_id.take()
        };
        let sent = self.engine.send_message(input).await?;
        if let (Some(group), Some(id)) = (group, &sent.message_id) {
            self.notes.note_group(id, group);
        }
        Ok(sent)
    }

    pub(super) async fn send_batch(
        &self,
        input: SendMessageBatchInput,
    ) -> Result<SendMessageBatchOutput, SqsError> {
        limits::batch(&input)?;
        let mut output = SendMessageBatchOutput::default();
        for entry in input.entries {
            let fails = self
                .faults
                .draw_if("SendMessageBatch", |fault| fault == SqsFault::BatchEntryFails);
            let sent = match fails {
                Some(_) => Err(SqsError::internal_error("This entry was made to fail.")),
                None => {
                    self.send(SendMessageInput {
                        queue_url: input.queue_url.clone(),
                        message_body: entry.message_body,
                        delay_seconds: entry.delay_seconds,
                        message_deduplication_id: entry.message_deduplication_id,
                        message_group_id: entry.message_group_id,
                        message_attributes: entry.message_attributes,
                        message_system_attributes: entry.message_system_attributes,
                    })
                    .await
                }
            };
            match sent {
                Ok(sent) => output.successful.push(SendMessageBatchResultEntry {
                    id: entry.id,
                    message_id: sent.message_id.unwrap_or_default(),
                    md5_of_message_body: sent.md5_of_message_body.unwrap_or_default(),
                    md5_of_message_attributes: sent.md5_of_message_attributes,
                    sequence_number: sent.sequence_number,
                }),
                // The queue itself is missing: that is not about one entry.
                Err(error) if error.code == SqsErrorCode::NonExistentQueue => return Err(error),
                Err(error) => output.failed.push(BatchResultErrorEntry {
                    id: entry.id,
                    sender_fault: error.code.is_sender_fault(),
                    code: error.code.error_type().to_owned(),
                    message: Some(error.message),
                }),
            }
        }
        Ok(output)
    }

    pub(super) async fn receive(&self, input: ReceiveMessageInput) -> Result<ReceiveMessageOutput, SqsError> {
        limits::receive(&input)?;
        let at_most = usize::try_from(input.max_number_of_messages.unwrap_or(1)).unwrap_or(1);
        let again = self.notes.take_again(&input.queue_url, at_most);
        if !again.is_empty() {
            return Ok(ReceiveMessageOutput { messages: again });
        }
        if self.depth(&input.queue_url).await?.in_flight >= limits::IN_FLIGHT {
            return Err(SqsError::new(
                SqsErrorCode::OverLimit,
                "Too many messages are in flight for this queue",
            ));
        }
        let queue_url = input.queue_url.clone();
        let asked = (
            input.attribute_names.clone(),
            input.message_system_attribute_names.clone(),
        );
        let mut received = self.engine.receive_message(input).await?;
        for message in &mut received.messages {
            self.notes.add_group(message, &[&asked.0, &asked.1]);
            let twice = self
                .faults
                .draw_if("ReceiveMessage", |fault| fault == SqsFault::DeliverTwice);
            if twice.is_some() {
                self.notes.deliver_again(&queue_url, message.clone());
            }
        }
        Ok(received)
    }

    pub(super) async fn delete(&self, input: DeleteMessageInput) -> Result<DeleteMessageOutput, SqsError> {
        let handle = input.receipt_handle.clone();
        let deleted = self.engine.delete_message(input).await?;
        self.notes.forget(&handle);
        Ok(deleted)
    }

    pub(super) async fn change_visibility(
        &self,
        input: ChangeMessageVisibilityInput,
    ) -> Result<ChangeMessageVisibilityOutput, SqsError> {
        limits::visibility(input.visibility_timeout)?;
        self.engine.change_message_visibility(input).await
    }

    pub(super) async fn delete_batch(
        &self,
        input: DeleteMessageBatchInput,
    ) -> Result<DeleteMessageBatchOutput, SqsError> {
        let handles: Vec<String> = input
            .entries
            .iter()
            .map(|entry| entry.receipt_handle.clone())
            .collect();
        let deleted = self.engine.delete_message_batch(input).await?;
        handles.iter().for_each(|handle| self.notes.forget(handle));
        Ok(deleted)
    }

    /// Refuses the whole batch where AWS would refuse the one entry: the engine would fall over it.
    pub(super) async fn change_visibility_batch(
        &self,
        input: ChangeMessageVisibilityBatchInput,
    ) -> Result<ChangeMessageVisibilityBatchOutput, SqsError> {
        for entry in &input.entries {
            limits::visibility(entry.visibility_timeout)?;
        }
        self.engine.change_message_visibility_batch(input).await
    }

    pub(super) async fn depth(&self, queue_url: &str) -> Result<Depth, SqsError> {
        let input = GetQueueAttributesInput {
            queue_url: queue_url.to_owned(),
            attribute_names: ["", "NotVisible", "Delayed"]
                .map(|which| format!("ApproximateNumberOfMessages{which}"))
                .to_vec(),
        };
        let attributes = self.engine.get_queue_attributes(input).await?.attributes;
        Ok(Depth::from_attributes(&attributes))
    }
}

fn is_fifo(queue_url: &str) -> bool {
    queue_url.ends_with(".fifo")
}
