//! One delivery: kept first, applied then, and answered last.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use switchboard_domain::ProviderKind;
use switchboard_reconcile::apply_webhook;
use switchboard_service::{Causes, Problem};
use switchboard_store::{FileStore, StoreError, WebhookRecord, WebhookState};

use crate::Webhooks;

impl Webhooks {
    /// Takes a verified body in; answers what became of it.
    ///
    /// # Errors
    /// When it could not be kept, or what it says could not be written: then it is to be sent again.
    pub(crate) async fn receive(&self, provider: ProviderKind, raw: Bytes) -> Result<WebhookState, Problem> {
        let mut record = match self.keep(provider.as_str(), &raw).await.map_err(again)? {
            Kept::ToApply(record) => *record,
            Kept::Settled(state) => return Ok(state),
        };
        // The record stays `Received` when applying fails, so that the next delivery applies it. Where
        // the sender has no next delivery, the dialer and the sync learn the same by asking.
        apply_webhook(&self.store, &mut record, &raw, self.clock.now())
            .await
            .map_err(again)
    }

    /// Puts the body and its record where they last.
    async fn keep(&self, provider: &str, raw: &Bytes) -> Result<Kept, StoreError> {
        let digest = hex::encode(Sha256::digest(raw));
        match self.store.find_webhook(provider, &digest).await? {
            Some(mut known) => {
                self.store.count_delivery(provider, &digest).await?;
                known.deliveries += 1;
                Ok(match known.state {
                    WebhookState::Received => Kept::ToApply(Box::new(known)),
                    state => Kept::Settled(state),
                })
            }
            None => {
                let body_key = FileStore::webhook_key(provider, &digest);
                self.store
                    .files()
                    .put(&body_key, "application/json", raw.clone())
                    .await?;
                let record = WebhookRecord {
                    provider: provider.to_owned(),
                    digest,
                    state: WebhookState::Received,
                    kind_name: None,
                    conversation_id: None,
                    call_id: None,
                    body_key,
                    note: None,
                    received_at: self.clock.now(),
                    deliveries: 1,
                };
                self.store.put_webhook(&record).await?;
                Ok(Kept::ToApply(Box::new(record)))
            }
        }
    }
}

enum Kept {
    /// What it says is still to be applied.
    ToApply(Box<WebhookRecord>),
    /// It came before, and nothing is left to do.
    Settled(WebhookState),
}

/// Always a 5xx: the sender repeats after those, and takes every 4xx for final.
fn again(error: StoreError) -> Problem {
    match error {
        StoreError::Stale | StoreError::Unavailable { .. } => {
            tracing::error!(error = %Causes(&error), "a webhook could not be kept or applied");
            Problem::unavailable()
        }
        StoreError::InvalidCursor | StoreError::Unreadable(_) | StoreError::NotConfigured(_) => {
            Problem::internal(&error)
        }
    }
}
