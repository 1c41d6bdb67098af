use std::sync::{Mutex, PoisonError};

use rustack_sqs_core::message::now_epoch_millis;
use rustack_sqs_model::error::SqsError;
use rustack_sqs_model::input::{
    DeleteMessageInput, ListDeadLetterSourceQueuesInput, ListMessageMoveTasksInput, ReceiveMessageInput,
    SendMessageInput, StartMessageMoveTaskInput,
};
use rustack_sqs_model::output::{ListMessageMoveTasksOutput, StartMessageMoveTaskOutput};
use rustack_sqs_model::types::{ListMessageMoveTasksResultEntry, Message};

use super::core::Core;

/// AWS lists the ten latest.
const LISTED: usize = 10;
/// Long enough to send a message on before it shows again.
const HIDDEN_SECS: i32 = 30;

/// Moves of dead letters back to their queues. The engine has none, so they are made of receive, send and
/// delete, and are over when the request is answered.
#[derive(Debug, Default)]
pub(super) struct Moves {
    done: Mutex<Vec<ListMessageMoveTasksResultEntry>>,
}

impl Core {
    pub(super) async fn start_move(
        &self,
        input: StartMessageMoveTaskInput,
    ) -> Result<StartMessageMoveTaskOutput, SqsError> {
        let source = self.engine.queue_url_for_arn(&input.source_arn)?;
        let fed_by = ListDeadLetterSourceQueuesInput {
            queue_url: source.clone(),
            ..Default::default()
        };
        if self
            .engine
            .list_dead_letter_source_queues(fed_by)
            .await?
            .queue_urls
            .is_empty()
        {
            return Err(SqsError::invalid_parameter_value(
                "Source queue must be configured as a Dead Letter Queue.",
            ));
        }
        let target = match &input.destination_arn {
            Some(arn) => Some(self.engine.queue_url_for_arn(arn)?),
            None => None,
        };
        let depth = self.depth(&source).await?;
        // The engine counts a message whose time is up as in flight until its next look, so those are tried too.
        let at_most = depth.visible + depth.in_flight;
        let started = now_epoch_millis();
        let result = self.move_all(&source, target.as_deref(), at_most).await;
        let (moved, failure) = match result {
            Ok(moved) => (moved, None),
            Err((moved, error)) => (moved, Some(error.message)),
        };
        let handle = self.moves.record(|number| ListMessageMoveTasksResultEntry {
            task_handle: Some(format!("{}:move:{number}", input.source_arn)),
            source_arn: Some(input.source_arn),
            destination_arn: input.destination_arn,
            max_number_of_messages_per_second: input.max_number_of_messages_per_second,
            approximate_number_of_messages_moved: i64::try_from(moved).ok(),
            approximate_number_of_messages_to_move: i64::try_from(moved.max(depth.visible)).ok(),
            status: Some(if failure.is_none() { "COMPLETED" } else { "FAILED" }.to_owned()),
            failure_reason: failure,
            started_timestamp: i64::try_from(started).ok(),
        });
        Ok(StartMessageMoveTaskOutput { task_handle: handle })
    }

    async fn move_all(
        &self,
        source: &str,
        target: Option<&str>,
        at_most: u64,
    ) -> Result<u64, (u64, SqsError)> {
        let mut moved = 0;
        while moved < at_most {
            let receive = ReceiveMessageInput {
                queue_url: source.to_owned(),
                max_number_of_messages: Some(10),
                visibility_timeout: Some(HIDDEN_SECS),
                wait_time_seconds: Some(0),
                message_system_attribute_names: vec!["All".to_owned()],
                message_attribute_names: vec!["All".to_owned()],
                ..Default::default()
            };
            let received = self.receive(receive).await.map_err(|error| (moved, error))?;
            if received.messages.is_empty() {
                break;
            }
            for message in received.messages {
                self.move_one(source, target, message)
                    .await
                    .map_err(|error| (moved, error))?;
                moved += 1;
            }
        }
        Ok(moved)
    }

    async fn move_one(&self, source: &str, target: Option<&str>, message: Message) -> Result<(), SqsError> {
        let target = match (target, message.attributes.get("DeadLetterQueueSourceArn")) {
            (Some(target), _) => target.to_owned(),
            (None, Some(arn)) => self.engine.queue_url_for_arn(arn)?,
            (None, None) => {
                return Err(SqsError::invalid_parameter_value(
                    "A message did not come from another queue: name a DestinationArn.",
                ));
            }
        };
        self.send(SendMessageInput {
            queue_url: target,
            message_body: message.body.unwrap_or_default(),
            message_group_id: message.attributes.get("MessageGroupId").cloned(),
            message_deduplication_id: message.attributes.get("MessageDeduplicationId").cloned(),
            message_attributes: message.message_attributes,
            ..Default::default()
        })
        .await?;
        let delete = DeleteMessageInput {
            queue_url: source.to_owned(),
            receipt_handle: message.receipt_handle.unwrap_or_default(),
        };
        self.delete(delete).await.map(drop)
    }
}

impl Moves {
    fn record(&self, entry: impl FnOnce(usize) -> ListMessageMoveTasksResultEntry) -> Option<String> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entry(done.len() + 1);
        let handle = entry.task_handle.clone();
        done.push(entry);
        handle
    }

    pub(super) fn list(&self, input: &ListMessageMoveTasksInput) -> ListMessageMoveTasksOutput {
        let at_most = usize::try_from(input.max_results.unwrap_or(1)).unwrap_or(1);
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let results = done
            .iter()
            .rev()
            .filter(|entry| entry.source_arn.as_deref() == Some(&input.source_arn))
            .take(at_most.clamp(1, LISTED))
            .cloned()
            .collect();
        ListMessageMoveTasksOutput { results }
    }
}
