//! Dead letters: taken out of their queues, where nobody can look at them, and kept as records.

use aws_sdk_sqs::types::MessageSystemAttributeName;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::{CallId, CampaignId};

use crate::error::unavailable;
use crate::item::{n, s, to_item};
use crate::{Cursor, Page, Store, StoreError, keys};

/// Kind of these records in the index by time.
const KIND: &str = "dead_letter";
/// How long a record is kept, in seconds: as long as the queue would have kept the message.
const KEPT_SECS: i64 = 14 * 86_400;
/// How long a message that is being taken out is hidden from the next round, in seconds.
const HIDDEN_SECS: i32 = 60;

/// Which queue a dead letter came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadLetterSource {
    /// The dial queue: a message that no dialer could acknowledge.
    Dial,
    /// Asynchronous events that a function failed to work through.
    FailedEvents,
}

impl DeadLetterSource {
    /// Every source.
    pub const ALL: [Self; 2] = [Self::Dial, Self::FailedEvents];
}

/// A message that was given up, kept for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// SQS's id of the message.
    pub id: String,
    /// Where it came from.
    pub source: DeadLetterSource,
    /// What it said.
    pub body: String,
    /// Why it was given up, for people.
    pub reason: String,
    /// How often it was received.
    pub received: u32,
    /// The call it is about.
    pub call_id: Option<CallId>,
    /// Its campaign.
    pub campaign_id: Option<CampaignId>,
    /// The function that failed.
    pub function: Option<String>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When it was taken out of its queue.
    pub arrived_at: Timestamp,
}

/// A message as it lies in a dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadMessage {
    /// SQS's id of it.
    pub id: String,
    /// What it says.
    pub body: String,
    /// How often it was received.
    pub received: u32,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    receipt: String,
}

impl Store {
    fn dead_letter_url(&self, source: DeadLetterSource) -> Option<&str> {
        match source {
            DeadLetterSource::Dial => self.config.dead_letter_queue_url.as_deref(),
            DeadLetterSource::FailedEvents => self.config.failed_events_queue_url.as_deref(),
        }
    }

    /// Up to ten messages that were given up; hidden from others for a minute.
    ///
    /// # Errors
    /// When the queue does not answer.
    pub async fn receive_dead_messages(
        &self,
        source: DeadLetterSource,
    ) -> Result<Vec<DeadMessage>, StoreError> {
        let Some(url) = self.dead_letter_url(source) else {
            return Ok(Vec::new());
        };
        let answer = self
            .clients
            .sqs()
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(10)
            .visibility_timeout(HIDDEN_SECS)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .send()
            .await
            .map_err(unavailable("SQS", "ReceiveMessage"))?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        Ok(messages
            .map(|message| {
                let attribute = |name| {
                    message
                        .attributes
                        .as_ref()
                        .and_then(|all| all.get(&name))
                        .cloned()
                };
                let received = attribute(MessageSystemAttributeName::ApproximateReceiveCount);
                let sent = attribute(MessageSystemAttributeName::SentTimestamp);
                DeadMessage {
                    received: received.and_then(|count| count.parse().ok()).unwrap_or_default(),
                    sent_at: sent
                        .and_then(|ms| ms.parse().ok())
                        .and_then(|ms| Timestamp::from_millisecond(ms).ok()),
                    id: message.message_id.unwrap_or_default(),
                    body: message.body.unwrap_or_default(),
                    receipt: message.receipt_handle.unwrap_or_default(),
                }
            })
            .collect())
    }

    /// Deletes a message from its dead-letter queue: it is kept as a record.
    ///
    /// # Errors
    /// When the queue does not answer; the message comes again, and its record is the same.
    pub async fn delete_dead_message(
        &self,
        source: DeadLetterSource,
        message: &DeadMessage,
    ) -> Result<(), StoreError> {
        let Some(url) = self.dead_letter_url(source) else {
            return Ok(());
        };
        self.clients
            .sqs()
            .delete_message()
            .queue_url(url)
            .receipt_handle(&message.receipt)
            .send()
            .await
            .map_err(unavailable("SQS", "DeleteMessage"))?;
        Ok(())
    }

    /// Keeps a dead letter; the same message again is the same record.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_dead_letter(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        let mut item = to_item(letter)?;
        keys::dead_letter(&letter.id).put_into(&mut item);
        item.insert("kind".into(), s(KIND));
        item.insert("sort".into(), keys::time_and(letter.arrived_at, &letter.id));
        item.insert("expires_at".into(), n(letter.arrived_at.as_second() + KEPT_SECS));
        self.put(&self.config.system_table, item).await
    }

    /// The dead letter with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_dead_letter(&self, id: &str) -> Result<Option<DeadLetter>, StoreError> {
        self.find(&self.config.system_table, &keys::dead_letter(id)).await
    }

    /// Takes a dead letter off the list.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn forget_dead_letter(&self, id: &str) -> Result<(), StoreError> {
        self.delete(&self.config.system_table, &keys::dead_letter(id))
            .await
    }

    /// Dead letters, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_dead_letters(
        &self,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<DeadLetter>, StoreError> {
        self.list_kind(&self.config.system_table, KIND, cursor, limit)
            .await
    }
}
