//! The dial queue: short, and never the only trace of anybody.

use aws_sdk_sqs::types::{QueueAttributeName, SendMessageBatchRequestEntry};
use serde::{Deserialize, Serialize};
use switchboard_domain::{CallId, CampaignId};

use crate::error::unavailable;
use crate::{Store, StoreError};

/// What a message on the dial queue says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialMessage {
    /// The call to be placed.
    pub call_id: CallId,
    /// Its campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<CampaignId>,
}

/// How many messages a queue holds. AWS calls these numbers approximate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct QueueDepth {
    /// Waiting to be received.
    pub visible: u64,
    /// Received and being worked on.
    pub in_flight: u64,
}

impl Store {
    /// Sends messages to the dial queue; answers the calls whose message was refused, or whose batch was
    /// not answered.
    ///
    /// # Errors
    /// When the queue answers nothing at all. Some may be sent then; sending them again is safe.
    pub async fn send_dials(&self, messages: &[DialMessage]) -> Result<Vec<CallId>, StoreError> {
        let url = self
            .config
            .dial_queue_url
            .as_deref()
            .ok_or(StoreError::NotConfigured("DIAL_QUEUE_URL"))?;
        let (mut refused, mut unanswered) = (Vec::new(), None);
        for batch in messages.chunks(10) {
            let entry = |(index, message): (usize, &DialMessage)| {
                let body = serde_json::to_string(message).ok()?;
                SendMessageBatchRequestEntry::builder()
                    .id(index.to_string())
                    .message_body(body)
                    // A group keeps one large campaign from starving the others.
                    .set_message_group_id(message.campaign_id.as_ref().map(ToString::to_string))
                    .build()
                    .ok()
            };
            let entries = batch.iter().enumerate().filter_map(entry).collect();
            let answer = self
                .clients
                .sqs()
                .send_message_batch()
                .queue_url(url)
                .set_entries(Some(entries))
                .send()
                .await;
            match answer {
                Ok(answer) => {
                    for failed in answer.failed() {
                        let call = failed.id().parse().ok().and_then(|index: usize| batch.get(index));
                        refused.extend(call.map(|message| message.call_id.clone()));
                    }
                }
                Err(error) => {
                    unanswered = Some(unavailable("SQS", "SendMessageBatch")(error));
                    refused.extend(batch.iter().map(|message| message.call_id.clone()));
                }
            }
        }
        match unanswered {
            Some(error) if refused.len() == messages.len() => Err(error),
            _ => Ok(refused),
        }
    }

    /// How many messages the dial queue holds.
    ///
    /// # Errors
    /// When the queue does not answer.
    pub async fn dial_queue_depth(&self) -> Result<QueueDepth, StoreError> {
        let url = self
            .config
            .dial_queue_url
            .as_deref()
            .ok_or(StoreError::NotConfigured("DIAL_QUEUE_URL"))?;
        self.depth(url).await
    }

    /// How many messages the dial queue's dead-letter queue holds.
    ///
    /// # Errors
    /// When the queue does not answer.
    pub async fn dead_letter_depth(&self) -> Result<QueueDepth, StoreError> {
        let url = self.config.dead_letter_queue_url.as_deref();
        self.depth(url.ok_or(StoreError::NotConfigured("DEAD_LETTER_QUEUE_URL"))?)
            .await
    }

    async fn depth(&self, url: &str) -> Result<QueueDepth, StoreError> {
        let answer = self
            .clients
            .sqs()
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
            .send()
            .await
            .map_err(unavailable("SQS", "GetQueueAttributes"))?;
        let count = |name: QueueAttributeName| {
            answer
                .attributes()
                .and_then(|all| all.get(&name))
                .and_then(|v| v.parse().ok())
                .unwrap_or(0)
        };
        Ok(QueueDepth {
            visible: count(QueueAttributeName::ApproximateNumberOfMessages),
            in_flight: count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible),
        })
    }

    /// Makes a received message visible again at once, for a successor.
    ///
    /// # Errors
    /// When the queue does not answer.
    pub async fn hand_back_message(&self, receipt_handle: &str) -> Result<(), StoreError> {
        let url = self
            .config
            .dial_queue_url
            .as_deref()
            .ok_or(StoreError::NotConfigured("DIAL_QUEUE_URL"))?;
        self.clients
            .sqs()
            .change_message_visibility()
            .queue_url(url)
            .receipt_handle(receipt_handle)
            .visibility_timeout(0)
            .send()
            .await
            .map_err(unavailable("SQS", "ChangeMessageVisibility"))?;
        Ok(())
    }
}
