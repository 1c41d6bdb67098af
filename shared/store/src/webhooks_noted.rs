//! Which webhooks were about a call, noted when they come: there is no index to ask.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use switchboard_domain::Call;

use crate::item::{Item, from_item, s};
use crate::webhooks::WebhookRecord;
use crate::{Store, StoreError, keys};

/// Records read at one time.
const READS: usize = 8;

/// Names a webhook's record.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Noted {
    provider: String,
    digest: String,
}

impl Store {
    /// Notes a webhook beside its call; while that is not known, beside its conversation. The note is always
    /// the same, and goes when the record goes.
    pub(crate) async fn note_subject(&self, record: &WebhookRecord) -> Result<(), StoreError> {
        let (at, provider, digest) = (record.received_at, &record.provider, &record.digest);
        let (table, key) = match (&record.call_id, &record.conversation_id) {
            (Some(call), _) => (
                &self.config.calls_table,
                keys::webhook_of_call(call, at, provider, digest),
            ),
            (None, Some(conversation)) => (
                &self.config.system_table,
                keys::webhook_of_conversation(conversation, at, provider, digest),
            ),
            (None, None) => return Ok(()),
        };
        let note: [(&str, AttributeValue); 3] = [
            ("provider", s(provider)),
            ("digest", s(digest)),
            ("expires_at", record.expires_at()),
        ];
        let mut item: Item = note.map(|(name, value)| (name.to_owned(), value)).into();
        key.put_into(&mut item);
        self.put(table, item).await
    }

    /// Webhooks that were about a call, the first that came first; those that came before its conversation
    /// was known are among them.
    ///
    /// # Errors
    /// When the tables do not answer.
    pub async fn webhooks_of_call(&self, call: &Call) -> Result<Vec<WebhookRecord>, StoreError> {
        let beside = keys::call(&call.call_id).pk;
        let mut items = self
            .partition(&self.config.calls_table, &beside, keys::WEBHOOKS)
            .await?;
        if let Some(conversation) = &call.conversation_id {
            let beside = keys::conversation(conversation);
            items.extend(
                self.partition(&self.config.system_table, &beside, keys::WEBHOOKS)
                    .await?,
            );
        }
        // One that came early and was applied later is noted at both.
        let noted: BTreeSet<Noted> = items.into_iter().map(from_item).collect::<Result<_, _>>()?;
        let mut records: Vec<WebhookRecord> = stream::iter(noted)
            .map(|noted| async move { self.find_webhook(&noted.provider, &noted.digest).await })
            .buffered(READS)
            // The note can outlive the record by a moment.
            .try_filter_map(|record| async move { Ok(record) })
            .try_collect()
            .await?;
        records.sort_by_key(|record| record.received_at);
        Ok(records)
    }
}
