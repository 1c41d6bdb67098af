//! Lines that are free again while the provider still works on their calls.
//!
//! A provider analyses a call for seconds after its end, and tells its outcome only then. Whoever waits for a slot
//! need not wait for that.

use std::collections::HashSet;
use std::time::Duration;

use jiff::SignedDuration;
use switchboard_domain::ProviderId;
use switchboard_providers::{ConversationQuery, ConversationState, VoiceProvider};
use switchboard_store::StoreError;

use crate::tick::{LastDone, Scheduler};

/// Calls that began longer ago are left to those who watch them.
const LONGEST_CALL: SignedDuration = SignedDuration::from_hours(2);
/// The step of a tick must not wait longer for what only saves time.
const PATIENCE: Duration = Duration::from_secs(1);
/// Calls looked at in one request; those of the next ones are over by the time of the next look.
const MOST: u32 = 100;

impl Scheduler {
    /// Gives back the slots of calls whose line is free again; answers how many. `known` are those that were
    /// looked after before.
    pub(crate) async fn free_lines(&self, known: &mut HashSet<ProviderId>) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let query = ConversationQuery {
            since: now.checked_sub(LONGEST_CALL).ok(),
            page_size: Some(MOST),
            in_analysis: true,
            ..ConversationQuery::default()
        };
        let (mut freed, mut seen) = (0, HashSet::new());
        for provider in self.providers.used().await {
            freed += self
                .free_lines_at(provider.as_ref(), &query, known, &mut seen)
                .await?;
        }
        *known = seen;
        Ok(freed)
    }

    async fn free_lines_at(
        &self,
        provider: &dyn VoiceProvider,
        query: &ConversationQuery,
        known: &HashSet<ProviderId>,
        seen: &mut HashSet<ProviderId>,
    ) -> Result<u64, StoreError> {
        let (now, mut freed) = (self.clock.now(), 0);
        let asked = tokio::time::timeout(PATIENCE, provider.list_conversations(query)).await;
        let page = match asked {
            Ok(Ok(page)) => page,
            Ok(Err(error)) => {
                tracing::debug!(%error, "which lines are free again cannot be told now");
                return Ok(0);
            }
            Err(_) => {
                tracing::debug!("the provider was too slow to tell which lines are free again");
                return Ok(0);
            }
        };
        let over = page.conversations.into_iter();
        let over = over.filter(|row| row.state == ConversationState::Processing);
        for id in over.map(|row| row.conversation_id) {
            if !known.contains(&id) {
                // The index may not know it yet: then it is looked for again.
                let Some(call) = self.store.find_call_by_conversation(&id).await? else {
                    continue;
                };
                freed += u64::from(!call.status.is_final() && self.store.free_line(&call, now).await?);
            }
            seen.insert(id);
        }
        Ok(freed)
    }

    /// Waits for the next step. While people wait for a slot, it is looked meanwhile which lines are free again.
    pub(crate) async fn rest(&self, done: &mut LastDone) {
        let mut left = self.pace.step;
        while done.people_wait && left > self.pace.lines {
            tokio::time::sleep(self.pace.lines).await;
            left -= self.pace.lines;
            if let Err(error) = self.free_lines(&mut done.lines).await {
                tracing::warn!(%error, "lines that are free again could not be given back; the next look does");
            }
        }
        tokio::time::sleep(left).await;
    }
}
