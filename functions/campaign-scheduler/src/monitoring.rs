//! Once a minute: how many slots are taken, and whether the providers answer and have something left.

use jiff::SignedDuration;
use switchboard_domain::{Measurement, ProviderHealth, QueueSettings};
use switchboard_reconcile::watch_provider;
use switchboard_store::StoreError;

use crate::tick::Scheduler;

/// How long what a provider in good health said is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(5);
/// How long, when it was not well.
const BAD_FOR: SignedDuration = SignedDuration::from_secs(55);

impl Scheduler {
    /// Measures the slots, and asks each provider that is set up where nothing was heard of it for five minutes, or
    /// for one minute while it is not well.
    pub(crate) async fn monitor(&self, settings: &QueueSettings) -> Result<(), StoreError> {
        let now = self.clock.now();
        let slots = Measurement::Slots {
            in_use: settings.slots_in_use,
            limit: settings.concurrency_limit,
        };
        self.store.measure(&slots, now).await;
        for provider in self.providers.used().await {
            let kind = provider.kind();
            let state = self.store.provider_state(kind, now).await?;
            let watch = self.store.provider_watch(kind).await?;
            let is_well =
                state.health == ProviderHealth::Up && state.failures == 0 && watch.failing_since.is_none();
            let patience = if is_well { GOOD_FOR } else { BAD_FOR };
            if watch.is_due(patience, now) {
                watch_provider(&self.store, provider.as_ref(), patience, now).await?;
            }
        }
        Ok(())
    }
}
