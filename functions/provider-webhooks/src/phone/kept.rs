//! What cannot be read is kept, as that of every platform, and shown to people.

use bytes::Bytes;
use switchboard_store::{FileStore, StoreError, WebhookRecord, WebhookState};

use crate::Webhooks;

impl Webhooks {
    /// Keeps a signed request that cannot be read. That it cannot be kept is told to the log: whoever sent it waits
    /// for an answer.
    pub(super) async fn keep_unparsed(&self, sender: &str, raw: &Bytes, note: &str) {
        tracing::error!(sender, note, "a signed request could not be read; it is kept");
        if let Err(error) = self.write_unparsed(sender, raw, note).await {
            tracing::error!(sender, %error, "it could not be kept");
        }
    }

    async fn write_unparsed(&self, sender: &str, raw: &Bytes, note: &str) -> Result<(), StoreError> {
        let digest = WebhookRecord::digest_of(raw);
        if self.store.find_webhook(sender, &digest).await?.is_some() {
            return self.store.count_delivery(sender, &digest).await;
        }
        let body_key = FileStore::webhook_key(sender, &digest);
        let kind = if sender == "twilio" {
            "application/x-www-form-urlencoded"
        } else {
            "application/json"
        };
        self.store.files().put(&body_key, kind, raw.clone()).await?;
        let record = WebhookRecord {
            provider: sender.to_owned(),
            digest,
            state: WebhookState::Unparsed,
            kind_name: None,
            conversation_id: None,
            call_id: None,
            body_key,
            note: Some(note.to_owned()),
            happened_at: None,
            received_at: self.clock.now(),
            deliveries: 1,
        };
        self.store.put_webhook(&record).await
    }
}
