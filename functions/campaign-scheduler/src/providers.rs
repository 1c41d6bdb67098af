//! Providers that are down: looked at now and then, so that nobody's attempt is spent on finding out.

use switchboard_domain::{Campaign, ProviderEvent, ProviderHealth, ProviderKind, ProviderState};
use switchboard_store::StoreError;

use crate::tick::Scheduler;

impl Scheduler {
    /// The campaigns whose provider can be dialled through. One that is down is looked at when its rest
    /// is over; the campaigns of one that stays down are paused.
    pub(crate) async fn callable(&self, running: Vec<Campaign>) -> Result<Vec<Campaign>, StoreError> {
        let mut down = Vec::new();
        for provider in ProviderKind::ALL {
            let state = self.looked_at(provider).await?;
            if state.health == ProviderHealth::Down {
                self.pause_without(&state, &running).await?;
                down.push(provider);
            }
        }
        let callable = |campaign: &Campaign| !down.contains(&campaign.provider);
        Ok(running.into_iter().filter(callable).collect())
    }

    /// Pauses the campaigns whose provider has been down for as long as their rules bear.
    async fn pause_without(&self, state: &ProviderState, running: &[Campaign]) -> Result<(), StoreError> {
        let now = self.clock.now();
        for campaign in running
            .iter()
            .filter(|campaign| campaign.provider == state.provider)
        {
            let since = campaign.running_since();
            if let Some(reason) = campaign.rules.auto_pause.provider_down(state, since, now) {
                self.pause(campaign, &reason).await?;
            }
        }
        Ok(())
    }

    async fn looked_at(&self, provider: ProviderKind) -> Result<ProviderState, StoreError> {
        let now = self.clock.now();
        let mut state = self.store.provider_state(provider, now).await?;
        if state.wants_a_look(now) {
            // The lightest question there is: how many calls are in progress.
            let event = match self.providers.get(provider).live_count().await {
                Ok(_) => ProviderEvent::Answered,
                Err(error) if error.is_passing() => ProviderEvent::Failed {
                    error: error.explain_at(provider),
                },
                // It answers; what it says is for the dials to find out.
                Err(_) => ProviderEvent::Answered,
            };
            state = self.store.note_provider_event(provider, &event, now).await?;
            tracing::warn!(provider = provider.as_str(), health = ?state.health, "looked at a provider that was down");
        }
        Ok(state)
    }
}
