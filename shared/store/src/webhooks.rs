//! Webhooks that came: each once, with what became of it.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_domain::{CallId, ProviderId};

use crate::error::unavailable;
use crate::item::{from_item, n, s, to_item};
use crate::{Cursor, Page, Store, StoreError, keys};

/// How long we remember a webhook, in seconds: longer than any sender repeats it.
const REMEMBERED_SECS: i64 = 30 * 86_400;

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// Its body is kept; it is not applied yet.
    Received,
    /// What it said is applied.
    Applied,
    /// Its conversation is not known yet; whoever learns of the conversation looks here.
    Early,
    /// Of a kind that we keep and do nothing with.
    Ignored,
    /// Could not be read.
    Unparsed,
}

/// Under which list a webhook is found: those that wait for somebody apart from the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookList {
    /// Kept and not applied yet.
    Received,
    /// Could not be read.
    Unparsed,
    /// Of a conversation that was not known when they came.
    Early,
    /// Applied or ignored.
    Settled,
}

impl WebhookList {
    fn kind(self) -> &'static str {
        match self {
            Self::Received => "webhook_received",
            Self::Unparsed => "webhook_unparsed",
            Self::Early => "webhook_early",
            Self::Settled => "webhook",
        }
    }
}

fn listed_under(state: WebhookState) -> &'static str {
    match state {
        WebhookState::Received => WebhookList::Received,
        WebhookState::Unparsed => WebhookList::Unparsed,
        WebhookState::Early => WebhookList::Early,
        WebhookState::Applied | WebhookState::Ignored => WebhookList::Settled,
    }
    .kind()
}

/// A webhook that came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookRecord {
    /// Who sent it.
    pub provider: String,
    /// [`WebhookRecord::digest_of`] the body: the same body is the same webhook.
    pub digest: String,
    /// What became of it.
    pub state: WebhookState,
    /// The kind, as the sender names it.
    pub kind_name: Option<String>,
    /// The conversation it is about.
    pub conversation_id: Option<ProviderId>,
    /// The call it is about, once known.
    pub call_id: Option<CallId>,
    /// Key of the body in the data bucket.
    pub body_key: String,
    /// Why it was not applied.
    pub note: Option<String>,
    /// When what it tells of happened, where it says so.
    #[serde(default)]
    pub happened_at: Option<Timestamp>,
    /// When it first came.
    pub received_at: Timestamp,
    /// How often it came.
    pub deliveries: u32,
}

impl WebhookRecord {
    /// What a body is known again by: BLAKE3, in hex. Beside the signature it goes over every byte of a transcript,
    /// and where the processor has no instructions for SHA-256, that one takes as long as everything else together.
    ///
    /// ```
    /// let digest = switchboard_store::WebhookRecord::digest_of(b"{}");
    /// assert_eq!(digest.len(), 64);
    /// assert_ne!(digest, switchboard_store::WebhookRecord::digest_of(b"{} "));
    /// ```
    pub fn digest_of(body: &[u8]) -> String {
        blake3::hash(body).to_hex().to_string()
    }

    /// When the table forgets it, in seconds of Unix time.
    pub(crate) fn expires_at(&self) -> AttributeValue {
        n(self.received_at.as_second() + REMEMBERED_SECS)
    }
}

impl Store {
    /// The record of a webhook body.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn find_webhook(
        &self,
        provider: &str,
        digest: &str,
    ) -> Result<Option<WebhookRecord>, StoreError> {
        self.find(&self.config.system_table, &keys::webhook(provider, digest))
            .await
    }

    /// Writes what became of a webhook.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_webhook(&self, record: &WebhookRecord) -> Result<(), StoreError> {
        // Before the record: a webhook that is settled is found at its call.
        self.note_subject(record).await?;
        let mut item = to_item(record)?;
        keys::webhook(&record.provider, &record.digest).put_into(&mut item);
        // Those that wait for somebody are listed apart from the rest.
        item.insert("kind".into(), s(listed_under(record.state)));
        item.insert("sort".into(), keys::time_and(record.received_at, &record.digest));
        item.insert("expires_at".into(), record.expires_at());
        self.put(&self.config.system_table, item).await
    }

    /// Counts one more delivery of the same body.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn count_delivery(&self, provider: &str, digest: &str) -> Result<(), StoreError> {
        self.db
            .update_item()
            .table_name(&self.config.system_table)
            .set_key(Some(keys::webhook(provider, digest).item()))
            .update_expression("ADD deliveries :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":one", n(1))
            .send()
            .await
            .map_err(unavailable("DynamoDB", "UpdateItem"))?;
        Ok(())
    }

    /// Webhooks of one list, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_webhooks(
        &self,
        list: WebhookList,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<WebhookRecord>, StoreError> {
        self.list_kind(&self.config.system_table, list.kind(), cursor, limit)
            .await
    }

    /// Notes that a webhook waits for its conversation to be known.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn put_early_event(
        &self,
        conversation: &ProviderId,
        record: &WebhookRecord,
        outcome: &str,
    ) -> Result<(), StoreError> {
        let mut item = to_item(record)?;
        keys::early_event(conversation, &record.digest).put_into(&mut item);
        item.insert("outcome".into(), s(outcome));
        item.insert("expires_at".into(), record.expires_at());
        self.put(&self.config.system_table, item).await
    }

    /// The outcome that a webhook told of a conversation before we knew it. It stays until it expires:
    /// whoever finishes the call by it finishes it once.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn early_outcome(
        &self,
        conversation: &ProviderId,
    ) -> Result<Option<switchboard_domain::CallOutcome>, StoreError> {
        #[derive(Deserialize)]
        struct Early {
            outcome: switchboard_domain::CallOutcome,
        }
        // A moment old is good enough: whoever asks asks again.
        let answer = self
            .db
            .query()
            .table_name(&self.config.system_table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(format!("EARLY#{conversation}")))
            .limit(1)
            .send()
            .await
            .map_err(unavailable("DynamoDB", "Query"))?;
        let first = answer.items.unwrap_or_default().into_iter().next();
        Ok(first
            .map(from_item::<Early>)
            .transpose()?
            .map(|early| early.outcome))
    }
}
