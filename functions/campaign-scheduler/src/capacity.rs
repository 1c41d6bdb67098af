//! The dialer's settings at AWS, brought to what people set.

use switchboard_domain::{QueueSettings, QueueState};

use crate::tick::Scheduler;

impl Scheduler {
    /// Repairs any difference: a deploy may have reset it, or a change was refused while another
    /// one was under way. Nobody waits for it, because the slots hold the limit meanwhile.
    pub(crate) async fn repair_capacity(&self, settings: &QueueSettings) {
        let (limit, running) = (settings.concurrency_limit, settings.state == QueueState::Running);
        let functions = self.store.functions();
        let capacity = match functions.dialer_capacity().await {
            Ok(capacity) => capacity,
            Err(error) => {
                tracing::warn!(%error, "the dialer's settings could not be read");
                return;
            }
        };
        if capacity.changing || capacity.fits(limit, running, self.reserve_concurrency) {
            return;
        }
        match functions.set_dialer_capacity(&capacity, limit, running).await {
            Ok(()) => tracing::info!(limit, running, "the dialer's settings are repaired"),
            Err(error) => tracing::warn!(%error, "the dialer's settings could not be changed now"),
        }
    }
}
