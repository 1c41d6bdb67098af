//! Calls of which too little is known: unconfirmed ones, and those in progress that nobody watches.
//!
//! A call that was being placed when its dialer died is first declared unconfirmed by the scheduler.

use std::collections::HashSet;

use jiff::Timestamp;
use switchboard_domain::{Call, CallId, CallOrigin, CallStatus};
use switchboard_reconcile::{Settled, look_after};
use switchboard_service::Causes;
use switchboard_store::{CallFilter, StoreError};

use crate::{ConversationSync, SyncSummary};

const PAGE: u32 = 100;

impl ConversationSync {
    pub(crate) async fn settle_calls(
        &self,
        work_until: Timestamp,
        summary: &mut SyncSummary,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let holders = self.store.slot_holders().await?;
        let watched = holders.into_iter().filter(|slot| !slot.is_unwatched(now));
        let watched: HashSet<CallId> = watched.map(|slot| slot.call_id).collect();
        for status in [CallStatus::Unconfirmed, CallStatus::InProgress] {
            let filter = CallFilter {
                status: Some(status),
                oldest_first: true,
                ..CallFilter::default()
            };
            let mut cursor = None;
            loop {
                let page = self.store.list_calls(&filter, cursor.as_ref(), PAGE).await?;
                for call in page.items.iter().filter(|call| needs_asking(call, &watched)) {
                    if self.clock.now() >= work_until {
                        summary.complete = false;
                        return Ok(());
                    }
                    self.settle(call, summary).await;
                }
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn settle(&self, call: &Call, summary: &mut SyncSummary) {
        // Calls that no agent speaks in are their carrier's: it tells how they end.
        let Some(kind) = call.provider else { return };
        let provider = self.providers.get(kind);
        match look_after(&self.store, provider.as_ref(), call, self.clock.now()).await {
            Ok(Settled::Over(_)) => summary.settled += 1,
            Ok(Settled::Live(_)) if call.status == CallStatus::Unconfirmed => summary.settled += 1,
            Ok(Settled::Live(_) | Settled::Unknown | Settled::NotFound) => {}
            Err(error) => {
                tracing::error!(call.id = %call.call_id, error = %Causes(&error), "a call could not be settled");
                summary.failed += 1;
            }
        }
    }
}

fn needs_asking(call: &Call, watched: &HashSet<CallId>) -> bool {
    // Calls that came in are the scheduler's, every few seconds: it asks the carrier first.
    if call.origin == CallOrigin::Reception {
        return false;
    }
    call.status == CallStatus::Unconfirmed || !watched.contains(&call.call_id)
}
