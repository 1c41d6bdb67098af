//! Webhooks that came: each once, with what became of it.

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

/// A webhook that came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookRecord {
    /// Who sent it.
    pub provider: String,
    /// SHA-256 of the body, in hex: the same body is the same webhook.
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
    /// When it first came.
    pub received_at: Timestamp,
    /// How often it came.
    pub deliveries: u32,
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
        let mut item = to_item(record)?;
        keys::webhook(&record.provider, &record.digest).put_into(&mut item);
        // Those that wait for somebody are listed apart from the rest.
        let kind = match record.state {
            WebhookState::Unparsed => "webhook_unparsed",
            _ => "webhook",
        };
        item.insert("kind".into(), s(kind));
        item.insert("sort".into(), keys::time_and(record.received_at, &record.digest));
        item.insert(
            "expires_at".into(),
            n(record.received_at.as_second() + REMEMBERED_SECS),
        );
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

    /// Webhooks that could not be read, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn list_unparsed_webhooks(
        &self,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<WebhookRecord>, StoreError> {
        self.list_kind(&self.config.system_table, "webhook_unparsed", cursor, limit)
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
        item.insert(
            "expires_at".into(),
            n(record.received_at.as_second() + REMEMBERED_SECS),
        );
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
        let table = &self.config.system_table;
        let items = self
            .partition(table, &format!("EARLY#{conversation}"), "")
            .await?;
        let first = items.into_iter().next();
        Ok(first
            .map(from_item::<Early>)
            .transpose()?
            .map(|early| early.outcome))
    }
}
