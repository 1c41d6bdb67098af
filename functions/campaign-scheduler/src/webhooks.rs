//! Webhooks that are kept and were not applied: whoever took them in died in between.

use jiff::SignedDuration;
use switchboard_reconcile::replay_webhook;
use switchboard_store::{StoreError, WebhookList};

use crate::tick::Scheduler;

/// A webhook is applied while its sender waits; past this nobody does it any more.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// Webhooks applied per round.
const MOST: u32 = 50;

impl Scheduler {
    /// Applies what was left behind. What cannot be applied stays listed for people.
    pub(crate) async fn apply_left_webhooks(&self) -> Result<(), StoreError> {
        let page = self
            .store
            .list_webhooks(WebhookList::Received, None, MOST)
            .await?;
        for mut webhook in page.items {
            let now = self.clock.now();
            if now.duration_since(webhook.received_at) <= PATIENCE {
                continue;
            }
            match replay_webhook(&self.store, &mut webhook, now).await {
                Ok(Some(state)) => {
                    tracing::warn!(webhook.digest = %webhook.digest, ?state, "a webhook that was left behind is applied");
                }
                Ok(None) => {
                    tracing::error!(webhook.digest = %webhook.digest, "the body of a webhook that was left behind is gone");
                }
                Err(error) => {
                    tracing::warn!(webhook.digest = %webhook.digest, %error, "a webhook could not be applied yet");
                }
            }
        }
        Ok(())
    }
}
