//! How each provider bears our dials.

use jiff::Timestamp;
use switchboard_domain::{ProviderEvent, ProviderKind, ProviderState, Turn};

use crate::item::{n, to_item};
use crate::{Store, StoreError, keys};

/// How often a change is tried again when somebody else was faster.
const MAX_RACES: u32 = 10;

impl Store {
    /// What is known of a provider.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn provider_state(
        &self,
        provider: ProviderKind,
        now: Timestamp,
    ) -> Result<ProviderState, StoreError> {
        let key = keys::provider_state(provider.as_str());
        let state = self.find(&self.config.system_table, &key).await?;
        Ok(state.unwrap_or_else(|| ProviderState::fresh(provider, now)))
    }

    /// Writes down what happened at a provider. An ordinary answer of a healthy one costs a read.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn note_provider_event(
        &self,
        provider: ProviderKind,
        event: &ProviderEvent,
        now: Timestamp,
    ) -> Result<ProviderState, StoreError> {
        for _ in 0..MAX_RACES {
            let state = self.provider_state(provider, now).await?;
            let Some(next) = state.after(event, now) else {
                return Ok(state);
            };
            if self.put_provider_state(&next, state.version).await? {
                return Ok(next);
            }
        }
        Err(StoreError::Stale)
    }

    /// Asks for the turn of one dial; a turn that is given is taken.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn take_turn(&self, provider: ProviderKind, now: Timestamp) -> Result<Turn, StoreError> {
        let state = self.provider_state(provider, now).await?;
        Ok(match state.turn(now) {
            Turn::Take(taken) => match self.put_provider_state(&taken, state.version).await? {
                true => Turn::Now,
                // Somebody else took it.
                false => Turn::NotBefore(taken.next_dial_at.unwrap_or(now)),
            },
            turn => turn,
        })
    }

    /// Answers whether the state was still as it was read.
    async fn put_provider_state(&self, state: &ProviderState, read: u64) -> Result<bool, StoreError> {
        let mut item = to_item(state)?;
        keys::provider_state(state.provider.as_str()).put_into(&mut item);
        item.insert("version".into(), n(read + 1));
        let table = &self.config.system_table;
        if read == 0 {
            return self.create(table, item).await;
        }
        match self.put_if_version(table, item, read).await {
            Ok(()) => Ok(true),
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
