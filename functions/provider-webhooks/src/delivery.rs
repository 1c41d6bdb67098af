//! One delivery: kept first, applied then, and answered last.

use bytes::Bytes;
use switchboard_domain::{Measurement, ProviderKind, WebhookResult};
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
        let taken = self.take_in(provider, &raw).await;
        let (result, lag_ms) = match &taken {
            Ok(Taken::Before(_)) => (WebhookResult::Repeated, None),
            Ok(Taken::Now(record)) => (result_of(record.state), lag_ms(record)),
            Err(_) => (WebhookResult::Failed, None),
        };
        self.measure(provider, result, lag_ms).await;
        match taken.map_err(again)? {
            Taken::Before(state) => Ok(state),
            Taken::Now(record) => Ok(record.state),
        }
    }

    /// Counts a delivery.
    pub(crate) async fn measure(&self, provider: ProviderKind, result: WebhookResult, lag_ms: Option<u64>) {
        let came = Measurement::Webhook {
            provider,
            result,
            lag_ms,
        };
        self.store.measure(&came, self.clock.now()).await;
    }

    async fn take_in(&self, provider: ProviderKind, raw: &Bytes) -> Result<Taken, StoreError> {
        let mut record = match self.keep(provider.as_str(), raw).await? {
            Kept::ToApply(record) => record,
            Kept::Settled(state) => return Ok(Taken::Before(state)),
        };
        // The record stays `Received` when applying fails, so that the next delivery applies it. Where
        // the sender has no next delivery, the dialer and the sync learn the same by asking.
        apply_webhook(&self.store, &mut record, raw, self.clock.now()).await?;
        Ok(Taken::Now(record))
    }

    /// Puts the body and its record where they last.
    async fn keep(&self, provider: &str, raw: &Bytes) -> Result<Kept, StoreError> {
        let digest = WebhookRecord::digest_of(raw);
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
                    happened_at: None,
                    received_at: self.clock.now(),
                    deliveries: 1,
                };
                self.store.put_webhook(&record).await?;
                Ok(Kept::ToApply(Box::new(record)))
            }
        }
    }
}

enum Taken {
    /// It is applied now, as far as can be.
    Now(Box<WebhookRecord>),
    /// It was before.
    Before(WebhookState),
}

fn result_of(state: WebhookState) -> WebhookResult {
    match state {
        WebhookState::Applied | WebhookState::Received => WebhookResult::Applied,
        WebhookState::Early => WebhookResult::Early,
        WebhookState::Ignored => WebhookResult::Ignored,
        WebhookState::Unparsed => WebhookResult::Unparsed,
    }
}

/// How long after what it tells of a webhook came; of one that is from the future by the provider's clock, 0.
fn lag_ms(record: &WebhookRecord) -> Option<u64> {
    let lag = record.received_at.duration_since(record.happened_at?);
    Some(u64::try_from(lag.as_millis()).unwrap_or(0))
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
