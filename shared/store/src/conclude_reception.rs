//! The end of a call that the reception had: what was found out afterwards, and the end itself.

use jiff::Timestamp;
use switchboard_domain::{Call, CallId, Ending};

use crate::{Finished, Store, StoreError, UpdateOutcome};

impl Store {
    /// Brings a call that the reception had to its end, once, as [`Store::finish_call`] does, with what the
    /// reception found out. Late or repeated, it adds what is new to the call as it is; `change` answers whether
    /// it still wants to. What is known of it beside the call is marked as over as well.
    ///
    /// # Errors
    /// When the tables do not answer; doing it again is safe.
    pub async fn conclude_reception(
        &self,
        id: &CallId,
        ending: &Ending,
        mut change: impl FnMut(&mut Call) -> bool,
        now: Timestamp,
    ) -> Result<Finished, StoreError> {
        let finished = Box::pin(self.finish_call_with(id, ending, now, |call| {
            change(call);
        }))
        .await?;
        let finished = match finished {
            Finished::Before(_) => match self
                .update_call(id, |call| {
                    let wants = change(call);
                    if wants {
                        call.updated_at = now;
                    }
                    wants
                })
                .await?
            {
                UpdateOutcome::Changed(call) | UpdateOutcome::Unchanged(call) => Finished::Before(call),
                UpdateOutcome::NotFound => Finished::NotFound,
            },
            other => other,
        };
        self.end_inbound(id, None, now).await?;
        Ok(finished)
    }
}
