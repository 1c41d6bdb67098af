//! A stored webhook, applied: when it comes, and again when somebody asks for it.
//!
//! Applying is idempotent: what a webhook says was either written before or is written now.

mod audio;
mod event;
mod failed_start;

use jiff::Timestamp;
use switchboard_domain::ProviderKind;
use switchboard_providers::{ParseError, platform};
use switchboard_store::{Store, StoreError, WebhookRecord, WebhookState};

use self::event::Verdict;

/// What applying works with.
struct Webhooks<'a> {
    store: &'a Store,
    now: Timestamp,
}

/// Reads a webhook's body, applies what it says, and writes down what became of it.
///
/// # Errors
/// When the store does not answer: the record stays as it was, and applying it again is safe.
pub async fn apply_webhook(
    store: &Store,
    record: &mut WebhookRecord,
    raw: &[u8],
    now: Timestamp,
) -> Result<WebhookState, StoreError> {
    let webhooks = Webhooks { store, now };
    let verdict = webhooks.judge(record, raw).await?;
    record.state = verdict.state;
    record.call_id = verdict.call_id;
    record.note = verdict.note;
    store.put_webhook(record).await?;
    Ok(record.state)
}

/// Applies a stored webhook again; none when its body is not kept any more.
///
/// # Errors
/// When the store does not answer.
pub async fn replay_webhook(
    store: &Store,
    record: &mut WebhookRecord,
    now: Timestamp,
) -> Result<Option<WebhookState>, StoreError> {
    match store.files().find_bytes(&record.body_key, MAX_BODY_BYTES).await? {
        Some(raw) => apply_webhook(store, record, &raw, now).await.map(Some),
        None => Ok(None),
    }
}

/// Largest body that is read back: more than a function could have received.
const MAX_BODY_BYTES: u64 = 16 * 1024 * 1024;

impl Webhooks<'_> {
    async fn judge(&self, record: &mut WebhookRecord, raw: &[u8]) -> Result<Verdict, StoreError> {
        let Some(provider) = ProviderKind::parse(&record.provider) else {
            return Ok(Verdict::unparsed(
                "It came from a provider that is not known here.".to_owned(),
            ));
        };
        match platform(provider).parse_webhook(raw) {
            Ok(webhook) => {
                record.kind_name = Some(webhook.kind.clone());
                record.happened_at = webhook.event_timestamp;
                record.conversation_id = webhook.conversation_id().cloned();
                self.apply(webhook, record).await
            }
            Err(error) => {
                tracing::error!(webhook.digest = %record.digest, %error, "a signed webhook could not be read; it is kept");
                if let ParseError::Data { kind, .. } = &error {
                    record.kind_name = Some(kind.clone());
                }
                Ok(Verdict::unparsed(error.to_string()))
            }
        }
    }
}
